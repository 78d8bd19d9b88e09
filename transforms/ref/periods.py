"""Periods of the codes of a list: who follows whom, and which rows clash.

Days are whole numbers; a period is [start, end], both inclusive. Everything works on
whole columns at once: rows are sorted by code and start and looked at beside their
neighbours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

OPEN = 10_000_000
"""End of a row that is open: later than any date."""
UNDATED = -OPEN
"""Start of a row whose list names none."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Rows(NamedTuple):
    """Control columns of rows known now and of new ones.

    Attributes:
        code: the code as a number.
        start: first day.
        end: last day.
        content: the content as a number; equal content, equal number.
        is_new: False on rows known now.
        is_gap: the row only ends the one before it.
    """

    code: Ints
    start: Ints
    end: Ints
    content: Ints
    is_new: Flags
    is_gap: Flags

    def take(self, places: Ints | Flags) -> Rows:
        """Some of the rows."""
        return Rows(
            self.code[places],
            self.start[places],
            self.end[places],
            self.content[places],
            self.is_new[places],
            self.is_gap[places],
        )


def first_of_code(rows: Rows) -> tuple[Ints, Ints]:
    """Of rows with one code and start the first in the file stands.

    Returns:
        Places that stand, and further ones that say something else.
    """
    order = np.lexsort((np.arange(len(rows.code)), rows.start, rows.code))
    if not len(order):
        return order, order
    sorted_rows = rows.take(order)
    is_first = np.concatenate([[True], _differs(sorted_rows)])
    leader = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    other = sorted_rows.content != sorted_rows.content[leader]
    return np.sort(order[is_first]), order[~is_first & other]


def latest_of_code(rows: Rows, places: Ints) -> dict[int, int]:
    """For each code the place of the row that begins last."""
    order = places[np.argsort(rows.start[places], kind="stable")]
    return dict(zip(rows.code[order].tolist(), order.tolist(), strict=True))


def last_to_end(rows: Rows) -> tuple[Ints, Ints, Ints]:
    """Of undated rows with one code the one that ends last stands for the code.

    Returns:
        Places that stand, that are told by them, and that contradict each other: they
        end on one day and say different things.
    """
    order = np.lexsort((-rows.end, rows.code))
    code, end, content = rows.code[order], rows.end[order], rows.content[order]
    is_first = (
        np.concatenate([[True], code[1:] != code[:-1]]) if len(code) else code == 1
    )
    leader = np.maximum.accumulate(np.where(is_first, np.arange(len(code)), 0))
    contradicts = (end == end[leader]) & (content != content[leader])
    torn = np.isin(code, code[contradicts]) & (end == end[leader])
    standing = is_first & ~torn
    return order[standing], order[~standing & ~torn], order[torn]


def drop_twins(rows: Rows) -> tuple[Ints, Ints, Ints]:
    """Of rows with one code and start a new one takes the place of a known one.

    Returns:
        Places that stand, new ones that say the same again, and new ones that
        contradict each other.
    """
    order = np.lexsort((rows.end, rows.content, ~rows.is_new, rows.start, rows.code))
    sorted_rows = rows.take(order)
    if not len(order):
        return order, order, order
    is_first = np.concatenate([[True], _differs(sorted_rows)])
    leader = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    follower = ~is_first & sorted_rows.is_new
    same = (sorted_rows.content == sorted_rows.content[leader]) & (
        sorted_rows.end == sorted_rows.end[leader]
    )
    torn_leaders = np.unique(leader[follower & ~same])
    torn = sorted_rows.is_new & np.isin(leader, torn_leaders)
    # A known row stands again where the new ones beside it tear each other down.
    known = ~sorted_rows.is_new
    standing = (is_first & ~torn) | (known & np.isin(leader, torn_leaders))
    return order[standing], order[follower & same & ~torn], order[torn]


def _differs(rows: Rows) -> Flags:
    differs: Flags = (rows.code[1:] != rows.code[:-1]) | (
        rows.start[1:] != rows.start[:-1]
    )
    return differs


def clashes(rows: Rows) -> Flags:
    """New rows that hold on a day on which another row of their code holds.

    A row that is open is ended by the next one, so it clashes with none.
    """
    order = np.lexsort((rows.start, rows.code))
    sorted_rows = rows.take(order)
    hit = np.zeros(len(order), bool)
    if len(order) < 2:
        return hit
    # One running maximum over all codes: each code lies in a band of its own.
    band = sorted_rows.code * (4 * OPEN)
    stated = np.where(sorted_rows.end == OPEN, UNDATED, sorted_rows.end)
    reach = np.maximum.accumulate(stated + band)
    follows = sorted_rows.code[1:] == sorted_rows.code[:-1]
    over = follows & (reach[:-1] >= sorted_rows.start[1:] + band[1:])
    hit[1:] |= over & sorted_rows.is_new[1:]
    hit[:-1] |= over & ~sorted_rows.is_new[1:] & sorted_rows.is_new[:-1]
    found = np.zeros(len(order), bool)
    found[order] = hit
    return found


def reopen(rows: Rows) -> Ints:
    """Ends, open again where a row ended only because the next one began.

    A row that comes late may begin between the two.
    """
    order = np.lexsort((rows.start, rows.code))
    sorted_rows = rows.take(order)
    end = sorted_rows.end.copy()
    follows = sorted_rows.code[1:] == sorted_rows.code[:-1]
    end[:-1][follows & (end[:-1] + 1 == sorted_rows.start[1:])] = OPEN
    ends = np.empty_like(end)
    ends[order] = end
    return ends


def succeed(rows: Rows) -> Rows:
    """End every open row on the day before the next one; rows without gaps."""
    order = np.lexsort((rows.start, rows.code))
    sorted_rows = rows.take(order)
    end = sorted_rows.end.copy()
    if len(order) > 1:
        follows = sorted_rows.code[1:] == sorted_rows.code[:-1]
        cut = follows & (end[:-1] >= sorted_rows.start[1:])
        end[:-1][cut] = sorted_rows.start[1:][cut] - 1
    ends = np.empty_like(end)
    ends[order] = end
    return rows._replace(end=ends)
