"""Lines that are wrong on purpose, with what would have been true kept beside."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulator.declarations import Declarations
from simulator.draws import Bools, Ints, generator, pick
from simulator.lines import Lines
from simulator.tariff import pays_no_tax
from simulator.world import World

YOUNG_DAYS = 365
YOUNG_FACTOR = 2.5
WRONG_LINES_SHARE = 0.6


def plant_frauds(
    world: World, day: date, declarations: Declarations, lines: Lines
) -> Lines:
    """Make some lines of imports wrong.

    Whether a declaration is crooked follows the honesty and the age of its firm, so
    that there is something to find; which lines and how is drawn.
    """
    random = generator(world.seed, day, "frauds")
    crooked = _crooked(random, world, day, declarations)
    hit = crooked[lines.owner] & (random.random(len(lines)) < WRONG_LINES_SHARE)
    sorts = list(world.nation.frauds)
    drawn = pick(random, list(world.nation.frauds.values()), len(lines))
    low, high = world.nation.undervalued_to
    cut = low + (high - low) * random.random(len(lines))
    undervalued = hit & (drawn == sorts.index("undervaluation"))
    twin = world.catalogue.cheaper_twin[lines.good]
    misclassified = hit & (drawn == sorts.index("misclassification")) & (twin >= 0)
    table, origin = _favoured_origin(world, random, lines)
    moved = hit & (drawn == sorts.index("false_origin")) & (origin != lines.origin)
    moved &= world.catalogue.duty[lines.good] > 0
    fraud = np.zeros(len(lines), dtype=np.int64)
    for place, wrong in ((0, undervalued), (1, misclassified), (2, moved)):
        fraud[wrong] = place + 1
    cheap = np.maximum(np.rint(lines.price * cut), 1).astype(np.int64)
    return Lines(
        owner=lines.owner,
        number=lines.number,
        good=np.where(misclassified, twin, lines.good),
        variant=lines.variant,
        material=lines.material,
        origin=np.where(moved, origin, lines.origin),
        preferential=np.where(moved, table, lines.preferential),
        quantity=lines.quantity,
        price=np.where(undervalued, _writable(cheap), lines.price),
        fraud=fraud,
        true_good=lines.good,
        true_origin=lines.origin,
        true_price=lines.price,
    )


def _crooked(
    random: np.random.Generator, world: World, day: date, declarations: Declarations
) -> Bools:
    shares = np.array([share for _, _, share in world.nation.honesty])
    firm = declarations.firm
    age = (declarations.registered // 86_400) - world.firms.founded[firm]
    chance = shares[world.firms.honesty[firm]] * np.where(
        age < YOUNG_DAYS, YOUNG_FACTOR, 1.0
    )
    taxed = _taxed(world, day, declarations)
    return np.asarray((random.random(len(firm)) < chance) & taxed)


def _taxed(world: World, day: date, declarations: Declarations) -> Bools:
    """Only where tax is due is there something to gain."""
    codes = tuple(row.code for row in world.nation.import_kinds)
    kinds = ~pays_no_tax(codes, day)
    imports = declarations.direction == 0
    return np.asarray(imports & kinds[np.where(imports, declarations.kind, 0)])


def _favoured_origin(
    world: World, random: np.random.Generator, lines: Lines
) -> tuple[Ints, Ints]:
    """A country whose goods come in free, and the mark of its table."""
    partners = world.nation.partners
    favoured = np.flatnonzero([row.table_share >= 0.7 for row in partners])
    origin = random.choice(favoured, len(lines))
    return np.ones(len(lines), dtype=np.int64), origin


def _writable(price: Ints) -> Ints:
    """Prices of 1,000 and more keep two decimals, as their field has nine places."""
    fine = price < 10_000_000
    coarse = np.where(price < 10**9, price // 100 * 100, price // 10_000 * 10_000)
    return np.where(fine, price, coarse)
