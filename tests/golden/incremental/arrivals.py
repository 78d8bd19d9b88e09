"""Random messages of declarations, and the core tables that follow from a set of them.

Core is written here a second time, in plain Python, so that gold is tested alone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lakehouse.time import business_date

FIRST_DAY = date(2026, 8, 20)
DAYS = 75
FIRMS = ("9900109101", "9900109101001", "9900000023", "0312345678")
NAMES = ("CÔNG TY AN PHÁT", "CÔNG TY  AN PHÁT", "CÔNG TY BÌNH MINH")
CODES = ("85171300", "84713020", "61091010")
ORIGINS = ("CN", "KR", None)
OFFICES = ("01AB", "03CC", "28NJ")


@dataclass(frozen=True)
class Line:
    hs_code: str | None
    origin: str | None
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True)
class Message:
    """What one message says; `lines` is empty where it only tells an event."""

    number: int
    arrived: datetime
    key: str
    version: int
    # The day of registration, where the message names it.
    declared: date | None
    rank: int = 0
    firm: str | None = None
    name: str | None = None
    office: str | None = None
    is_low_value: bool = False
    lines: tuple[Line, ...] = field(default=())
    event: str | None = None
    channel: str | None = None
    happened: datetime | None = None


def random_messages(seed: int, declarations: int) -> list[Message]:
    """Lives of some declarations, with late, repeated and superseding messages."""
    draw = random.Random(seed)
    messages: list[Message] = []
    for number in range(declarations):
        messages += _life(draw, number, len(messages))
    # The same message again, a few days later, is no news.
    again = draw.sample(messages, len(messages) // 8)
    for message in again:
        later = message.arrived + timedelta(hours=draw.randint(1, 200))
        messages.append(_copy(message, arrived=later))
    return messages


def _life(draw: random.Random, number: int, count: int) -> list[Message]:
    """Messages of one declaration, numbered from `count`."""
    day = FIRST_DAY + timedelta(days=draw.randrange(DAYS))
    registered = datetime(day.year, day.month, day.day, draw.randrange(10), tzinfo=UTC)
    first = Message(
        number=0,
        arrived=registered,
        key=f"{draw.choice('13')}{number:010d}",
        version=0,
        declared=day,
        firm=draw.choice((*FIRMS, None)),
        is_low_value=draw.random() < 0.2,
        happened=registered,
    )
    life: list[Message] = []
    for version in range(draw.choice((1, 1, 1, 2, 3))):
        spoken = registered + timedelta(days=version * draw.randint(0, 20))
        if draw.random() < 0.15:
            first = _copy(first, firm=draw.choice(FIRMS))
        life += _contents(draw, _copy(first, version=version, happened=spoken))
    for event, channel in _events(draw):
        told = registered + timedelta(hours=draw.randint(0, 300))
        life.append(_telling(draw, first, event, channel, told))
    return [_copy(message, number=count + place) for place, message in enumerate(life)]


def _contents(draw: random.Random, version: Message) -> list[Message]:
    """Some of the messages that give the content of a version."""
    return [
        _copy(
            version,
            arrived=_late(draw, version.happened),
            # The sent registration does not know its date yet.
            declared=None if rank == 1 else version.declared,
            happened=None if rank == 1 else version.happened,
            rank=rank,
            name=draw.choice(NAMES),
            office=draw.choice(OFFICES),
            lines=_lines(draw, version.is_low_value),
        )
        for rank in draw.sample((1, 2, 3), draw.choice((1, 1, 2, 3)))
    ]


def _telling(
    draw: random.Random,
    declaration: Message,
    event: str,
    channel: str | None,
    told: datetime,
) -> Message:
    names_date = event == "channel" and draw.random() < 0.8
    return Message(
        number=0,
        arrived=_late(draw, told),
        key=declaration.key,
        version=0,
        declared=declaration.declared if names_date else None,
        event=event,
        channel=channel,
        happened=told,
    )


def _events(draw: random.Random) -> list[tuple[str, str | None]]:
    events: list[tuple[str, str | None]] = [
        ("channel", draw.choice("1123")) for _ in range(draw.choice((0, 1, 1, 2)))
    ]
    if draw.random() < 0.6:
        events.append(("cleared", draw.choice("12")))
    return events


def _late(draw: random.Random, spoken: datetime) -> datetime:
    delay = draw.choice((0, 0, 0, 1, 30, 900))
    return spoken + timedelta(hours=delay * draw.random(), seconds=draw.randrange(3000))


def _lines(draw: random.Random, is_low_value: bool) -> tuple[Line, ...]:
    if is_low_value:
        return (Line(None, "CN", Decimal(1), Decimal(draw.randrange(10**6))),)
    return tuple(
        Line(
            draw.choice(CODES),
            draw.choice(ORIGINS),
            Decimal(draw.randrange(0, 500)),
            Decimal(int(10 ** draw.uniform(3, 9))),
        )
        for _ in range(draw.randint(1, 4))
    )


def _copy(message: Message, **values: object) -> Message:
    return Message(**(message.__dict__ | values))


# --- core, as it follows from the messages that have come


def core_rows(messages: Iterable[Message]) -> dict[str, list[dict]]:
    """Rows of the four core tables, without `_run_seq`."""
    first = _first_arrivals(messages)
    dates = _registered_dates(first)
    rows: dict[str, list[dict]] = {"": [], "_line": [], "_event": []}
    versions = defaultdict(list)
    for message in first:
        if message.rank:
            versions[message.key, message.version].append(message)
        else:
            rows["_event"].append(_event_row(message, dates[message.key]))
    newest = {}
    for key, version in versions:
        newest[key] = max(version, newest.get(key, 0))
    for (key, version), told in versions.items():
        for message, known_from, known_until in _states(told):
            state = _state(dates[key], known_from, known_until, version == newest[key])
            rows[""].append(_declaration_row(message) | state)
            rows["_line"] += [_line_row(message, n) | state for n in _numbers(message)]
    rows["_month"] = [_month_row(key, day) for key, day in dates.items()]
    return {f"core.vnaccs__declaration{name}": table for name, table in rows.items()}


def _first_arrivals(messages: Iterable[Message]) -> list[Message]:
    first: dict[int, Message] = {}
    for message in messages:
        known = first.get(message.number)
        if known is None or message.arrived < known.arrived:
            first[message.number] = message
    return list(first.values())


def _registered_dates(messages: Iterable[Message]) -> dict[str, date]:
    declared: dict[str, date] = {}
    stand_in: dict[str, date] = {}
    for message in messages:
        arrived = business_date(message.arrived)
        stand_in[message.key] = min(arrived, stand_in.get(message.key, arrived))
        if message.declared:
            declared[message.key] = message.declared
    return stand_in | declared


def _states(told: list[Message]) -> list[tuple[Message, datetime, datetime | None]]:
    best: list[Message] = []
    for message in sorted(told, key=lambda m: (m.arrived, m.rank, m.number)):
        if not best or (message.rank, message.number) > (
            best[-1].rank,
            best[-1].number,
        ):
            if best and best[-1].arrived == message.arrived:
                best.pop()
            best.append(message)
    ends = [later.arrived for later in best[1:]] + [None]
    return [(m, m.arrived, end) for m, end in zip(best, ends, strict=True)]


def _state(day: date, known_from: datetime, known_until: datetime | None, newest: bool):
    return {
        "registered_date": day,
        "registered_month": f"{day:%Y-%m}",
        "known_from": known_from,
        "known_until": known_until,
        "is_current": newest and known_until is None,
    }


def _month_row(key: str, day: date) -> dict:
    return {
        "declaration_key": key,
        "registered_date": day,
        "is_date_declared": True,
        "registered_month": f"{day:%Y-%m}",
        "key_prefix": key[:5],
    }


def _numbers(message: Message) -> range:
    return range(1, len(message.lines) + 1)


def _declaration_row(message: Message) -> dict:
    is_import = message.key[0] == "1"
    side = "importer" if is_import else "exporter"
    return {
        "declaration_key": message.key,
        "declaration_version": message.version,
        "declaration_no": f"{message.key}{message.version}",
        "direction_code": "import" if is_import else "export",
        "office_code": message.office,
        f"{side}_tax_code": message.firm,
        f"{side}_name": message.name,
        "customs_value_vnd": sum(line.value for line in message.lines),
        "is_low_value": message.is_low_value,
        "line_count": len(message.lines),
        "registered_at": message.happened,
        "_record_hash": str(message.number),
    }


def _line_row(message: Message, number: int) -> dict:
    line = message.lines[number - 1]
    return {
        "declaration_key": message.key,
        "declaration_version": message.version,
        "line_no": number,
        "hs_code": line.hs_code,
        "origin_country_code": line.origin,
        "first_quantity": line.quantity,
        "first_quantity_unit_code": "PCE",
        "customs_value_vnd": line.value,
        "_record_hash": str(message.number),
    }


def _event_row(message: Message, day: date) -> dict:
    has_time = message.event != "channel" or message.declared is not None
    return {
        "event_id": str(message.number),
        "declaration_key": message.key,
        "declaration_version": message.version,
        "event_code": message.event,
        "channel_code": message.channel,
        # A channel result gives the time of registration, where it has one.
        "business_at": message.happened if has_time else None,
        "server_at": message.happened,
        "received_at": message.arrived,
        "processed_at": message.arrived,
        "registered_month": f"{day:%Y-%m}",
        "known_from": message.arrived,
        "_record_hash": str(message.number),
    }
