"""Columns of reference rows as numbers to reckon with, and back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Table
from transforms.ref.periods import OPEN, UNDATED, Ints
from transforms.ref.typed import Values


def code_columns(table: Table) -> list[str]:
    """The columns that name a code: the key without its dates."""
    return [name for name in table.key if name not in ("valid_from", "known_from")]


def number_values(rows: pa.Table, names: list[str]) -> Ints:
    """A number for each distinct combination of values."""
    texts = [
        pc.fill_null(rows[name].cast(pa.string()), "\x1e").combine_chunks()
        for name in names
    ]
    joined = pc.binary_join_element_wise(*texts, "\x1f")
    numbers: Ints = np.asarray(joined.dictionary_encode().indices).astype(np.int64)
    return numbers


def day_numbers(column: pa.ChunkedArray, absent: int) -> Ints:
    """Dates as days since 1970; an empty one is the number given."""
    numbers = pc.fill_null(column.cast(pa.int32()).cast(pa.int64()), absent)
    # A copy: what Arrow gives may not be written, and the periods are.
    days: Ints = np.asarray(numbers).astype(np.int64, copy=True)
    return days


def as_dates(days: Ints) -> Values:
    """Days since 1970 as dates; beyond any date is empty."""
    return pa.array(
        days.astype(np.int32), pa.int32(), mask=(days >= OPEN) | (days <= UNDATED)
    ).cast(pa.date32())


def day_number(day: date) -> int:
    """One date as a number."""
    return (day - date(1970, 1, 1)).days


def with_column(rows: pa.Table, name: str, values: Values | pa.Scalar) -> pa.Table:
    """Rows with one column replaced, by values or by one value for all."""
    if isinstance(values, pa.Scalar):
        values = pa.repeat(values, len(rows))
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, name, values)
