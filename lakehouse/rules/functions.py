"""The functions of the condition language, and literals that are written as calls."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from lakehouse.rules.errors import ConditionError
from lakehouse.rules.nodes import Call, Literal, Value
from lakehouse.rules.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    STRING,
    TIMESTAMP,
    Type,
)


class Signature(msgspec.Struct, frozen=True):
    """Argument and result types; DOUBLE as an argument takes any number."""

    arguments: tuple[Type, ...]
    result: Type


_ON_TEXT: Final = Signature((STRING, STRING), BOOL)
FUNCTIONS: Final = {
    "startsWith": _ON_TEXT,
    "endsWith": _ON_TEXT,
    "contains": _ON_TEXT,
    "matches": _ON_TEXT,
    "size": Signature((STRING,), Type("whole", 10)),
    "double": Signature((DOUBLE,), DOUBLE),
}
_LITERAL_TYPES: Final = {"date": DATE, "timestamp": TIMESTAMP, "duration": DURATION}
_DURATION = re.compile(r"(-?)(?:(\d{1,7})h)?(?:(\d{1,7})m)?(?:(\d{1,7})s)?")
_EXAMPLES: Final = {
    "date": 'date("2026-01-31")',
    "timestamp": 'timestamp("2026-01-31T17:00:00Z")',
    "duration": 'duration("72h")',
}


def literal_call(node: Call, text: str) -> Literal | None:
    """The constant that `date("…")`, `timestamp("…")` or `duration("…")` stands for.

    Raises:
        ConditionError: the argument is not one text of the right form.
    """
    kind = _LITERAL_TYPES.get(node.function)
    if kind is None:
        return None
    value: Value | None = None
    if len(node.arguments) == 1 and isinstance(node.arguments[0], Literal):
        argument = node.arguments[0].value
        value = _read(node.function, argument) if isinstance(argument, str) else None
    if value is None:
        example = _EXAMPLES[node.function]
        raise ConditionError(
            "bad_literal",
            text,
            node.at,
            f"expected such as {example}",
            f"ví dụ {example}",
        )
    return Literal(value, node.at, kind)


def _read(function: str, text: str) -> Value | None:
    try:
        if function == "date":
            return date.fromisoformat(text) if len(text) == 10 else None
        if function == "timestamp":
            moment = datetime.fromisoformat(text)
            return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] else length
