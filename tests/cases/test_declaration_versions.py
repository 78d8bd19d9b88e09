"""The acceptance cases of a declaration's life pass through the law of the product."""

from datetime import datetime
from typing import Any

from lakehouse.law.declaration_events import Event
from lakehouse.law.declaration_life import Life, Version, lives
from lakehouse.law.declaration_split import Part, Split, splits
from lakehouse.time import BUSINESS_ZONE

TOPIC = "declaration_versions"
_PAYLOAD = ("content", "channel", "by", "result")


def test_a_view_is_what_the_arrived_events_say(
    case: dict[str, Any], parameters: dict[str, Any]
) -> None:
    events = [event_of(given) for given in case["input"]["events"]]
    views = [
        view_of(events, moment, parameters) for moment in case["input"]["known_at"]
    ]
    assert in_any_order(views) == in_any_order(case["expected"]["views"])


def event_of(given: dict[str, Any]) -> Event:
    return Event(
        given["id"],
        given["type"],
        given["no"],
        datetime.fromisoformat(given["business_time"]),
        datetime.fromisoformat(given["server_time"]),
        datetime.fromisoformat(given["arrived_at"]),
        {name: given[name] for name in _PAYLOAD if name in given},
    )


def view_of(
    events: list[Event], known_at: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    moment = datetime.fromisoformat(known_at)
    days = parameters["free_amendment_days_after_clearance"]
    found = lives(events, moment, days)
    parts = {
        key: Part(said["first_part"], said.get("branch"), said.get("total"))
        for key, life in found.items()
        for version in life.versions
        if (said := version.content or {}).get("first_part")
    }
    return {
        "known_at": known_at,
        "declarations": {key: _life(life) for key, life in found.items()},
        "splits": [_split(split) for split in splits(parts)],
    }


def in_any_order(views: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings and refusals of a declaration are sets."""
    for view in views:
        for life in view["declarations"].values():
            life["findings"] = sorted(life["findings"], key=str)
            life["refused"] = sorted(life["refused"], key=str)
    return views


def _life(life: Life) -> dict[str, Any]:
    current = life.current
    return {
        "status": life.status,
        "current": current
        and {
            "amendment": current.amendment,
            "by": current.by,
            "content": current.content,
        },
        "versions": [_version(version) for version in life.versions],
        "missing_amendments": life.missing_amendments,
        "channels": [
            {
                "channel": period.channel,
                "from": shown(period.since),
                "to": shown(period.until),
            }
            for period in life.channels
        ],
        "inspections": [
            {
                "designated_at": shown(one.designated_at),
                "cancelled_at": shown(one.cancelled_at),
                "result_at": shown(one.result_at),
                "result": one.result,
            }
            for one in life.inspections
        ],
        "stage_seconds": life.stage_seconds,
        "refused": [{"id": one, "reason": reason} for one, reason in life.refused],
        "findings": life.findings,
        "duplicates": {"exact": life.exact, "repeated": life.repeated},
    }


def _version(version: Version) -> dict[str, Any]:
    record = version._asdict()
    return record | {
        "valid_from": shown(version.valid_from),
        "valid_to": shown(version.valid_to),
    }


def _split(split: Split) -> dict[str, Any]:
    return {**split._asdict(), "complete": split.complete}


def shown(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(BUSINESS_ZONE).isoformat()
