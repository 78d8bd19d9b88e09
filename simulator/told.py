"""Which of a day's messages reached us whole, and when; what spoilt the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.cohort import Cohort
from simulator.columns import Text, chosen
from simulator.draws import Bools, Ints
from simulator.landing import Delivered
from simulator.quirks import load_quirks
from simulator.shapes import CALLED, Messages
from simulator.states import STILL

NEVER = np.iinfo(np.int64).max
CUT_OFF, UNTOLD = "not_landed", "no_message"
"""Lost although no quirk is at work: it had not arrived when the simulation ended, or
no message has a place for it."""


@dataclass(frozen=True)
class Told:
    """Columns over a day's messages.

    Attributes:
        received: when the last part of a message came, with its file; `STILL` if never.
        is_sound: whether the pipeline can and must take it.
    """

    received: Ints
    is_sound: Bools


@dataclass(frozen=True)
class Best:
    """Columns over facts that messages tell, some of them several times.

    Attributes:
        row: the first sound message that came of each fact, or -1.
        received: when it came, `STILL` if none did.
        other: any message of the fact, sound or not; -1 if none tells it.
    """

    row: Ints
    received: Ints
    other: Ints

    def lost_to(self, messages: Messages) -> Text:
        """The quirk for which a fact cannot be known; empty where it can."""
        codes = [CUT_OFF, *(quirk.code for quirk in load_quirks()), UNTOLD]
        place = np.where(self.other < 0, len(codes) - 1, messages.quirk[self.other])
        return chosen(codes, np.where(self.row < 0, place, -1))


def told(cohort: Cohort, delivered: Sequence[Delivered]) -> Told:
    """Find what landed; half a message counts only together with its other half."""
    messages = cohort.messages
    received = np.full(len(messages), STILL, dtype=np.int64)
    for one in delivered:
        rows = one.delivery.rows
        received[rows] = messages.arrival[rows[-1]]
    taken = [quirk.outcome in ("accepted", "merged") for quirk in load_quirks()]
    is_sound = np.array([True, *taken])[messages.quirk] & (received != STILL)
    halves = np.flatnonzero(messages.part > 0)
    by_serial = halves[np.lexsort((messages.part[halves], messages.serial[halves]))]
    first, second = by_serial[::2], by_serial[1::2]
    received[first] = np.where(
        is_sound[second], np.maximum(received[first], received[second]), STILL
    )
    is_sound[first] &= is_sound[second]
    is_sound[second] = False
    return Told(received, is_sound)


def with_numbers(messages: Messages, found: Told) -> Told:
    """The same where a message that names a number alone waits for whose it is."""
    received, is_sound = found.received.copy(), found.is_sound.copy()
    for calls, links in CALLED:
        known = np.full(int(messages.subject.max(initial=-1)) + 1, NEVER)
        told = np.flatnonzero(np.isin(messages.stage, links) & found.is_sound)
        np.minimum.at(known, messages.subject[told], found.received[told])
        rows = np.flatnonzero(np.isin(messages.stage, calls) & found.is_sound)
        linked = known[messages.subject[rows]]
        is_sound[rows] = linked != NEVER
        received[rows] = np.where(
            linked != NEVER, np.maximum(received[rows], linked), STILL
        )
    return Told(received, is_sound)


def best_of(fact: Ints, count: int, found: Told, tells: Bools) -> Best:
    """The message by which each fact is first known.

    Args:
        fact: the number of the fact that each message is about.
        count: how many facts there are.
        tells: messages that tell the fact at all.
    """
    other = np.full(count, -1, dtype=np.int64)
    rows = np.flatnonzero(tells)[::-1]
    # Assigned backwards, so that the first one stays.
    other[fact[rows]] = rows
    good = rows[found.is_sound[rows]]
    latest_first = good[np.argsort(-found.received[good], kind="stable")]
    best = np.full(count, -1, dtype=np.int64)
    best[fact[latest_first]] = latest_first
    received = np.where(best < 0, STILL, found.received[best])
    return Best(best, received, other)
