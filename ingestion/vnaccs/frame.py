"""Where messages begin and end in a piece of bytes, and which bytes belong to none."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numpy.lib.stride_tricks import sliding_window_view

from lakehouse.messages import Header

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.signedinteger[Any]]
Bools = npt.NDArray[np.bool_]

LF, CR, BLANK = 10, 13, 32
_CAPITAL, _DIGIT, _BLANK, _OTHER = 1, 2, 4, 8


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


class Frames(NamedTuple):
    """The messages of a piece of bytes, in order.

    Attributes:
        start, end: bytes of each message.
        is_right: the length field fits; if not, the message runs to the next.
        heads: the header lines, one row each.
        first_line, last_line: lines of the items; last before first: none.
        has_lf, has_cr: a line ends with LF or CR alone.
    """

    start: Ints
    end: Ints
    is_right: Bools
    heads: Bytes
    first_line: Ints
    last_line: Ints
    has_lf: Bools
    has_cr: Bools

    def kept(self, good: Bools) -> Frames:
        """Some of them."""
        parts: list[Any] = [part[good] for part in self]
        return Frames(*parts)


def _classes() -> Bytes:
    table = np.zeros(256, np.uint8)
    table[32:127] = _OTHER
    table[ord("A") : ord("Z") + 1] |= _CAPITAL
    table[ord("0") : ord("9") + 1] |= _DIGIT
    table[BLANK] |= _BLANK
    return table


CLASS = _classes()
"""Class of each byte: not printable is 0."""


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


def find_headers(data: Bytes, lines: Lines, header: Header) -> tuple[Ints, Bytes]:
    """First byte and content of what looks like a header.

    A header is the last 398 bytes before a line end: printable ASCII, with a procedure
    code, an output code or blanks, and a server time or blanks at their places.
    """
    at = lines.long_end - header.length
    if not len(at):
        return at, np.zeros((0, header.length), np.uint8)
    heads = sliding_window_view(data, header.length)[at]
    looks = _looks_like_codes(CLASS[heads[:, 3:29]])
    if not looks.all():
        at, heads = at[looks], heads[looks]
    printable = heads - np.uint8(BLANK) <= np.uint8(126 - BLANK)
    plain: Bools = np.logical_and.reduce(printable, axis=1)
    return (at, heads) if plain.all() else (at[plain], heads[plain])


def _looks_like_codes(classes: Bytes) -> Bools:
    code = _CAPITAL | _DIGIT
    procedure, output, time = classes[:, :5], classes[:, 5:12], classes[:, 12:]
    looks: Bools = (
        ((procedure[:, 0] & _CAPITAL) > 0)
        & ((procedure[:, 1:3] & code) > 0).all(axis=1)
        & ((procedure[:, 3:] & (code | _BLANK)) > 0).all(axis=1)
        & ((output & (code | _BLANK)) > 0).all(axis=1)
        & (((time & _DIGIT) > 0).all(axis=1) | ((time & _BLANK) > 0).all(axis=1))
    )
    return looks


def find_frames(
    data: Bytes,
    lines: Lines,
    starts: Ints,
    heads: Bytes,
    header: Header,
    *,
    is_last: bool = True,
) -> Frames:
    """Where the message of each header ends.

    The length field fits if a line ends there and no other header begins before; where
    LF stands for CRLF it may count one byte or two for each line end.
    """
    next_start = np.append(starts[1:], len(data))
    length = _lengths(heads, header)
    end = starts + length
    fits = (length > 0) & (end <= next_start)
    fits &= _ends_line(data, lines, np.where(fits, end, 1) - 1, is_last=is_last)
    end = np.where(fits, end, 0)
    if len(lines.short) and not fits.all():
        odd = np.flatnonzero(~fits)
        end[odd] = _end_by_two(lines, starts[odd], length[odd], next_start[odd], header)
        if not is_last and starts[-1] + length[-1] > len(data):
            # The bytes to come may show that the length counts one byte.
            end[-1] = 0
    is_right = end > starts
    end = np.where(is_right, end, next_start)
    return frames_at(lines, starts, end, heads, header)._replace(is_right=is_right)


def _ends_line(data: Bytes, lines: Lines, at: Ints, *, is_last: bool) -> Bools:
    found: Bools = data[at] == LF
    if len(lines.lone):
        # A CR ends a line unless LF follows, or may follow.
        is_end = at + 1 == len(data)
        after = np.where(is_end, 0 if is_last else LF, data[at + 1 - is_end])
        found |= (data[at] == CR) & (after != LF)
    return found


def _end_by_two(
    lines: Lines, starts: Ints, length: Ints, limit: Ints, header: Header
) -> Ints:
    """Ends where the length counts two bytes for each line end; 0 where it does not."""
    first = place_in(lines.stop, starts + header.length)
    count = np.where(length > 0, place_in(lines.stop, limit) - first, 0)
    before = np.cumsum(count) - count
    line = np.repeat(first - before, count) + np.arange(int(count.sum()))
    message = np.repeat(np.arange(len(starts)), count)
    shorter = np.searchsorted(lines.short, line, side="right")
    shorter -= np.searchsorted(lines.short, first)[message]
    counted = lines.stop[line] + 1 - starts[message] + shorter
    hit = counted == length[message]
    found = np.zeros(len(starts), np.int64)
    found[message[hit]] = lines.stop[line[hit]] + 1
    return found


def frames_at(
    lines: Lines, starts: Ints, ends: Ints, heads: Bytes, header: Header
) -> Frames:
    """Messages whose first and last bytes are known."""
    own_line = place_in(lines.stop, starts + header.length)
    last_line = np.append(own_line[1:] - 1, 0)[: len(starts)]
    apart = np.flatnonzero(np.append(ends[:-1] != starts[1:], True)[: len(starts)])
    last_line[apart] = place_in(lines.stop, ends[apart]) - 1
    # A wrong message may end before its header line does.
    until = np.maximum(last_line, own_line) + 1
    lone = _count(lines.lone, own_line, until)
    short = _count(lines.short, own_line, until)
    is_right = np.ones(len(starts), bool)
    return Frames(
        starts, ends, is_right, heads, own_line + 1, last_line, short > lone, lone > 0
    )


def _count(marked: Ints, first: Ints, until: Ints) -> Ints:
    """How many marked lines there are from `first` up to `until`."""
    found: Ints = np.searchsorted(marked, until) - np.searchsorted(marked, first)
    return found


def _lengths(heads: Bytes, header: Header) -> Ints:
    field = header.fields["length"]
    digits = heads[:, field.offset : field.offset + field.length]
    value = (digits.astype(np.int64) - ord("0")) @ 10 ** np.arange(field.length)[::-1]
    is_number = ((CLASS[digits] & _DIGIT) > 0).all(axis=1)
    found: Ints = np.where(is_number & (value > header.length), value, 0)
    return found
