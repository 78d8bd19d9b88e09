"""What really happened to a day's declarations, and how we can know of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulator.cohort import Cohort, message_keys
from simulator.columns import chosen, digits, where
from simulator.declared_truth import moments_or_none, utc_times
from simulator.draws import Bools, Ints
from simulator.notices import inspected_at, is_inspected
from simulator.quirks import load_quirks, quirk_place
from simulator.shapes import RESULTS, UNKEYED, Messages, Stage
from simulator.states import STILL, VERSIONS, subject_keys
from simulator.told import Best, Told, best_of, with_numbers
from simulator.writing import layout_of, same_kind

ACTORS = ("declarant", "customs")
LONGEST_LIFE = 2**32
STATED = {
    "channel": "registered_at",
    "amended": "amended_at",
    "cleared": "business",
    "released": "business",
    "transport_departed": "business",
    "transport_arrived": "business",
}
"""Event → when it happened by the message itself; others do not say."""


def event_truth(cohort: Cohort, found: Told) -> pa.Table:
    """One row an event: what happened, when, and when it reached us first.

    A message that comes again, with another number too, tells the same event; one that
    names no declaration tells none. `lost_to`
    is the quirk for which an event cannot be known, `time_lost_to` the quirk for which
    its message does not say when.
    """
    messages = cohort.messages
    found = with_numbers(messages, found)
    keyed = ~np.isin(messages.stage, UNKEYED)
    fact = np.zeros(len(messages), dtype=np.int64)
    fact[keyed] = _facts(messages.take(np.flatnonzero(keyed)))
    count = int(fact.max(initial=-1)) + 1
    best = best_of(fact, count, found, keyed)
    ended = np.flatnonzero(is_inspected(messages)[best.other])
    inspections = Best(best.row[ended], best.received[ended], best.other[ended])
    return pa.concat_tables(
        [
            _events(cohort, best, event_codes(messages)[best.other]),
            _events(cohort, inspections, np.full(len(ended), "inspected")),
        ]
    )


def _facts(messages: Messages) -> Ints:
    """The same number for messages that tell the same."""
    happened = messages.business - messages.registered_at + LONGEST_LIFE // 2
    state = (subject_keys(messages) * VERSIONS + messages.version) * len(Stage)
    name = ((state + messages.stage) * 4 + messages.channel) * LONGEST_LIFE + happened
    return np.asarray(np.unique(name, return_inverse=True)[1], dtype=np.int64)


def event_codes(messages: Messages) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """What each message tells, as layouts name it."""
    codes = np.full(len(messages), "", dtype="<U32")
    for rows in same_kind(messages):
        some = messages.take(rows[:1])
        stage = Stage(int(some.stage[0]))
        layout = layout_of(int(some.stream[0]), stage, int(some.direction[0]))
        codes[rows] = layout.event_code or ""
    return codes


def _events(
    cohort: Cohort, best: Best, code: np.ndarray[tuple[int], np.dtype[np.str_]]
) -> pa.Table:
    messages = cohort.messages.take(best.other)
    is_result = np.isin(messages.stage, RESULTS) & (code != "inspected")
    amended: Bools = code == "amended"
    by_customs = messages.quirk == quirk_place("by_customs")
    return pa.table(
        {
            "declaration_key": digits(message_keys(cohort)[best.other], 11),
            "declaration_version": messages.version.astype(np.int32),
            "event_code": pa.array(code.tolist(), pa.string()),
            "channel_code": chosen(
                ["1", "2", "3"], np.where(is_result, messages.channel - 1, -1)
            ),
            "actor_code": where(amended, chosen(ACTORS, by_customs.astype(np.int64))),
            "business_at": _stated_times(messages, code),
            "server_at": utc_times(messages.business),
            "received_at": moments_or_none(best.received),
            "lost_to": best.lost_to(cohort.messages),
            "time_lost_to": _time_lost_to(cohort.messages, best, code),
        }
    )


def _stated_times(
    messages: Messages, code: np.ndarray[tuple[int], np.dtype[np.str_]]
) -> pa.Array:
    stated = np.full(len(messages), STILL, dtype=np.int64)
    for event, column in STATED.items():
        mine = code == event
        stated[mine] = getattr(messages, column)[mine]
    inspected = code == "inspected"
    stated[inspected] = inspected_at(messages)[inspected]
    return moments_or_none(stated)


def _time_lost_to(
    messages: Messages, best: Best, code: np.ndarray[tuple[int], np.dtype[np.str_]]
) -> pa.Array:
    """A wrong clock, or an hour that does not exist, of the message that counts."""
    codes = [quirk.code for quirk in load_quirks()]
    quirk = messages.quirk[best.row]
    wrong_clock = messages.server[best.row] != messages.business[best.row]
    hourless = [
        place
        for place, one in enumerate(load_quirks(), 1)
        if "registered_time" in one.spoils
    ]
    no_hour = np.isin(quirk, hourless) & (code == "channel")
    spoilt = (best.row >= 0) & (wrong_clock | no_hour)
    return chosen(codes, np.where(spoilt, quirk - 1, -1))
