"""Valid rows of a table from its contract, for tests and the simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from lakehouse.contracts import Column, Table
from lakehouse.derive.to_arrow import to_arrow

# A fixed business moment: builders read no clock.
_DAY = date(2026, 1, 5)
_MOMENT = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def to_row(table: Table, **values: object) -> dict[str, object]:
    """One row that is valid by default; a test states only what matters.

    Raises:
        KeyError: a value is given for a column that the contract does not have.
    """
    unknown = set(values) - set(table.columns)
    if unknown:
        raise KeyError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    row = {name: _default(column) for name, column in table.columns.items()}
    return row | values


def to_rows(table: Table, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows as an Arrow table in contract order, missing columns filled by default."""
    filled = [to_row(table, **row) for row in rows]
    return pa.Table.from_pylist(filled, schema=to_arrow(table))


def _default(column: Column) -> object:
    if column.items:
        return []
    if not column.required:
        return None
    return _VALUES[column.type.split("(")[0]]


_VALUES: dict[str, object] = {
    "string": "A",
    "integer": 1,
    "bigint": 1,
    "double": 1.0,
    "boolean": False,
    "date": _DAY,
    "timestamp": _MOMENT,
    "binary": b"A",
    "decimal": Decimal(1),
}
