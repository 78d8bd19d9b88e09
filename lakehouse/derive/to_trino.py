"""What Trino shows of a table: a view of the promised name over the registered table.

People read through one catalog, which cannot write; a second one over the same
metastore is for the registrar alone. The tables themselves stand in private schemas.
"""

from __future__ import annotations

from collections.abc import Iterable

from lakehouse.contracts import Column, Table
from lakehouse.derive.types import forms_of

CATALOG = "lakehouse"
"""What people read; read-only."""
REGISTRAR_CATALOG = "lakehouse_registrar"
"""The same tables, for the registrar alone."""
SHOWN_SCHEMAS = ("gold", "feat", "ref")
"""Schemas that analysts are shown."""
_VOID = "_is_void"


def shown_tables(tables: Iterable[Table]) -> list[Table]:
    """The tables that analysts are shown, by name."""
    shown = [table for table in tables if table.schema in SHOWN_SCHEMAS]
    return sorted(shown, key=lambda table: table.name)


def private_schema(schema: str) -> str:
    """Schema of the registered tables behind the views of a schema."""
    return f"private_{schema}"


def private_name(table: Table) -> str:
    """Name of the registered table; a new major version is another table."""
    return f"{table.short_name}_v{table.major}"


def to_trino(table: Table) -> str:
    """Statement that makes the view of a promised name.

    Its columns are named and typed, so that a column added to the table changes
    nobody's query; technical columns and void rows are left out.
    """
    columns = [_column(one) for one in table.columns.values() if not one.is_technical]
    listed = ",\n    ".join(columns)
    title = table.spec.title_vi.replace("'", "''")
    source = f"{CATALOG}.{private_schema(table.schema)}.{private_name(table)}"
    held = f"\nwhere not {_VOID}" if _VOID in table.columns else ""
    return (
        f"create or replace view {REGISTRAR_CATALOG}.{table.name}\n"
        f"comment '{title}'\n"
        "security definer as\n"
        f"select\n    {listed}\n"
        f"from {source}{held}"
    )


def to_trino_registration(table: Table, location: str) -> str:
    """Statement that registers the table of a location behind its view."""
    schema, name = private_schema(table.schema), private_name(table)
    place = location.replace("'", "''")
    return (
        f"call {REGISTRAR_CATALOG}.system.register_table("
        f"'{schema}', '{name}', '{place}')"
    )


def _column(column: Column) -> str:
    return f"cast({column.name} as {trino_type(column)}) as {column.name}"


def trino_type(column: Column) -> str:
    """Trino type of one column, nested columns included."""
    if not column.items:
        return forms_of(column.type).trino
    fields = ", ".join(f"{inner.name} {trino_type(inner)}" for inner in column.items)
    return f"array(row({fields}))"
