"""Where messages begin and end in a piece of bytes, and which bytes belong to none."""

from __future__ import annotations

from typing import Any, NamedTuple

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
        short_until, lone_until: line ends before each line (and after the last) that
            are LF or CR alone, CR alone in the second; None where all are CRLF.
        value_line, value_start, value_end: lines with a value, without filling blanks.
    """

    stop: Ints
    long_end: Ints
    short_until: Ints | None
    lone_until: Ints | None
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


def find_lines(data: Bytes, long: int, *, is_last: bool = True) -> Lines:
    """Split at CRLF, LF and lone CR; bytes after the last line end are no line.

    A CR that ends the bytes may wait for its LF, unless these are the last.
    """
    is_lf, is_cr = data == LF, data == CR
    if not is_last:
        is_cr[-1:] = False
    pairs = int(np.count_nonzero(is_cr[:-1] & is_lf[1:]))
    if int(np.count_nonzero(is_cr)) > pairs:
        return _uneven_lines(data, long, is_lf, is_cr)
    stop = np.flatnonzero(is_lf)
    if pairs == len(stop):
        # No other array has an entry for each line: most of them are empty.
        size = np.empty_like(stop)
        size[:1] = stop[:1] - 1
        np.subtract(stop[1:], stop[:-1], out=size[1:])
        size[1:] -= 2
        line = np.flatnonzero(size > 0)
        return _with_values(data, long, stop, line, stop[line] - 1, size[line])
    is_crlf = _after_cr(is_cr, stop)
    short = _until(~is_crlf)
    lines = _sized(data, long, stop, is_crlf)
    return lines._replace(short_until=short, lone_until=np.zeros_like(short))


def _uneven_lines(data: Bytes, long: int, is_lf: Bools, is_cr: Bools) -> Lines:
    is_lone = is_cr.copy()
    is_lone[:-1] &= ~is_lf[1:]
    stop = np.flatnonzero(is_lf | is_lone)
    alone = is_lone[stop]
    is_crlf = ~alone & _after_cr(is_cr, stop)
    lines = _sized(data, long, stop, is_crlf)
    return lines._replace(short_until=_until(~is_crlf), lone_until=_until(alone))


def _after_cr(is_cr: Bools, stop: Ints) -> Bools:
    found: Bools = is_cr[np.maximum(stop - 1, 0)] & (stop > 0)
    return found


def _sized(data: Bytes, long: int, stop: Ints, is_crlf: Bools) -> Lines:
    end = stop - is_crlf
    size = end - np.concatenate([np.zeros(1, np.int64), stop[:-1] + 1])[: len(stop)]
    line = np.flatnonzero(size > 0)
    return _with_values(data, long, stop, line, end[line], size[line])


def _until(marks: Bools) -> Ints:
    out = np.zeros(len(marks) + 1, np.int64)
    np.cumsum(marks, out=out[1:])
    return out


def _with_values(
    data: Bytes, long: int, stop: Ints, line: Ints, end: Ints, size: Ints
) -> Lines:
    long_end = end[size >= long]
    value_end = end.astype(np.int32)
    value_start = (end - size).astype(np.int32)
    filled = np.flatnonzero(data[end - 1] == BLANK)
    if len(filled):
        value_end[filled] = _trimmed(data, value_start[filled], value_end[filled])
        keep = value_end > value_start
        line, value_start, value_end = line[keep], value_start[keep], value_end[keep]
    return Lines(stop, long_end, None, None, line, value_start, value_end)


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
    fits &= _ends_line(data, lines, np.where(fits, end, 1) - 1)
    end = np.where(fits, end, 0)
    if lines.short_until is not None:
        two = _end_by_two(lines, starts, length, next_start, header)
        end = np.where((end == 0) | ((two == next_start) & (two > 0)), two, end)
        if not is_last and len(end) and starts[-1] + length[-1] > len(data):
            # The bytes to come may show that the length counts one byte.
            end[-1] = 0
    is_right = end > starts
    end = np.where(is_right, end, next_start)
    return frames_at(lines, starts, end, heads, header)._replace(is_right=is_right)


def _ends_line(data: Bytes, lines: Lines, at: Ints) -> Bools:
    found: Bools = data[at] == LF
    if lines.short_until is not None:
        # A CR ends a line unless LF follows.
        after = data[np.minimum(at + 1, len(data) - 1)]
        found |= (data[at] == CR) & ((after != LF) | (at + 1 == len(data)))
    return found


def _end_by_two(
    lines: Lines, starts: Ints, length: Ints, limit: Ints, header: Header
) -> Ints:
    """Ends where the length counts two bytes for each line end; 0 where it does not."""
    assert lines.short_until is not None
    own_line = np.searchsorted(lines.stop, starts + header.length)
    counted = lines.stop + 1 + lines.short_until[1:]
    wanted = starts + length + lines.short_until[own_line]
    at = np.minimum(np.searchsorted(counted, wanted), len(counted) - 1)
    fits = (length > 0) & (counted[at] == wanted) & (lines.stop[at] < limit)
    found: Ints = np.where(fits, lines.stop[at] + 1, 0)
    return found


def frames_at(
    lines: Lines, starts: Ints, ends: Ints, heads: Bytes, header: Header
) -> Frames:
    """Messages whose first and last bytes are known."""
    own_line = np.searchsorted(lines.stop, starts + header.length)
    last_line = np.append(own_line[1:] - 1, 0)
    apart = np.flatnonzero(np.append(ends[:-1] != starts[1:], True)[: len(starts)])
    last_line = last_line[: len(starts)]
    last_line[apart] = np.searchsorted(lines.stop, ends[apart]) - 1
    has_lf, has_cr = _line_ends(lines, own_line, last_line)
    is_right = np.ones(len(starts), bool)
    return Frames(
        starts, ends, is_right, heads, own_line + 1, last_line, has_lf, has_cr
    )


def _lengths(heads: Bytes, header: Header) -> Ints:
    field = header.fields["length"]
    digits = heads[:, field.offset : field.offset + field.length]
    value = (digits.astype(np.int64) - ord("0")) @ 10 ** np.arange(field.length)[::-1]
    is_number = ((CLASS[digits] & _DIGIT) > 0).all(axis=1)
    found: Ints = np.where(is_number & (value > header.length), value, 0)
    return found


def _line_ends(lines: Lines, first: Ints, last: Ints) -> tuple[Bools, Bools]:
    if lines.short_until is None or lines.lone_until is None:
        none = np.zeros(len(first), bool)
        return none, none
    # A wrong message may end before its header line does.
    until = np.maximum(last, first) + 1
    lone = lines.lone_until[until] - lines.lone_until[first]
    short = lines.short_until[until] - lines.short_until[first]
    return short > lone, lone > 0
