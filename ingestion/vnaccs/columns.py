"""Parsed rows of a raw table from the values of a batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa

from ingestion.vnaccs.batch import Batch, Grid, Values
from ingestion.vnaccs.content import Texts
from ingestion.vnaccs.frame import Bools, Ints
from lakehouse.messages import Item

Slots = dict[str, dict[int, int]]
"""Column of an entry → which entry → row of the grid."""


@dataclass
class _Source:
    """A grid, its texts, and where each mapped item stands in it."""

    grid: Grid
    texts: Texts
    values: Values
    by_column: dict[str, int]
    by_list: dict[str, Slots]

    @property
    def columns(self) -> int:
        return self.texts.columns

    @cached_property
    def nulls(self) -> pa.StringArray:
        """A column without values, shared by all that have none."""
        return pa.nulls(self.columns, pa.string())

    @cached_property
    def no_entries(self) -> pa.Int32Array:
        """Offsets of lists that are all empty, shared likewise."""
        return pa.array(np.zeros(self.columns + 1, np.int32))


def family_columns(
    batch: Batch, texts: list[Texts], fields: Iterable[tuple[str, pa.DataType]]
) -> dict[str, pa.Array]:
    """The columns of a family's table by name, a row a message."""
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
    return {
        name: _group(groups[name], kind)
        if name in groups
        else _column(flat, name, kind)
        for name, kind in fields
    }


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


def _column(source: _Source, name: str, kind: pa.DataType) -> pa.Array:
    row = source.by_column.get(name)
    if row is not None:
        return source.texts.array(row)
    if name in source.by_list:
        return _entries(source, source.by_list[name], kind)
    if not isinstance(kind, pa.ListType):
        return source.nulls
    return pa.ListArray.from_arrays(source.no_entries, _no_entry(kind), type=kind)


def _group(source: _Source, kind: pa.ListType) -> pa.ListArray:
    """Repetitions of a group; one without any value between others is null."""
    children = [_column(source, *part) for part in _parts(kind)]
    return _list(source.grid.until, children, source.grid.present, kind)


def _entries(source: _Source, slots: Slots, kind: pa.ListType) -> pa.ListArray:
    """Numbered flat items as a list; what stands empty before a filled one is null."""
    size = 1 + max(index for rows in slots.values() for index in rows)
    places = np.full((len(slots), source.columns, size), -1, np.int32)
    for number, rows in enumerate(slots.values()):
        for index, row in rows.items():
            places[number, :, index] = source.grid.places[row]
    present = np.logical_or.reduce(places >= 0, axis=0)
    numbers = np.arange(1, size + 1)
    counts = (present * numbers).max(axis=1, initial=0)
    until = np.zeros(source.columns + 1, np.int32)
    np.cumsum(counts, out=until[1:])
    kept = numbers <= counts[:, None]
    # All columns of the entries are copied at once, one after another.
    chosen = places[:, kept].ravel()
    taken = source.values.array.take(pa.array(chosen * 2, mask=chosen < 0))
    texts, length = taken.view(_TEXT), int(until[-1])
    by_name = {
        name: texts.slice(number * length, length) for number, name in enumerate(slots)
    }
    nulls = pa.nulls(length, _TEXT)
    children = [by_name.get(name, nulls) for name, _ in _parts(kind)]
    return _list(until, children, present[kept], kind)


def _list(
    until: Ints | None, children: list[pa.Array], present: Bools, kind: pa.ListType
) -> pa.ListArray:
    empty = None if present.all() else pa.array(~present)
    fields = list(kind.value_type)
    entries = pa.StructArray.from_arrays(children, fields=fields, mask=empty)
    offsets = pa.array(until, pa.int32())
    return pa.ListArray.from_arrays(offsets, entries, type=kind)


_TEXT = pa.string()


@lru_cache(maxsize=64)
def _parts(kind: pa.ListType) -> tuple[tuple[str, pa.DataType], ...]:
    """Names and types of the columns of a list's entries."""
    return tuple((field.name, field.type) for field in kind.value_type)


@lru_cache(maxsize=64)
def _no_entry(kind: pa.ListType) -> pa.StructArray:
    return pa.array([], kind.value_type)
