"""Amendments after clearance: one line of a declaration was not as declared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.contents import Contents
from simulator.draws import Ints, generator
from simulator.life import waits
from simulator.shapes import Messages, Stage
from simulator.tables import Columns
from simulator.taxes import PER_UNIT, half_up
from simulator.world import World

PENDING, ACCEPTED, REFUSED = range(3)
PER_MILLE = 1_000
# What is left at the office at most, so that a lake of days is not fed for weeks.
LONGEST_SECONDS = 4 * 86_400


@dataclass
class Revisions(Columns):
    """Columns over amendments after clearance, in the order of their declarations.

    `line` is the row of the line that changes, `per_mille` what becomes of its quantity
    and value, `outcome` what customs has decided, `cleared` when the declaration was;
    the others are what holds after it.
    """

    declaration: Ints
    line: Ints
    per_mille: Ints
    outcome: Ints
    cleared: Ints
    quantity: Ints
    value: Ints
    duty: Ints
    special: Ints
    vat: Ints

    def of(self, declarations: Ints) -> Revisions:
        """The amendment of each of some declarations that have one."""
        return self.take(np.searchsorted(self.declaration, declarations))


def draw_revisions(
    world: World, day: date, contents: Contents, life: Messages
) -> tuple[Revisions, Messages]:
    """Draw amendments of what was cleared, with the messages that tell of them."""
    random = generator(world.seed, day, "revisions")
    shares = world.nation.revisions
    cleared = np.flatnonzero(life.stage == Stage.CLEARED)
    taxed = contents.totals.tax[life.content[cleared]] > 0
    chosen = taxed & (random.random(len(cleared)) < shares.share)
    rows = cleared[chosen]
    rows = rows[np.argsort(life.subject[rows], kind="stable")]
    draw = random.random(len(rows))
    outcome = np.where(
        draw < shares.refused,
        REFUSED,
        np.where(draw < shares.refused + shares.undecided, PENDING, ACCEPTED),
    )
    headers, content = contents.headers, life.content[rows]
    place = random.random(len(rows)) * headers.count[content]
    line = headers.start[content] + place.astype(np.int64)
    per_mille = np.where(
        random.random(len(rows)) < 0.7,
        random.integers(1_020, 1_600, len(rows)),
        random.integers(600, 980, len(rows)),
    )
    found = _revised(contents, life.take(rows), line, per_mille, outcome)
    return found, _messages(random, world, life.take(rows), found)


def _revised(
    contents: Contents, cleared: Messages, line: Ints, per_mille: Ints, outcome: Ints
) -> Revisions:
    amounts = contents.amounts.take(line)
    value = half_up(amounts.value * per_mille, PER_MILLE)
    duty = half_up(value * amounts.duty_rate, PER_UNIT)
    special = half_up((value + duty) * amounts.special_rate, PER_UNIT)
    return Revisions(
        declaration=cleared.subject,
        line=line,
        per_mille=per_mille,
        outcome=outcome,
        cleared=cleared.business,
        quantity=half_up(contents.lines.quantity[line] * per_mille, PER_MILLE),
        value=value,
        duty=duty,
        special=special,
        vat=half_up((value + duty + special) * amounts.vat_rate, PER_UNIT),
    )


def _messages(
    random: np.random.Generator, world: World, cleared: Messages, found: Revisions
) -> Messages:
    """Sent, kept, declared, registered; then accepted or refused, or nothing yet."""
    delays, count = world.nation.delays, len(cleared)
    sent = cleared.business + 60 + _waits(random, delays.revise, count)
    declared = sent + random.integers(60, 1_800, count)
    decided = declared + 10 + _waits(random, delays.decide, count)
    lag = waits(random, delays.delivery, count)
    everyone = np.arange(count)
    parts = [
        (Stage.REVISING, everyone, sent),
        (Stage.REVISION_PENDING, everyone, sent + 3),
        (Stage.REVISION_DECLARED, everyone, declared),
        (Stage.REVISION_REGISTERED, everyone, declared + 4),
        (Stage.REVISED, np.flatnonzero(found.outcome == ACCEPTED), decided),
        (Stage.REVISION_REFUSED, np.flatnonzero(found.outcome == REFUSED), decided),
    ]
    told = []
    for stage, rows, times in parts:
        some = cleared.take(rows)
        some.stage[:] = stage
        some.amended_at = declared[rows] + 4
        some.business, some.server = times[rows], times[rows].copy()
        some.arrival = times[rows] + lag[rows]
        told.append(some)
    return Messages.together(told)


def _waits(
    random: np.random.Generator, minutes: tuple[float, float], size: int
) -> Ints:
    return np.minimum(waits(random, minutes, size), LONGEST_SECONDS)
