"""Spark SQL column list of a table from its contract."""

from __future__ import annotations

from lakehouse.contracts import Column, Table
from lakehouse.derive.types import forms_of


def to_spark(table: Table) -> str:
    """Columns as Spark DDL, such as `tax_code string not null, as_of_date date`."""
    return ", ".join(_column(column) for column in table.columns.values())


def spark_type(column: Column) -> str:
    """Spark type of one column, nested columns included."""
    if not column.items:
        return forms_of(column.type).spark
    fields = ", ".join(f"{inner.name}: {spark_type(inner)}" for inner in column.items)
    return f"array<struct<{fields}>>"


def _column(column: Column) -> str:
    nullness = " not null" if column.required else ""
    return f"{column.name} {spark_type(column)}{nullness}"
