"""Spark SQL that gives raw strings the types of a contract's columns."""

from __future__ import annotations

from collections.abc import Mapping

from lakehouse.contracts import Column, Table
from lakehouse.derive.types import forms_of

SENT_DATE = "ddMMyyyy"
"""Dates inside VNACCS items; a source with another order says so to `typed`."""


def to_typed(
    table: Table, expressions: Mapping[str, str], date_format: str = SENT_DATE
) -> list[str]:
    """Select list in contract order.

    Args:
        expressions: column → SQL over the raw columns. A text result is converted to
            the column's type (what cannot be converted becomes null); an expression
            that starts with `=` has the type already. A column that is left out is
            read from the raw column of its own name.

    Raises:
        KeyError: an expression is given for no column of the contract.
    """
    unknown = set(expressions) - set(table.columns)
    if unknown:
        raise KeyError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    return [
        f"{_value(column, expressions.get(name, name), date_format)} as {name}"
        for name, column in table.columns.items()
        if not name.startswith("_")
    ]


def _value(column: Column, expression: str, date_format: str) -> str:
    if expression.startswith("="):
        return f"cast({expression[1:]} as {forms_of(column.type).spark})"
    return typed(column.type, expression, date_format)


def typed(contract_type: str, text: str, date_format: str = SENT_DATE) -> str:
    """SQL of one text expression as a contract type; blank text is null."""
    filled = f"nullif(trim({text}), '')"
    if contract_type == "string":
        return filled
    if contract_type == "date":
        # to_date fails on a day that does not exist; this gives null on both engines.
        return f"cast(try_to_timestamp({filled}, '{date_format}') as date)"
    return f"try_cast({filled} as {forms_of(contract_type).spark})"
