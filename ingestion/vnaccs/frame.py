"""Where messages begin and end in a piece of bytes, and which bytes belong to none."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ingestion.vnaccs.lines import BLANK, CR, LF, Bools, Bytes, Ints, Lines, place_in
from lakehouse.messages import Header

_CAPITAL, _DIGIT, _BLANK, _OTHER = 1, 2, 4, 8


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
