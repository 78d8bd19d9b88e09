"""Parsed rows of a raw table from the values of a batch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ingestion.vnaccs.batch import Batch, Grid, Values
from ingestion.vnaccs.content import Texts
from ingestion.vnaccs.frame import Bools, Ints
from lakehouse.messages import Item


class _Source(NamedTuple):
    """A grid, its texts, and where each mapped item stands in it."""

    grid: Grid
    texts: Texts
    values: Values
    by_column: dict[str, int]
    by_list: dict[str, dict[str, dict[int, int]]]

    @property
    def columns(self) -> int:
        return self.texts.columns


def family_columns(
    batch: Batch, texts: list[Texts], fields: list[pa.Field]
) -> list[pa.Array]:
    """The columns of a family's table, in the order of `fields`, a row a message."""
    sources = [
        _source(batch, grid, text)
        for grid, text in zip(batch.grids, texts, strict=True)
    ]
    flat = next(source for source in sources if source.grid.until is None)
    groups = {
        source.grid.section.list_name: source
        for source in sources
        if source.grid.until is not None
    }
    return [
        _group(groups[field.name], field.type)
        if field.name in groups
        else _column(flat, field)
        for field in fields
    ]


def _source(batch: Batch, grid: Grid, texts: Texts) -> _Source:
    by_column: dict[str, int] = {}
    by_list: dict[str, dict[str, dict[int, int]]] = {}
    for row, number in enumerate(grid.items):
        item: Item = batch.form.items[number]
        if item.column and item.list_name:
            entries = by_list.setdefault(item.list_name, {})
            entries.setdefault(item.column, {})[item.list_index] = row
        elif item.column:
            by_column[item.column] = row
    return _Source(grid, texts, batch.values, by_column, by_list)


def _column(source: _Source, field: pa.Field) -> pa.Array:
    if pa.types.is_list(field.type):
        return _entries(source, field.name, field.type)
    row = source.by_column.get(field.name)
    if row is None:
        return pa.nulls(source.columns, field.type)
    return source.texts.array(row)


def _group(source: _Source, kind: pa.ListType) -> pa.ListArray:
    """Repetitions of a group; one without any value between others is null."""
    fields = list(kind.value_type)
    children = [_column(source, field) for field in fields]
    return _list(source.grid.until, children, source.grid.present, kind)


def _entries(source: _Source, name: str, kind: pa.ListType) -> pa.ListArray:
    """Numbered flat items as a list; what stands empty before a filled one is null."""
    rows = source.by_list.get(name, {})
    size = 1 + max((n for entries in rows.values() for n in entries), default=-1)
    present = np.zeros((source.columns, size), bool)
    for entries in rows.values():
        for index, row in entries.items():
            present[:, index] |= source.grid.places[row] >= 0
    numbers = np.arange(1, size + 1)
    counts = (present * numbers).max(axis=1, initial=0)
    until = np.zeros(source.columns + 1, np.int64)
    np.cumsum(counts, out=until[1:])
    kept = numbers <= counts[:, None]
    children = [
        _picked(source, rows.get(field.name, {}), size, kept)
        for field in kind.value_type
    ]
    return _list(until, children, present[kept], kind)


def _picked(
    source: _Source, rows: dict[int, int], size: int, kept: Bools
) -> pa.StringArray:
    places: Ints = np.full((source.columns, size), -1, np.int32)
    for index, row in rows.items():
        places[:, index] = source.grid.places[row]
    chosen = places[kept]
    return source.values.array.take(pa.array(chosen * 2, mask=chosen < 0)).view(
        pa.string()
    )


def _list(
    until: Ints | None,
    children: list[pa.Array],
    present: Bools,
    kind: pa.ListType,
) -> pa.ListArray:
    empty = None if present.all() else pa.array(~present)
    entries = pa.StructArray.from_arrays(
        children, fields=list(kind.value_type), mask=empty
    )
    offsets = pa.array(until, pa.int32())
    return pa.ListArray.from_arrays(offsets, entries, type=kind)
