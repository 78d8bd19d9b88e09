"""Arrow schema of a table from its contract."""

from __future__ import annotations

import pyarrow as pa

from lakehouse.contracts import Column, Table
from lakehouse.derive.types import forms_of


def to_arrow(table: Table) -> pa.Schema:
    """Arrow schema in contract order; required columns are not nullable."""
    return pa.schema([_field(column) for column in table.columns.values()])


def _field(column: Column) -> pa.Field:
    if column.items:
        # A list is never null in what we write: no repetition is an empty list.
        struct = pa.struct([_field(inner) for inner in column.items])
        return pa.field(column.name, pa.list_(struct), nullable=not column.required)
    kind = forms_of(column.type).arrow
    return pa.field(column.name, kind, nullable=not column.required)
