"""What a request and a journalled decision look like, derived from the contracts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from lakehouse.contracts import Contracts, Table
from lakehouse.derive.to_struct import number_columns, to_struct

DECLARATION = "core.vnaccs__declaration"
LINE = "core.vnaccs__declaration_line"
# The declaration form repeats its goods group 50 times; more lines are split over
# several declarations (Circular 38/2015/TT-BTC, Art. 18).
MAX_LINES = 50
# The kind of journal record that holds an `Entry`.
DECISION = 1

# Said by the number, by the lines, or by the lake itself, so a request leaves it out.
_FROM_NUMBER = frozenset({"declaration_no", "declaration_key", "declaration_version"})
_FROM_LAKE = frozenset({"known_from", "known_until", "is_current", "registered_month"})
_FROM_LINES = frozenset({"line_count"})
# A line repeats the date of its declaration.
_FROM_HEADER = frozenset({"registered_date"})
# The result that this service gives.
_RESULT = frozenset({"inspection_class_code"})

NumberMakers = dict[str, Callable[[str | int], int | Decimal]]


class Declaration(NamedTuple):
    """A declaration as it is decided on: numbers are numbers, absent is None.

    Attributes:
        key: the 11 digits that stay the same over amendments.
        version: number of amendments, the twelfth digit.
        received_date: date of receipt in Viet Nam.
        header: values of `core.vnaccs__declaration`.
        lines: values of `core.vnaccs__declaration_line`, in the order sent.
    """

    number: str
    key: str
    version: int
    received_at: datetime
    received_date: date
    header: dict[str, Any]
    lines: list[dict[str, Any]]


class Entry(msgspec.Struct, frozen=True):
    """One journalled decision.

    Attributes:
        content: the request without its time of receipt, in canonical JSON.
        content_hash: SHA-256 of `content`; the same content gets the same answer.
        answer: the decision as it was sent.
    """

    received_at: datetime
    content_hash: str
    content: msgspec.Raw
    answer: msgspec.Raw


class RequestTypes(NamedTuple):
    """Structs of a request, and how to make numbers of what came as text."""

    request: type[msgspec.Struct]
    content: type[msgspec.Struct]
    declaration_numbers: NumberMakers
    line_numbers: NumberMakers


def declared_columns(contracts: Contracts) -> tuple[list[str], list[str]]:
    """Columns that a request carries: of the declaration, and of a line."""
    return (
        _business(contracts.table(DECLARATION), _FROM_LINES | _RESULT),
        _business(contracts.table(LINE), _FROM_HEADER),
    )


def request_types(contracts: Contracts) -> RequestTypes:
    """The strict structs of a request body."""
    table, line_table = contracts.table(DECLARATION), contracts.table(LINE)
    columns, line_columns = declared_columns(contracts)
    declaration = to_struct(table, only=columns, elements=contracts.elements)
    line = to_struct(line_table, only=line_columns, elements=contracts.elements)
    fields: list[tuple[str, Any]] = [
        ("declaration_no", Annotated[str, Meta(pattern=r"\A[0-9]{12}\Z")]),
        ("declaration", declaration),
        ("lines", Annotated[list[line], Meta(max_length=MAX_LINES)]),  # type: ignore[valid-type]
    ]
    received = ("received_at", Annotated[datetime, Meta(tz=True)])
    return RequestTypes(
        msgspec.defstruct("Request", [*fields, received], forbid_unknown_fields=True),
        msgspec.defstruct("Content", fields, forbid_unknown_fields=True),
        _numbers(table, columns),
        _numbers(line_table, line_columns),
    )


def _business(table: Table, derived: frozenset[str]) -> list[str]:
    left_out = derived | _FROM_NUMBER | _FROM_LAKE
    return [
        name
        for name, column in table.columns.items()
        if not column.is_technical and name not in left_out
    ]


def _numbers(table: Table, columns: list[str]) -> NumberMakers:
    makers = number_columns(table)
    return {name: makers[name] for name in columns if name in makers}
