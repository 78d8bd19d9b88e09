"""The life of a declaration as known at a moment: versions, channels, inspections.

Circular 38/2015/TT-BTC Art. 20 and 22, as amended by 39/2018 and 121/2025. What of it
stands in core tables is built by `transforms/vnaccs`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from lakehouse.law.declaration_events import Event, Heard, heard, in_business_order
from lakehouse.law.declaration_stages import STAGES, first_times, stage_seconds
from lakehouse.time import business_date

_BLOCKS = {"cancelled": "after_cancellation", "audit_decision": "after_audit_decision"}
"""What ends the right to amend, and the reason given to whoever amends after it."""

_STATUS = {
    "cancelled": "cancelled",
    "cleared": "cleared",
    "released": "released",
    "channel": "channelled",
}
"""What a known event makes of a declaration, the strongest first."""


class Version(NamedTuple):
    """One version and the business time [valid_from, valid_to) in which it holds."""

    amendment: int
    by: str
    stage: str | None
    valid_from: datetime
    valid_to: datetime | None
    content: Any


class ChannelPeriod(NamedTuple):
    """A channel from its announcement to that of another; the last one stays open."""

    channel: str
    since: datetime
    until: datetime | None


class Inspection(NamedTuple):
    """A designation to inspect and what became of it."""

    designated_at: datetime
    cancelled_at: datetime | None
    result_at: datetime | None
    result: str | None


class Life(NamedTuple):
    """All that is known of one declaration.

    Attributes:
        refused: id of each amendment that came too late in law, and why.
        findings: code, and what it is about.
    """

    status: str
    versions: list[Version]
    missing_amendments: list[int]
    channels: list[ChannelPeriod]
    inspections: list[Inspection]
    stage_seconds: dict[str, int | None]
    refused: list[tuple[str, str]]
    findings: list[dict[str, Any]]
    exact: int
    repeated: int

    @property
    def current(self) -> Version | None:
        """The highest version known, if any is."""
        return self.versions[-1] if self.versions else None


def lives(
    events: Iterable[Event], known_at: datetime, free_days: int
) -> dict[str, Life]:
    """The life of every declaration that events name, by its key of eleven digits.

    Args:
        known_at: events that arrived later are not known.
        free_days: days after clearance in which an amendment is not late.
    """
    return {
        key: _life(one, free_days)
        for key, one in sorted(heard(events, known_at).items())
    }


def _life(known: Heard, free_days: int) -> Life:
    events = sorted(known.events, key=in_business_order)
    firsts = first_times(events)
    refused = _refused(events, firsts)
    told = [
        event
        for event in events
        if event.type in ("registered", "amended") and event.id not in refused
    ]
    versions, conflicts = _versions(told, firsts, free_days)
    seen = {event.amendment for event in events if event.id in refused}
    seen |= {version.amendment for version in versions}
    highest = versions[-1].amendment if versions else 0
    inspections = _inspections(events)
    valid = [one for one in inspections if one.cancelled_at is None]
    seconds = stage_seconds(firsts, valid[-1].designated_at if valid else None)
    return Life(
        status=next(
            (_STATUS[name] for name in _STATUS if name in firsts), "registered"
        ),
        versions=versions,
        missing_amendments=[digit for digit in range(highest) if digit not in seen],
        channels=_channels(events),
        inspections=inspections,
        stage_seconds={
            name: None if value is None or value < 0 else value
            for name, value in seconds.items()
        },
        refused=list(refused.items()),
        findings=[*conflicts, *_late_result(events, firsts), *_negative(seconds)],
        exact=known.exact,
        repeated=known.repeated,
    )


def _refused(events: list[Event], firsts: dict[str, datetime]) -> dict[str, str]:
    """Amendments made at or after a cancellation or a decision to audit."""
    found = {}
    for event in events:
        reasons = [
            reason
            for block, reason in _BLOCKS.items()
            if block in firsts and event.business_time >= firsts[block]
        ]
        if event.type == "amended" and reasons:
            found[event.id] = reasons[0]
    return found


def _versions(
    told: list[Event], firsts: dict[str, datetime], free_days: int
) -> tuple[list[Version], list[dict[str, Any]]]:
    """Versions by digit; of several messages about one the later server time wins."""
    by_digit: dict[int, list[Event]] = {}
    for event in told:
        by_digit.setdefault(event.amendment, []).append(event)
    winners = [
        max(by_digit[digit], key=lambda event: (event.server_time, event.id))
        for digit in sorted(by_digit)
    ]
    starts = [event.business_time for event in winners]
    ends = [*starts[1:], None]
    versions = [
        Version(
            event.amendment,
            str(event.payload.get("by", "declarant")),
            _stage(event, firsts, free_days),
            start,
            end,
            event.payload.get("content"),
        )
        for event, start, end in zip(winners, starts, ends, strict=False)
    ]
    conflicts = [
        {"code": "conflicting_version", "amendment": digit}
        for digit in sorted(by_digit)
        if any(
            event.payload != other.payload and event.type == other.type
            for event in by_digit[digit]
            for other in by_digit[digit]
        )
    ]
    return versions, conflicts


def _stage(event: Event, firsts: dict[str, datetime], free_days: int) -> str | None:
    """In which stage of clearance a version was made (Art. 20)."""
    if event.type == "registered":
        return "original"
    if event.payload.get("by") == "customs":
        return "by_customs"
    cleared, channel = firsts.get("cleared"), firsts.get("channel")
    if cleared is not None and event.business_time > cleared:
        days = (business_date(event.business_time) - business_date(cleared)).days
        if days <= free_days:
            return "after_clearance_within_limit"
        return "after_clearance_late"
    if channel is not None and event.business_time < channel:
        return "before_channel"
    return None if channel is None and cleared is None else "before_clearance"


def _channels(events: list[Event]) -> list[ChannelPeriod]:
    """The history of channels; the same channel announced again is no change."""
    told = [event for event in events if event.type == "channel"]
    names = [str(event.payload["channel"]) for event in told]
    changes = [
        (name, event.business_time)
        for name, before, event in zip(names, [None, *names], told, strict=False)
        if name != before
    ]
    ends = [*(since for _, since in changes[1:]), None]
    return [
        ChannelPeriod(name, since, until)
        for (name, since), until in zip(changes, ends, strict=False)
    ]


def _inspections(events: list[Event]) -> list[Inspection]:
    """Each designation with the next cancellation or result after it."""
    ends = [
        event
        for event in events
        if event.type in ("designation_cancelled", "inspection_result")
    ]
    found = []
    for event in events:
        if event.type == "designated":
            start = event.business_time
            later = (end for end in ends if end.business_time >= start)
            found.append(_ended(start, next(later, None)))
    return found


def _ended(designated_at: datetime, end: Event | None) -> Inspection:
    if end is None:
        return Inspection(designated_at, None, None, None)
    if end.type == "designation_cancelled":
        return Inspection(designated_at, end.business_time, None, None)
    result = str(end.payload["result"])
    return Inspection(designated_at, None, end.business_time, result)


def _late_result(
    events: list[Event], firsts: dict[str, datetime]
) -> list[dict[str, Any]]:
    """A result after clearance, which a release before permit allows."""
    cleared = firsts.get("cleared")
    is_late = cleared is not None and any(
        event.type == "inspection_result" and event.business_time > cleared
        for event in events
    )
    if not is_late:
        return []
    is_released = "released" in firsts
    return [{"code": "result_after_clearance", "released_before_permit": is_released}]


def _negative(seconds: dict[str, int | None]) -> list[dict[str, Any]]:
    return [
        {"code": "negative_stage", "stage": name}
        for name in STAGES
        if (seconds[name] or 0) < 0
    ]
