"""The values of all messages of one layout in a piece, laid out item by item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.lib.stride_tricks import sliding_window_view

from ingestion.vnaccs.forms import Form, Section
from ingestion.vnaccs.lines import Bools, Bytes, Ints, Lines, between, place_in


class Values(NamedTuple):
    """Ints of the values of a batch in the bytes of the piece, in file order.

    Attributes:
        array: values and gaps, see `between`.
    """

    start: Ints
    end: Ints
    array: pa.BinaryArray


class Grid(NamedTuple):
    """One block of a layout: a row of places for each item that occurs at all.

    Attributes:
        items: number of the item of each row of `places`, kind by kind.
        places: by item and column, the number of a value, -1 where there is none. A
            column is a message, or a repetition of a group within one.
        until: of a group, columns before each message and after the last; None if flat.
        present: columns that hold any value.
    """

    section: Section
    items: Ints
    places: Ints
    until: Ints | None
    present: Bools

    def messages_of(self, columns: Ints) -> Ints:
        """The message of each column."""
        if self.until is None:
            return columns
        found: Ints = np.searchsorted(self.until, columns, side="right") - 1
        return found

    def kept(self, good: Bools) -> Grid:
        """The same without the columns of some messages."""
        columns, until = good, None
        if self.until is not None:
            counts = np.diff(self.until)
            columns = np.repeat(good, counts)
            until = np.zeros(int(good.sum()) + 1, np.int64)
            np.cumsum(counts[good], out=until[1:])
        # `compress` keeps the values of an item side by side, an index does not.
        places = np.compress(columns, self.places, axis=1)
        present = self.present[columns]
        return self._replace(places=places, until=until, present=present)


class Fault(NamedTuple):
    """Why messages of a batch are rejected: message by message, and by which item."""

    code: str
    messages: Ints
    items: Ints


class Batch(NamedTuple):
    """Messages of one layout.

    Attributes:
        messages: their numbers in the piece.
    """

    form: Form
    messages: Ints
    values: Values
    grids: list[Grid]

    def kept(self, good: Bools) -> Batch:
        """The same without some messages."""
        grids = [grid.kept(good) for grid in self.grids]
        return self._replace(messages=self.messages[good], grids=grids)


def lay_out(
    form: Form, data: Bytes, lines: Lines, messages: Ints, first: Ints, last: Ints
) -> tuple[Batch, list[Fault]]:
    """Lay out the lines `first` to `last` of each message, and judge their form."""
    begin = place_in(lines.value_line, first)
    count = place_in(lines.value_line, last, "right") - begin
    before = np.cumsum(count) - count
    chosen = np.repeat(begin - before, count) + np.arange(int(count.sum()))
    message = np.repeat(np.arange(len(messages)), count)
    line = lines.value_line[chosen] - first[message]
    start, end = lines.value_start[chosen], lines.value_end[chosen]
    faults = []
    over = line >= len(form.item_of_line)
    if over.any():
        faults.append(Fault("too_many_lines", message[over], np.full(over.sum(), -1)))
        keep = ~over
        message, line = message[keep], line[keep]
        start, end = start[keep], end[keep]
    item = form.item_of_line[line]
    faults += _sizes_and_dates(form, data, message, item, start, end)
    grids = [
        _grid(form, section, len(messages), message, line, item)
        for section in form.sections
    ]
    for grid in grids:
        faults += _missing(form, grid)
    values = Values(start, end, between(data, start, end))
    return Batch(form, messages, values, grids), faults


def _sizes_and_dates(
    form: Form, data: Bytes, message: Ints, item: Ints, start: Ints, end: Ints
) -> Iterator[Fault]:
    size = end - start
    long = size > form.length[item]
    if long.any():
        yield Fault("item_too_long", message[long], item[long])
    dates = np.flatnonzero(form.is_date[item])
    wrong = dates[~are_dates(data, start[dates], size[dates])]
    if len(wrong):
        yield Fault("bad_date", message[wrong], item[wrong])


def are_dates(data: Bytes, start: Ints, size: Ints) -> Bools:
    """Which values are days that exist, DDMMYYYY."""
    is_date: Bools = size == 8
    if not is_date.any():
        return is_date
    values = sliding_window_view(data, 8)[start[is_date]]
    digits = values - np.uint8(ord("0"))
    exists = (digits <= 9).all(axis=1)
    number = digits.astype(np.int32) @ np.array(_DATE_PLACES, np.int32)
    day, month, year = number[:, 0], number[:, 1], number[:, 2]
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = _MONTH_DAYS[np.clip(month, 0, 13)] + ((month == 2) & is_leap)
    is_date[is_date] = exists & (year >= 1) & (day >= 1) & (day <= days)
    return is_date


# How much each of the eight digits counts for the day, the month and the year.
_DATE_PLACES = [
    *([10, 0, 0], [1, 0, 0], [0, 10, 0], [0, 1, 0]),
    *([0, 0, 1000], [0, 0, 100], [0, 0, 10], [0, 0, 1]),
]
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0])


def _grid(
    form: Form, section: Section, messages: int, message: Ints, line: Ints, item: Ints
) -> Grid:
    here = np.flatnonzero((line >= section.start) & (line < section.stop))
    whole = len(here) == len(line)
    own = message if whole else message[here]
    until = None
    column, columns = own, messages
    if section.is_group:
        repetition = (line[here] - section.start) // section.width
        counts = np.zeros(messages, np.int64)
        # Values stand in file order, so the last of a message has the most repetitions.
        ends = np.flatnonzero(np.append(own[1:] != own[:-1], True)) if len(own) else own
        counts[own[ends]] = repetition[ends] + 1
        until = np.zeros(messages + 1, np.int64)
        np.cumsum(counts, out=until[1:])
        column, columns = until[own] + repetition, int(until[-1])
    number = (item if whole else item[here]) - section.first_item
    used = np.flatnonzero(np.bincount(number, minlength=section.width))
    # Items of one kind stand side by side, so that one look judges them all.
    used = used[np.argsort(form.kind[used + section.first_item], kind="stable")]
    row = np.zeros(section.width, np.int64)
    row[used] = np.arange(len(used))
    places = np.full((len(used), columns), -1, np.int32)
    places[row[number], column] = here
    present = np.zeros(columns, bool)
    present[column] = True
    return Grid(section, used + section.first_item, places, until, present)


def _missing(form: Form, grid: Grid) -> Iterator[Fault]:
    first = grid.section.first_item
    needed = form.is_mandatory[first : first + grid.section.width]
    for item in np.flatnonzero(needed) + first:
        row = np.flatnonzero(grid.items == item)
        empty = (
            grid.places[row[0]] < 0 if len(row) else np.ones(len(grid.present), bool)
        )
        if grid.until is not None:
            empty = empty & grid.present
        columns = np.flatnonzero(empty)
        if len(columns):
            messages = grid.messages_of(columns)
            yield Fault("missing_mandatory", messages, np.full(len(columns), item))
