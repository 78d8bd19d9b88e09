"""Where messages begin and end in a piece of bytes, and which bytes belong to none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numpy.lib.stride_tricks import sliding_window_view

from lakehouse.messages import Header

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LF, CR, BLANK = 10, 13, 32
_CAPITAL, _DIGIT, _BLANK, _OTHER = 1, 2, 4, 8


class Lines(NamedTuple):
    """The lines of a piece of bytes, and those of them that hold a value.

    Attributes:
        start: first byte of a line.
        end: byte after its last, without line end; blanks at the end still count.
        follow: first byte after its line end.
        short_until, lone_until: line ends before each line (and after the last) that
            are LF or CR alone, LF alone counted in the first, CR alone in both; None
            where all are CRLF.
        value_line, value_start, value_end: lines with a value, without filling blanks.
    """

    start: Ints
    end: Ints
    follow: Ints
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


def find_lines(data: Bytes) -> Lines:
    """Split at CRLF, LF and lone CR; bytes after the last line end are no line."""
    breaks = np.flatnonzero(data == LF)
    if len(breaks) and breaks[0] == 0:
        is_crlf = data[breaks - 1] == CR
        is_crlf[0] = False
    else:
        is_crlf = data[breaks - 1] == CR
    pairs = int(np.count_nonzero(is_crlf))
    crs = int(np.count_nonzero(data == CR))
    if crs > pairs:
        return _uneven_lines(data, breaks, is_crlf)
    follow = breaks + 1
    start = np.empty_like(follow)
    start[:1] = 0
    start[1:] = follow[:-1]
    if pairs == len(breaks):
        return _with_values(data, start, breaks - 1, follow, None, None)
    short = _until(~is_crlf)
    lone = np.zeros_like(short)
    return _with_values(data, start, breaks - is_crlf, follow, short, lone)


def _uneven_lines(data: Bytes, breaks: Ints, is_crlf: Bools) -> Lines:
    crs = np.flatnonzero(data == CR)
    lone = np.setdiff1d(crs, breaks[is_crlf] - 1, assume_unique=True)
    at = np.concatenate([breaks, lone])
    order = np.argsort(at, kind="stable")
    at = at[order]
    crlf = np.concatenate([is_crlf, np.zeros(len(lone), bool)])[order]
    alone = np.concatenate([np.zeros(len(breaks), bool), np.ones(len(lone), bool)])
    follow = at + 1
    start = np.concatenate([np.zeros(1, np.int64), follow[:-1]])
    short = _until(~crlf)
    return _with_values(data, start, at - crlf, follow, short, _until(alone[order]))


def _until(marks: Bools) -> Ints:
    out = np.zeros(len(marks) + 1, np.int64)
    np.cumsum(marks, out=out[1:])
    return out


def _with_values(
    data: Bytes,
    start: Ints,
    end: Ints,
    follow: Ints,
    short: Ints | None,
    lone: Ints | None,
) -> Lines:
    line = np.flatnonzero(end > start)
    value_start, value_end = start[line], end[line]
    filled = np.flatnonzero(data[value_end - 1] == BLANK)
    if len(filled):
        value_end[filled] = _trimmed(data, value_start[filled], value_end[filled])
        keep = value_end > value_start
        line, value_start, value_end = line[keep], value_start[keep], value_end[keep]
    return Lines(start, end, follow, short, lone, line, value_start, value_end)


def _trimmed(data: Bytes, start: Ints, end: Ints) -> Ints:
    """Ends of values that end with blanks, without these."""
    size = end - start
    first = np.cumsum(size) - size
    place = np.arange(int(size.sum())) - np.repeat(first - start, size)
    last = np.where(data[place] == BLANK, -1, place)
    return np.maximum(np.maximum.reduceat(last, first) + 1, start)


def find_headers(data: Bytes, lines: Lines, header: Header) -> tuple[Ints, Bytes]:
    """First byte and content of what looks like a header.

    A header is the last 398 bytes before a line end: printable ASCII, with a procedure
    code, an output code or blanks, and a server time or blanks at their places.
    """
    long = np.flatnonzero(lines.end - lines.start >= header.length)
    if not len(long):
        return long, np.zeros((0, header.length), np.uint8)
    at = lines.end[long] - header.length
    heads = sliding_window_view(data, header.length)[at]
    looks = _looks_like_codes(CLASS[heads[:, 3:29]])
    if not looks.all():
        at, heads = at[looks], heads[looks]
    looks = (heads - np.uint8(BLANK) <= np.uint8(126 - BLANK)).all(axis=1)
    return (at, heads) if looks.all() else (at[looks], heads[looks])


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
    size: int, lines: Lines, starts: Ints, heads: Bytes, header: Header
) -> Frames:
    """Where the message of each header ends.

    The length field fits if a line ends there and no other header begins before; where
    LF stands for CRLF it may count one byte or two for each line end.
    """
    next_start = np.append(starts[1:], size)
    own_line = np.searchsorted(lines.follow, starts + header.length, side="right")
    length = _lengths(heads, header)
    end = _end_at(lines, starts + length, length, next_start)
    if lines.short_until is not None:
        counted = lines.follow + lines.short_until[1:]
        wanted = starts + length + lines.short_until[own_line]
        at = np.minimum(np.searchsorted(counted, wanted), max(len(counted) - 1, 0))
        two = np.where(
            (length > 0) & (counted[at] == wanted) & (lines.follow[at] <= next_start),
            lines.follow[at],
            0,
        )
        end = np.where((end == 0) | ((two == next_start) & (two > 0)), two, end)
    is_right = end > starts
    end = np.where(is_right, end, next_start)
    return frames_at(lines, starts, end, heads, header)._replace(is_right=is_right)


def frames_at(
    lines: Lines, starts: Ints, ends: Ints, heads: Bytes, header: Header
) -> Frames:
    """Messages whose first and last bytes are known."""
    own_line = np.searchsorted(lines.follow, starts + header.length, side="right")
    last_line = np.searchsorted(lines.follow, ends, side="right") - 1
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


def _end_at(lines: Lines, end: Ints, length: Ints, limit: Ints) -> Ints:
    if not len(lines.follow):
        return np.zeros_like(end)
    at = np.minimum(np.searchsorted(lines.follow, end), len(lines.follow) - 1)
    fits = (length > 0) & (lines.follow[at] == end) & (end <= limit)
    found: Ints = np.where(fits, end, 0)
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
