"""A strict msgspec struct of a table's columns, for requests and feature records."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lakehouse.contracts import TYPE_PATTERN, Column, Element, Table

_INT64 = 2**63 - 1
_PLAIN: dict[str, Any] = {
    "string": str,
    "integer": Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)],
    "bigint": Annotated[int, Meta(ge=-_INT64, le=_INT64)],
    "double": float,
    "boolean": bool,
    "date": date,
    # A time without its zone would silently mean the machine's.
    "timestamp": Annotated[datetime, Meta(tz=True)],
    "binary": bytes,
}


def to_struct(
    table: Table,
    *,
    only: Collection[str] | None = None,
    elements: Mapping[str, Element] | None = None,
) -> type[msgspec.Struct]:
    """The struct that reads one row of JSON and refuses what the contract does not say.

    A decimal is text or a whole number: a JSON fraction has passed through a double.
    What is absent and what is null is None, and is left out again when written.

    Args:
        only: columns to take, in contract order; all when None.
        elements: where given, the patterns of their elements are enforced.
    """
    columns = [
        column for name, column in table.columns.items() if only is None or name in only
    ]
    return msgspec.defstruct(
        _struct_name(table),
        [_field(column, elements or {}) for column in columns],
        kw_only=True,
        frozen=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        gc=False,
        namespace={"__doc__": table.grain},
    )


def number_columns(table: Table) -> dict[str, Callable[[str | int], int | Decimal]]:
    """How to make numbers of the columns that may arrive as text."""
    return {
        name: int if scale == 0 else Decimal
        for name, column in table.columns.items()
        if (scale := _scale(column)) is not None
    }


def _struct_name(table: Table) -> str:
    words = re.split(r"_+", table.short_name)
    return "".join(word.capitalize() for word in words)


def _field(column: Column, elements: Mapping[str, Element]) -> Any:  # noqa: ANN401
    kind = _kind(column, elements)
    if column.required:
        return (column.name, kind)
    return (column.name, kind | None, None)


def _kind(column: Column, elements: Mapping[str, Element]) -> Any:  # noqa: ANN401
    if column.items:
        fields = [_field(inner, elements) for inner in column.items]
        item = msgspec.defstruct(
            column.name,
            fields,
            kw_only=True,
            frozen=True,
            forbid_unknown_fields=True,
            omit_defaults=True,
        )
        return list[item]  # type: ignore[valid-type]
    if column.type.startswith("decimal"):
        return _decimal(column)
    element = elements.get(column.element or "")
    if element is not None and element.pattern and column.type == "string":
        return Annotated[str, Meta(pattern=rf"\A(?:{element.pattern})\Z")]
    return _PLAIN[column.type]


def _decimal(column: Column) -> Any:  # noqa: ANN401
    found = TYPE_PATTERN.fullmatch(column.type)
    precision, scale = int(found["precision"]), int(found["scale"])  # type: ignore[index]
    bound = min(10 ** (precision - scale) - 1, _INT64)
    fraction = rf"(?:\.[0-9]{{1,{scale}}})?" if scale else ""
    digits = rf"\A-?[0-9]{{1,{precision - scale}}}{fraction}\Z"
    whole = Annotated[int, Meta(ge=-bound, le=bound)]
    return whole | Annotated[str, Meta(pattern=digits)]


def _scale(column: Column) -> int | None:
    found = TYPE_PATTERN.fullmatch(column.type)
    return int(found["scale"]) if found and found["scale"] else None
