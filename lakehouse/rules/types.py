"""Types of condition values: CEL kinds, with the precision that keeps money exact.

CEL knows int and double. A contract's `integer`, `bigint` and `decimal(p,0)` are
*whole* (CEL int), `decimal(p,s)` is a *fraction* (CEL double in the text, an exact
decimal when evaluated), `double` stays a double. A literal is exact and takes the side
it meets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "bool",
    "string",
    "whole",
    "fraction",
    "double",
    "date",
    "timestamp",
    "duration",
    "list",
    "unknown",
]
# Digits that Spark, Sail and DuckDB can hold in a decimal.
MAX_PRECISION: Final = 38
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


@dataclass(frozen=True, slots=True)
class Type:
    """A type of the condition language.

    Attributes:
        precision: digits of a whole or fraction.
        scale: digits after the point of a fraction.
        item: kind of the members of a list.
    """

    kind: Kind
    precision: int = 0
    scale: int = 0
    item: Kind = "unknown"

    @property
    def is_number(self) -> bool:
        """Whole, fraction and double can be compared with each other."""
        return self.kind in ("whole", "fraction", "double")

    def __str__(self) -> str:
        """The type in the words of messages."""
        return f"list of {self.item}" if self.kind == "list" else self.kind


UNKNOWN: Final = Type("unknown")
BOOL: Final = Type("bool")
STRING: Final = Type("string")
DOUBLE: Final = Type("double")
DATE: Final = Type("date")
TIMESTAMP: Final = Type("timestamp")
DURATION: Final = Type("duration")

_CONTRACT_TYPES: Final = {
    "string": STRING,
    "boolean": BOOL,
    "double": DOUBLE,
    "date": DATE,
    "timestamp": TIMESTAMP,
    "integer": Type("whole", 10),
    "bigint": Type("whole", 19),
}

KIND_VI: Final = {
    "bool": "đúng/sai",
    "string": "chuỗi",
    "whole": "số nguyên",
    "fraction": "số thập phân",
    "double": "số thực",
    "date": "ngày",
    "timestamp": "thời điểm",
    "duration": "khoảng thời gian",
    "list": "danh sách",
    "unknown": "không rõ",
}


def from_contract(text: str) -> Type | None:
    """The type of a contract column; None where a condition cannot read it."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return _CONTRACT_TYPES.get(text)
    precision, scale = int(match[1]), int(match[2])
    if scale == 0:
        return Type("whole", precision)
    return Type("fraction", precision, scale)
