"""Random messages of declarations, as they come to the lake."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

FIRST_DAY = date(2026, 8, 20)
DAYS = 75
FIRMS = ("9900109101", "9900109101001", "9900000023", "0312345678")
NAMES = ("CÔNG TY AN PHÁT", "CÔNG TY  AN PHÁT", "CÔNG TY BÌNH MINH")
CODES = ("85171300", "84713020", "61091010")
ORIGINS = ("CN", "KR", None)
STATES = ("sent", "pending", "registered", "accepted", "refused")
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
    amendment_no: str | None = None


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
    if any(message.event == "cleared" for message in life):
        life += _amendments(draw, first)
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


def _amendments(draw: random.Random, declaration: Message) -> list[Message]:
    """States of amendments after clearance; a refusal tells no lines."""
    life = []
    for number in range(draw.choice((0, 0, 1, 2))):
        for state in draw.sample(STATES, draw.randint(1, len(STATES))):
            told = declaration.happened + timedelta(hours=draw.randint(300, 2000))
            message = _telling(draw, declaration, f"post_clearance_{state}", None, told)
            lines = () if state == "refused" else _lines(draw, is_low_value=False)
            amendment_no = f"{declaration.key}A{number}"
            life.append(_copy(message, amendment_no=amendment_no, lines=lines))
    return life


def _events(draw: random.Random) -> list[tuple[str, str | None]]:
    events: list[tuple[str, str | None]] = [
        ("channel", draw.choice("1123")) for _ in range(draw.choice((0, 1, 1, 2)))
    ]
    for _ in range(draw.choice((0, 0, 0, 1, 2))):
        end = draw.choice(("inspection_cancelled", "inspected", "inspected"))
        events += [("inspection_designated", None), (end, None)]
    if draw.random() < 0.1:
        events.append(("released", draw.choice("12")))
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
