"""What was known of a day's declarations, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.cohort import Cohort
from simulator.draws import Bools, Ints
from simulator.landing import plan_deliveries
from simulator.quirks import quirk_rates
from simulator.shapes import PARCEL, RESULTS, Messages, Stage
from simulator.tables import Columns
from simulator.world import World

STILL = -1
VERSIONS = 10


@dataclass
class States(Columns):
    """Columns over states of versions; times are local seconds since 1970.

    Attributes:
        message: row of the message whose content counts.
        registration: row of the sent message of the version.
        until: when the next state came, `STILL` if none has.
    """

    message: Ints
    registration: Ints
    known_from: Ints
    until: Ints
    is_current: Bools


def received_times(world: World, cohort: Cohort, until: date) -> Ints:
    """When each message reached us: with its file; `STILL` if after `until`."""
    received = np.full(len(cohort.messages), STILL, dtype=np.int64)
    for delivery in plan_deliveries(world, cohort, quirk_rates(["off"]), until):
        received[delivery.rows] = cohort.messages.arrival[delivery.rows[-1]]
    return received


def known_states(messages: Messages, received: Ints) -> States:
    """The states of all versions of which any content was received.

    The system's answer counts before what was sent. The copy at clearance comes after
    the answer and says no more, so it makes no state; and of a file all is known at
    once, so an answer in the same file leaves no state to what was sent.
    """
    sent = _first(messages, received, _is_sent(messages))
    answered = _first(messages, received, np.isin(messages.stage, RESULTS))
    version = _version_key(messages)
    answer_of = np.full(int(version.max(initial=-1)) + 1, -1, dtype=np.int64)
    answer_of[version[answered]] = answered
    answer = answer_of[version[sent]]
    next_from = np.where(answer >= 0, received[answer], STILL)
    alone = (answer < 0) | (next_from > received[sent])
    early = sent[alone]
    newest = _newest(messages, sent)
    with_answer = answer >= 0
    answers, registrations = answer[with_answer], sent[with_answer]
    return States(
        message=np.concatenate([early, answers]),
        registration=np.concatenate([early, registrations]),
        known_from=np.concatenate([received[early], received[answers]]),
        until=np.concatenate([next_from[alone], np.full(len(answers), STILL)]),
        is_current=np.concatenate(
            [newest[early] & (next_from[alone] == STILL), newest[answers]]
        ),
    )


def subject_keys(messages: Messages) -> Ints:
    """A number for each declaration of both streams."""
    return np.asarray(messages.subject * 2 + (messages.stream == PARCEL))


def _is_sent(messages: Messages) -> Bools:
    parcel = (messages.stream == PARCEL) & (messages.stage == Stage.DECLARED)
    return np.asarray(
        parcel | np.isin(messages.stage, (Stage.REGISTERED, Stage.AMENDING))
    )


def _first(messages: Messages, received: Ints, wanted: Bools) -> Ints:
    """Rows of the wanted messages that were received: one a version."""
    return np.flatnonzero(wanted & (received != STILL))


def _version_key(messages: Messages) -> Ints:
    return np.asarray(subject_keys(messages) * VERSIONS + messages.version)


def _newest(messages: Messages, known: Ints) -> Bools:
    """Whether a message is of the newest version known of its declaration."""
    subject = subject_keys(messages)
    highest = np.full(int(subject.max(initial=-1)) + 1, -1, dtype=np.int64)
    np.maximum.at(highest, subject[known], messages.version[known])
    return np.asarray(messages.version == highest[subject])
