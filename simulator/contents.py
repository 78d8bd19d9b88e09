"""What declarations say, version by version, with values and taxes that add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from simulator.declarations import Declarations
from simulator.draws import Bools, Ints, generator
from simulator.frauds import plant_frauds
from simulator.lines import Lines, draw_lines
from simulator.tables import Columns, rows_of, starts_of
from simulator.taxes import Amounts, Totals, value_lines
from simulator.world import World

# Grams are kept so that the field of six whole digits is never passed.
HEAVIEST_GRAMS = 990_000_000
GRAMS_A_DOLLAR = 180


@dataclass
class Headers(Columns):
    """Columns over versions of declarations.

    `declaration` is the row of the declaration, `start` and `count` its lines.
    """

    declaration: Ints
    version: Ints
    start: Ints
    count: Ints
    packages: Ints
    grams: Ints
    invoice_serial: Ints


@dataclass(frozen=True)
class Contents:
    """All versions of a day's declarations, version 0 of all first."""

    headers: Headers
    totals: Totals
    lines: Lines
    amounts: Amounts

    def last_version(self, declarations: int) -> Ints:
        """The highest version of each declaration."""
        highest = np.zeros(declarations, dtype=np.int64)
        np.maximum.at(highest, self.headers.declaration, self.headers.version)
        return highest


def draw_contents(world: World, day: date, declarations: Declarations) -> Contents:
    """Draw lines, frauds and amendments, then value everything."""
    random = generator(world.seed, day, "contents")
    lines = plant_frauds(world, day, declarations, draw_lines(world, day, declarations))
    count = len(declarations)
    headers = Headers(
        declaration=np.arange(count),
        version=np.zeros(count, dtype=np.int64),
        start=starts_of(declarations.line_count),
        count=declarations.line_count,
        packages=random.integers(1, 900, count),
        grams=_weights(random, declarations),
        invoice_serial=random.integers(1, 9999, count),
    )
    share = world.nation.amendments.share
    all_headers, all_lines = [headers], [lines]
    while len(headers):
        chosen = np.flatnonzero(random.random(len(headers)) < share)
        headers, lines = _amended(random, headers.take(chosen), lines)
        if len(headers) and int(headers.version[0]) <= 9:
            all_headers.append(headers)
            all_lines.append(lines)
        share = world.nation.amendments.again
    return _valued(world, day, declarations, all_headers, all_lines)


def _weights(random: np.random.Generator, declarations: Declarations) -> Ints:
    spread = np.exp(0.7 * random.standard_normal(len(declarations)))
    grams = declarations.usd * GRAMS_A_DOLLAR * spread
    return np.clip(grams, 500, HEAVIEST_GRAMS).astype(np.int64)


def _amended(
    random: np.random.Generator, headers: Headers, lines: Lines
) -> tuple[Headers, Lines]:
    """The next version: another quantity, weight, origin of a line, or one line less.

    `lines` holds those of the versions before; the ones returned are copies.
    """
    taken = lines.take(rows_of(headers.start, headers.count))
    change = random.integers(0, 4, len(headers))
    target = starts_of(headers.count) + random.integers(0, headers.count)
    grown = target[change == 0]
    taken.quantity[grown] += 100 * random.integers(1, 9, len(grown))
    moved = target[change == 1]
    taken.origin[moved] = taken.true_origin[moved]
    taken.preferential[moved] = 0
    shorter = (change == 2) & (headers.count > 1)
    kept = np.ones(len(taken), dtype=np.bool_)
    kept[target[shorter]] = False
    counts = headers.count - shorter
    grams = np.minimum(headers.grams + 1000 * (change == 3), HEAVIEST_GRAMS)
    following = replace(
        headers,
        version=headers.version + 1,
        start=starts_of(counts),
        count=counts,
        packages=headers.packages + (change == 3),
        grams=grams,
    )
    return following, _renumbered(taken, kept, counts)


def _renumbered(lines: Lines, kept: Bools, counts: Ints) -> Lines:
    left = lines.take(np.flatnonzero(kept))
    left.number = np.arange(len(left)) - np.repeat(starts_of(counts), counts) + 1
    return left


def _valued(
    world: World,
    day: date,
    declarations: Declarations,
    headers: list[Headers],
    lines: list[Lines],
) -> Contents:
    together, all_lines = Headers.together(headers), Lines.together(lines)
    together.start = starts_of(together.count)
    all_lines.owner = np.repeat(np.arange(len(together)), together.count)
    amounts, totals = value_lines(
        world,
        day,
        declarations.take(together.declaration),
        all_lines,
        together.count,
    )
    return Contents(together, totals, all_lines, amounts)
