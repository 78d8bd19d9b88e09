"""Quirks of a life: messages that come again, late, in disorder or never."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.draws import Bools, Ints
from simulator.shapes import ORDINARY, Messages, Stage

DAY_SECONDS = 86_400
UTC_OFFSET = 7 * 3_600
CLOCK_OF_1970 = 3_600
Change = Callable[[np.random.Generator, Messages, Ints, int], Messages]


def mark(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    """Only mark the messages: their text or bytes are changed when written."""
    messages.quirk[rows] = place
    return messages


def _ahead(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    messages.server[rows] += 2 * DAY_SECONDS
    return mark(random, messages, rows, place)


def _of_1970(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    messages.server[rows] = CLOCK_OF_1970 + messages.server[rows] % DAY_SECONDS
    return mark(random, messages, rows, place)


def _utc(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    messages.server[rows] -= UTC_OFFSET
    return mark(random, messages, rows, place)


def _late(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    messages.arrival[rows] += random.integers(DAY_SECONDS, 5 * DAY_SECONDS, len(rows))
    return mark(random, messages, rows, place)


def _repeated(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    """The same bytes: the ids and the server time are those of the first."""
    again = messages.take(rows)
    again.arrival += random.integers(60, DAY_SECONDS, len(rows))
    again.quirk[:] = place
    return Messages.together([messages, again])


def _repeated_new_id(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    again = messages.take(rows)
    wait = random.integers(60, 7_200, len(rows))
    again.server += wait
    again.arrival += wait
    again.serial = _new_serials(messages, len(rows))
    again.quirk[:] = place
    return Messages.together([messages, again])


def _divided_late(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    """Two parts in two files, hours apart."""
    mark(random, messages, rows, place)
    messages.part[rows] = 1
    rest = messages.take(rows)
    rest.part[:] = 2
    rest.arrival += random.integers(3_600, DAY_SECONDS, len(rows))
    return Messages.together([messages, rest])


def _original_last(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    """All of the first version comes after the whole rest of the life."""
    ended = _last_arrival(messages)
    moved = (
        np.isin(messages.subject, messages.subject[rows])
        & (messages.stream == ORDINARY)
        & (messages.version == 0)
        & (messages.quirk == 0)
    )
    late = np.flatnonzero(moved)
    messages.arrival[late] = ended[messages.subject[late]] + 3_600 + late % 600
    return mark(random, messages, late, place)


def _original_twice(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    again = messages.take(rows)
    again.arrival = _last_arrival(messages)[again.subject] + 1_800
    again.quirk[:] = place
    return Messages.together([messages, again])


def _version_lost(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    gone = _same_subject(messages, rows) & (messages.version == 1)
    return mark(random, messages, np.flatnonzero(gone), place)


def _channel_moved(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    """A second channel halfway to the clearance, which then is of that channel."""
    again = messages.take(rows)
    again.channel = np.where(again.channel == 2, random.choice((1, 3), len(rows)), 2)
    cleared = np.flatnonzero(
        (messages.stage == Stage.CLEARED) & (messages.stream == ORDINARY)
    )
    size = int(messages.subject.max(initial=-1)) + 1
    ends = np.full(size, -1, dtype=np.int64)
    ends[messages.subject[cleared]] = messages.server[cleared]
    room = np.maximum(ends[again.subject] - again.server, 120)
    again.server += room // 2
    again.business += room // 2
    again.arrival += room // 2
    again.serial = _new_serials(messages, len(rows))
    again.quirk[:] = place
    final = np.zeros(size, dtype=np.int64)
    final[again.subject] = again.channel
    later = (messages.stream == ORDINARY) & (
        (messages.stage == Stage.CLEARED) | (messages.version > 0)
    )
    moved = np.flatnonzero(later & (final[np.minimum(messages.subject, size - 1)] > 0))
    messages.channel[moved] = final[messages.subject[moved]]
    return Messages.together([messages, again])


def _designated_again(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    """The designation is cancelled after a while, and made again after another."""
    cancelled, again = messages.take(rows), messages.take(rows)
    cancelled.stage[:] = Stage.UNDESIGNATED
    for late, wait in ((cancelled, 120), (again, 240)):
        for times in (late.business, late.server, late.arrival):
            times += wait
        late.quirk[:] = place
    both = Messages.together([cancelled, again])
    both.serial = _new_serials(messages, len(both))
    return Messages.together([messages, both])


def _part_late(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    late = np.flatnonzero(_same_subject(messages, rows))
    messages.arrival[late] += 3 * DAY_SECONDS
    return mark(random, messages, late, place)


def _part_lost(
    random: np.random.Generator, messages: Messages, rows: Ints, place: int
) -> Messages:
    return mark(random, messages, np.flatnonzero(_same_subject(messages, rows)), place)


def _same_subject(messages: Messages, rows: Ints) -> Bools:
    """All messages of the same ordinary declarations, if none has a quirk yet."""
    same = np.isin(messages.subject, messages.subject[rows])
    return np.asarray(same & (messages.stream == ORDINARY) & (messages.quirk == 0))


def _last_arrival(messages: Messages) -> Ints:
    ordinary = messages.stream == ORDINARY
    last = np.zeros(int(messages.subject.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(last, messages.subject[ordinary], messages.arrival[ordinary])
    return last


def _new_serials(messages: Messages, count: int) -> Ints:
    return int(messages.serial.max(initial=-1)) + 1 + np.arange(count, dtype=np.int64)


CHANGES: dict[str, Change] = {
    "clock_ahead": _ahead,
    "clock_1970": _of_1970,
    "clock_utc": _utc,
    "late_message": _late,
    "repeated": _repeated,
    "divided_late": _divided_late,
    "repeated_new_id": _repeated_new_id,
    "reoutput": _repeated_new_id,
    "original_after_amendment": _original_last,
    "original_twice": _original_twice,
    "amendment_lost": _version_lost,
    "channel_moved": _channel_moved,
    "designated_again": _designated_again,
    "split_part_late": _part_late,
    "split_part_lost": _part_lost,
}
