"""Parsed rows of a raw table from the values of a batch."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ingestion.vnaccs.batch import Batch, Grid, Values
from ingestion.vnaccs.content import Texts
from ingestion.vnaccs.lines import Bools, Ints
from lakehouse.messages import Item

Slots = dict[str, dict[int, int]]
"""Column of an entry → which entry → row of the grid."""


class _Source(NamedTuple):
    """A grid, its texts, and where each mapped item stands in it."""

    grid: Grid
    texts: Texts
    values: Values
    by_column: dict[str, int]
    by_list: dict[str, Slots]

    @property
    def columns(self) -> int:
        return self.texts.columns


class Fields(NamedTuple):
    """The columns of a table or of a list's entries: texts, and lists with types."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    lists: tuple[tuple[str, pa.ListType], ...]


def fields_of(fields: Iterable[pa.Field]) -> Fields:
    """Texts and lists among some fields."""
    pairs = tuple((field.name, field.type) for field in fields)
    lists = tuple(pair for pair in pairs if pa.types.is_list(pair[1]))
    texts = tuple(name for name, kind in pairs if not pa.types.is_list(kind))
    return Fields(tuple(name for name, _ in pairs), texts, lists)


def family_columns(
    batch: Batch, texts: list[Texts], fields: Fields
) -> dict[str, pa.Array]:
    """The columns of a family's table by name, a row a message."""
    sources = [
        _source(batch, grid, text)
        for grid, text in zip(batch.grids, texts, strict=True)
    ]
    kinds = dict(fields.lists)
    flats = [source for source in sources if source.grid.until is None]
    out = _columns(flats[0], fields)
    # Flat items may stand before a group and after it.
    for flat in flats[1:]:
        out |= {column: flat.texts.array(row) for column, row in flat.by_column.items()}
        for listed, slots in flat.by_list.items():
            out[listed] = _entries(flat, slots, kinds[listed])
    for source in sources:
        name = source.grid.section.list_name
        if name is not None:
            out[name] = _group(source, kinds[name])
    return out


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


def _columns(source: _Source, fields: Fields) -> dict[str, pa.Array]:
    # Most columns of most messages are empty and share one array.
    out = dict.fromkeys(fields.texts, pa.nulls(source.columns, _TEXT))
    for name, row in source.by_column.items():
        out[name] = source.texts.array(row)
    for name, kind in fields.lists:
        if name in source.by_list:
            out[name] = _entries(source, source.by_list[name], kind)
        else:
            out[name] = _no_lists(source.columns, kind)
    return out


def _group(source: _Source, kind: pa.ListType) -> pa.ListArray:
    """Repetitions of a group; one without any value between others is null."""
    fields = _entry_fields(kind)
    columns = _columns(source, fields)
    children = [columns[name] for name in fields.names]
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
    fields = _entry_fields(kind)
    by_name = dict.fromkeys(fields.texts, pa.nulls(length, _TEXT)) | by_name
    by_name |= {name: _no_lists(length, inner) for name, inner in fields.lists}
    children = [by_name[name] for name in fields.names]
    return _list(until, children, present[kept], kind)


def _list(
    until: Ints | None, children: list[pa.Array], present: Bools, kind: pa.ListType
) -> pa.ListArray:
    empty = None if present.all() else pa.array(~present)
    fields = list(kind.value_type)
    entries = pa.StructArray.from_arrays(children, fields=fields, mask=empty)
    offsets = pa.array(until, pa.int32())
    return pa.ListArray.from_arrays(offsets, entries, type=kind)


def _no_lists(size: int, kind: pa.ListType) -> pa.ListArray:
    none = pa.array(np.zeros(size + 1, np.int32))
    return pa.ListArray.from_arrays(none, _no_entry(kind), type=kind)


_TEXT = pa.string()


@lru_cache(maxsize=64)
def _entry_fields(kind: pa.ListType) -> Fields:
    return fields_of(kind.value_type)


@lru_cache(maxsize=64)
def _no_entry(kind: pa.ListType) -> pa.StructArray:
    return pa.array([], kind.value_type)
