"""Whether values are what their items say, judged on whole columns of bytes at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.vnaccs.batch import Batch, Fault, Grid, Values
from ingestion.vnaccs.lines import Bools, Bytes, Ints

_POINT = ord(".")


class Texts(NamedTuple):
    """The values of a grid, one after another, item by item.

    Attributes:
        data: all bytes; the values of an item stand side by side.
        offsets: where the value of each cell of the grid begins, and the end.
        is_valid: which cells hold one, as bits, a row an item.
    """

    data: Bytes
    offsets: Ints
    is_valid: Bytes
    columns: int

    def array(self, row: int) -> pa.StringArray:
        """The values of one item, null where there is none."""
        return pa.StringArray.from_buffers(
            self.columns,
            pa.py_buffer(self.bounds(row)),
            pa.py_buffer(self.data),
            pa.py_buffer(self.is_valid[row]),
        )

    def bounds(self, row: int) -> Ints:
        """Where the values of an item begin, and where the last ends."""
        return self.offsets[row * self.columns : (row + 1) * self.columns + 1]


def texts_of(grid: Grid, values: Values) -> Texts:
    """Copy the values of a grid out of the bytes of the piece."""
    filled = grid.places >= 0
    taken = values.array.take(pa.array(grid.places[filled] * 2))
    # A place of -1 finds the size 0 at the end.
    sizes = np.append(values.end - values.start, 0)[grid.places.ravel()]
    offsets = np.zeros(len(sizes) + 1, np.int32)
    np.cumsum(sizes, out=offsets[1:])
    data = np.frombuffer(taken.buffers()[2] or b"", np.uint8)
    # Arrow takes a row of bits as it lies: the grid may be ordered by columns.
    is_valid = np.ascontiguousarray(np.packbits(filled, axis=1, bitorder="little"))
    return Texts(data, offsets, is_valid, grid.places.shape[1])


def content_faults(batch: Batch, texts: list[Texts]) -> Iterator[Fault]:
    """Faults of content, of all grids of a batch."""
    for kind, grid, text, first, last in _kinds(batch, texts):
        if not _is_clean(kind, text, first, last):
            for row in range(first, last):
                yield from _faults_of(kind, grid, text, row)


def _kinds(
    batch: Batch, texts: list[Texts]
) -> Iterator[tuple[str, Grid, Texts, int, int]]:
    """The rows of each kind of item in each grid."""
    for grid, text in zip(batch.grids, texts, strict=True):
        kinds = batch.form.kind[grid.items]
        for kind in "AFIW":
            first, last = np.searchsorted(kinds, [ord(kind), ord(kind) + 1])
            if first < last and text.columns:
                yield kind, grid, text, int(first), int(last)


def _is_clean(kind: str, text: Texts, first: int, last: int) -> bool:
    """Whether the values of some rows are right, all at once."""
    bounds = text.offsets[first * text.columns : last * text.columns + 1]
    data = text.data[bounds[0] : bounds[-1]]
    if not len(data):
        return True
    if kind == "A":
        return bool(data.max() < 0x80)
    if kind == "W":
        return _are_utf8(text, bounds)
    odd = (data - np.uint8(ord("0"))) > 9
    if not odd.any():
        return True
    if kind == "I" or (odd & (data != _POINT)).any():
        return False
    cells = np.searchsorted(bounds, np.flatnonzero(odd) + bounds[0], side="right")
    alone = bounds[cells] - bounds[cells - 1] == 1
    return not (alone.any() or (cells[1:] == cells[:-1]).any())


def _are_utf8(text: Texts, bounds: Ints) -> bool:
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text.data)]
    array = pa.Array.from_buffers(pa.string(), len(bounds) - 1, buffers)
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _faults_of(kind: str, grid: Grid, text: Texts, row: int) -> Iterator[Fault]:
    if _is_clean(kind, text, row, row + 1):
        return
    bounds = text.bounds(row)
    data = text.data[bounds[0] : bounds[-1]]
    for code, columns in _judge(kind, data, text, row):
        items = np.full(len(columns), grid.items[row])
        yield Fault(code, grid.messages_of(columns), items)


def _judge(kind: str, data: Bytes, text: Texts, row: int) -> Iterator[tuple[str, Ints]]:
    """Codes of faults, each with the columns that have it."""
    if kind == "A":
        if len(data) and data.max() >= 0x80:
            yield "not_single_byte", _columns_with(data >= 0x80, text, row)
            yield from _no_utf8(text, row)
    elif kind == "W":
        yield from _no_utf8(text, row)
    else:
        odd = (data - np.uint8(ord("0"))) > 9
        if odd.any():
            if kind == "I":
                yield "bad_integer", _columns_with(odd, text, row)
            else:
                yield from _bad_decimals(data, odd, text, row)


def _bad_decimals(
    data: Bytes, odd: Bools, text: Texts, row: int
) -> Iterator[tuple[str, Ints]]:
    is_point = data == _POINT
    bad = _columns_with(odd & ~is_point, text, row) if (odd & ~is_point).any() else None
    columns, points = np.unique(_columns(is_point, text, row), return_counts=True)
    size = np.diff(text.bounds(row))[columns]
    more = columns[(points > 1) | (points == size)]
    bad = more if bad is None else np.union1d(bad, more)
    if len(bad):
        yield "bad_decimal", bad


def _no_utf8(text: Texts, row: int) -> Iterator[tuple[str, Ints]]:
    bounds = text.bounds(row)
    bad, ranges = [], [(0, text.columns)]
    # Halves that are right as a whole are not looked at again.
    while ranges:
        first, last = ranges.pop()
        if _are_utf8(text, bounds[first : last + 1]):
            continue
        if last - first == 1:
            bad.append(first)
        else:
            half = (first + last) // 2
            ranges += [(first, half), (half, last)]
    if bad:
        yield "bad_encoding", np.array(bad)


def _columns(marks: Bools, text: Texts, row: int) -> Ints:
    bounds = text.bounds(row)
    places = np.flatnonzero(marks) + bounds[0]
    found: Ints = np.searchsorted(bounds, places, side="right") - 1
    return found


def _columns_with(marks: Bools, text: Texts, row: int) -> Ints:
    found: Ints = np.unique(_columns(marks, text, row))
    return found


def not_composed(batch: Batch, texts: list[Texts]) -> Bools:
    """Messages with text that is not in the composed form of Unicode (NFC)."""
    found = np.zeros(len(batch.messages), bool)
    for kind, grid, text, first, last in _kinds(batch, texts):
        if kind != "W":
            continue
        bounds = text.offsets[first * text.columns : last * text.columns + 1]
        suspects = _may_be_decomposed(text.data[bounds[0] : bounds[-1]])
        places = np.flatnonzero(suspects) + bounds[0]
        if not len(places):
            continue
        cells = np.unique(np.searchsorted(bounds, places, side="right") - 1)
        buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text.data)]
        values = pa.Array.from_buffers(pa.string(), len(bounds) - 1, buffers)
        values = values.take(pa.array(cells))
        same = pc.equal(pc.utf8_normalize(values, form="NFC"), values)
        columns = cells[~same.to_numpy(False)] % text.columns
        found[grid.messages_of(columns)] = True
    return found


def _may_be_decomposed(data: Bytes) -> Bools:
    """Bytes that begin a letter outside the blocks of composed Vietnamese.

    Letters up to U+01BF and from U+1E80 to U+1EFF are composed in NFC as they stand.
    """
    suspects: Bools = (data >= 0xC7) & (data != 0xE1)
    three = np.flatnonzero(data == 0xE1)
    second = data[np.minimum(three + 1, len(data) - 1)] | 1
    suspects[three[second != 0xBB]] = True
    return suspects
