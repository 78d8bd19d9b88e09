"""The lines of a piece of bytes, and those of them that hold a value."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.signedinteger[Any]]
Bools = npt.NDArray[np.bool_]

LF, CR, BLANK = 10, 13, 32


class Lines(NamedTuple):
    """The lines of a piece of bytes, and those of them that hold a value.

    Attributes:
        stop: last byte of each line, the last of its line end.
        long_end: end of content of each line that is long enough for a header.
        short, lone: lines that do not end with CRLF, and those that end with CR alone.
        value_line, value_start, value_end: lines with a value, without filling blanks.
    """

    stop: Ints
    long_end: Ints
    short: Ints
    lone: Ints
    value_line: Ints
    value_start: Ints
    value_end: Ints


def between(data: Bytes, start: Ints, end: Ints) -> pa.BinaryArray:
    """An array of value, gap, value, gap, … over bytes, without copying them.

    Taking its even entries copies the values and nothing else.
    """
    offsets = np.empty(2 * len(start) + 1, np.int32)
    offsets[0:-1:2], offsets[1::2] = start, end
    offsets[-1] = offsets[-2] if len(start) else 0
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.BinaryArray.from_buffers(pa.binary(), 2 * len(start), buffers)


BLOCK_BYTES = 1 << 20
"""Lines are found block by block, so that what is made on the way stays in cache."""


def find_lines(data: Bytes, long: int, *, is_last: bool = True) -> Lines:
    """Split at CRLF, LF and lone CR; bytes after the last line end are no line.

    A CR that ends the bytes may wait for its LF, unless these are the last.
    """
    none = np.zeros(0, np.int64)
    lines, crs = _find_lines(data, long, none)
    crs -= not is_last and len(data) > 0 and data[-1] == CR
    pairs = len(lines.stop) - len(lines.short)
    if crs == pairs:
        return lines
    is_cr = data == CR
    is_cr[-1:] &= is_last
    is_cr[:-1] &= data[1:] != LF
    return _find_lines(data, long, np.flatnonzero(is_cr))[0]


def _find_lines(data: Bytes, long: int, lone: Ints) -> tuple[Lines, int]:
    """Lines, given where a CR ends one, and the number of all CR."""
    blocks: list[Lines] = []
    crs, count, before = 0, 0, -1
    for at in range(0, len(data), BLOCK_BYTES):
        block = data[at : at + BLOCK_BYTES]
        crs += int(np.count_nonzero(block == CR))
        is_stop = block == LF
        is_stop[lone[(lone >= at) & (lone < at + len(block))] - at] = True
        stop = np.flatnonzero(is_stop) + at
        if len(stop):
            blocks.append(_block_lines(data, long, stop, before, count))
            before, count = int(stop[-1]), count + len(stop)
    none = np.zeros(0, np.int64)
    fields: list[Any] = [np.concatenate(part) for part in zip(*blocks, strict=True)]
    lines = Lines(*fields) if blocks else Lines(*[none] * len(Lines._fields))
    return lines._replace(lone=np.searchsorted(lines.stop, lone)), crs


def _block_lines(data: Bytes, long: int, stop: Ints, before: int, count: int) -> Lines:
    """Lines that end at `stop`; the one before them ended at `before`."""
    size = np.empty_like(stop)
    size[0] = stop[0] - before - 2
    np.subtract(stop[1:], stop[:-1], out=size[1:])
    size[1:] -= 2
    is_short = data[np.maximum(stop - 1, 0)] != CR
    is_short |= data[stop] != LF
    short = np.flatnonzero(is_short)
    size[short] += 1
    line = np.flatnonzero(size > 0)
    end = stop[line] - 1 + is_short[line]
    size = size[line]
    long_end = end[size >= long]
    start = end - size
    filled = np.flatnonzero(data[end - 1] == BLANK)
    if len(filled):
        end[filled] = _trimmed(data, start[filled], end[filled])
        keep = end > start
        line, start, end = line[keep], start[keep], end[keep]
    return Lines(
        stop=stop.astype(np.int32),
        long_end=long_end,
        short=short + count,
        lone=short[:0],
        value_line=(line + count).astype(np.int32),
        value_start=start.astype(np.int32),
        value_end=end.astype(np.int32),
    )


def place_in(
    ordered: Ints, wanted: Ints, side: Literal["left", "right"] = "left"
) -> Ints:
    """`searchsorted` that does not copy `ordered` into a wider type first."""
    found: Ints = np.searchsorted(ordered, wanted.astype(ordered.dtype), side=side)
    return found


def _trimmed(data: Bytes, start: Ints, end: Ints) -> Ints:
    """Ends of values that end with blanks, without these."""
    size = (end - start).astype(np.int64)
    first = np.cumsum(size) - size
    place = np.arange(int(size.sum())) - np.repeat(first - start, size)
    last = np.where(data[place] == BLANK, -1, place)
    found: Ints = np.maximum(np.maximum.reduceat(last, first) + 1, start)
    return found
