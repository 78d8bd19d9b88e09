"""Channel and inspection histories are those of the law, at every moment known."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from lakehouse.contracts import load_contracts
from lakehouse.law.declaration_events import Event
from lakehouse.law.declaration_life import Life, lives
from tests.cases.test_declaration_versions import event_of, shown
from transforms.vnaccs import declaration_channel, inspection

pytestmark = pytest.mark.engine

CODES = {
    "channel": "channel",
    "designated": "inspection_designated",
    "designation_cancelled": "inspection_cancelled",
    "inspection_result": "inspected",
}
CHANNELS = {"green": "1", "yellow": "2", "red": "3"}
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
EVENT = (
    "event_id string, declaration_key string, event_code string, channel_code string, "
    "business_at timestamp, server_at timestamp, known_from timestamp"
)


def random_life(draw: random.Random, number: int) -> list[Event]:
    """Some events of one declaration; each moment is told by one event alone."""
    minutes = draw.sample(range(1, 400), draw.randint(1, 9))
    events = []
    for place, minute in enumerate(minutes):
        kind = draw.choice(list(CODES))
        payload = {}
        if kind == "channel":
            payload = {"channel": draw.choice(list(CHANNELS))}
        if kind == "inspection_result":
            payload = {"result": "passed"}
        moment = START + timedelta(minutes=minute)
        arrived = START + timedelta(hours=draw.randint(1, 12))
        no = f"{10_000_000_000 + number}0"
        name = f"{number}-{place}"
        events.append(Event(name, kind, no, moment, moment, arrived, payload))
    return events


@pytest.fixture(scope="module")
def drawn() -> list[Event]:
    """Events of 150 declarations, in no order."""
    draw = random.Random(20260302)
    events = [event for number in range(150) for event in random_life(draw, number)]
    draw.shuffle(events)
    return events


def histories(spark: Any, events: list[Event]) -> tuple[list[dict], list[dict]]:
    """Rows of both tables, as the transforms build them from event rows."""
    rows = [
        (
            event.id,
            event.key,
            CODES[event.type],
            CHANNELS.get(event.payload.get("channel", "")),
            event.business_time.astimezone(UTC),
            event.business_time.astimezone(UTC),
            event.arrived_at.astimezone(UTC),
        )
        for event in events
        if event.type in CODES
    ]
    told = spark.createDataFrame(rows, EVENT)
    months = spark.createDataFrame(
        sorted({(row[1], date(2026, 3, 2), "2026-03") for row in rows}),
        "declaration_key string, registered_date date, registered_month string",
    )
    tables = load_contracts()
    return tuple(
        builder.build(frame, months, tables.table(name)).toArrow().to_pylist()
        for builder, name, frame in (
            (
                declaration_channel,
                "core.vnaccs__declaration_channel",
                declaration_channel.announced(told),
            ),
            (inspection, "core.vnaccs__inspection", told),
        )
    )


def as_known(rows: list[dict], key: str, moment: datetime) -> list[dict]:
    return [
        row
        for row in rows
        if row["declaration_key"] == key
        and row["known_from"] <= moment
        and (row["known_until"] is None or row["known_until"] > moment)
    ]


def channels_of(rows: list[dict]) -> list[tuple]:
    return sorted(
        (row["effective_from"], row["effective_until"], row["channel_code"])
        for row in rows
    )


def inspections_of(rows: list[dict]) -> list[tuple]:
    return sorted(
        (row["designated_at"], row["designation_cancelled_at"], row["inspected_at"])
        for row in rows
    )


def channels_by_law(life: Life) -> list[tuple]:
    return [(one.since, one.until, CHANNELS[one.channel]) for one in life.channels]


def inspections_by_law(life: Life) -> list[tuple]:
    return [
        (one.designated_at, one.cancelled_at, one.result_at) for one in life.inspections
    ]


def test_histories_are_those_of_the_law_whenever_one_asks(spark, drawn):
    channels, inspections = histories(spark, drawn)
    keys = {event.key for event in drawn}
    for hour in range(13):
        moment = START + timedelta(hours=hour)
        known = lives(drawn, moment, 60)
        for key in keys:
            life = known.get(key)
            mine = channels_of(as_known(channels, key, moment))
            assert mine == (channels_by_law(life) if life else []), (key, hour)
            mine = inspections_of(as_known(inspections, key, moment))
            assert mine == (inspections_by_law(life) if life else []), (key, hour)


def test_what_holds_now_is_current(spark, drawn):
    channels, inspections = histories(spark, drawn)
    known = lives(drawn, START + timedelta(days=9), 60)
    current = {
        r["declaration_key"]: r["channel_code"] for r in channels if r["is_current"]
    }
    assert current == {
        key: CHANNELS[life.channels[-1].channel]
        for key, life in known.items()
        if life.channels
    }
    designated = {
        r["declaration_key"]: r["designated_at"] for r in inspections if r["is_current"]
    }
    assert designated == {
        key: valid[-1]
        for key, life in known.items()
        if (valid := [i.designated_at for i in life.inspections if not i.cancelled_at])
    }


def test_histories_give_the_views_of_the_acceptance_cases(spark, shared_dir):
    path = shared_dir / "cases" / "declaration_versions.json"
    cases = msgspec.json.decode(path.read_bytes())["cases"]
    events = {one.id: one for case in cases for one in _events(case)}
    channels, inspections = histories(spark, list(events.values()))
    for case in cases:
        for view in case["expected"]["views"]:
            moment = datetime.fromisoformat(view["known_at"])
            for key, life in view["declarations"].items():
                found = channels_of(as_known(channels, key, moment))
                assert [(shown(a), shown(b), c) for a, b, c in found] == [
                    (one["from"], one["to"], CHANNELS[one["channel"]])
                    for one in life["channels"]
                ], case["id"]
                found = inspections_of(as_known(inspections, key, moment))
                assert [tuple(shown(part) for part in one) for one in found] == [
                    (one["designated_at"], one["cancelled_at"], one["result_at"])
                    for one in life["inspections"]
                ], case["id"]


def _events(case: dict) -> list[Event]:
    # Ids are those of one case alone.
    found = [event_of(given) for given in case["input"]["events"]]
    return [event._replace(id=f"{case['id']} {event.id}") for event in found]
