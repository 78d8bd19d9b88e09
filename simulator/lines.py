"""The goods lines of declarations: what, from where, how much, at which price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.declarations import Declarations
from simulator.draws import Floats, Ints, generator, pick, stable_pick
from simulator.firms import ASSORTMENT
from simulator.goods import PRICE_TABLE, VARIANTS
from simulator.tables import Columns, rows_of, starts_of, sums
from simulator.world import World

OWN_ORIGIN_SHARE = 0.9
PRICE_NOISE = 0.06
FIRM_SPREAD = 0.35
MATERIALS = 400
# A price has nine characters in the message; a price in dong has no decimals.
LARGEST_PRICE = 900_000_000.0
FOUR_DECIMALS_BELOW = 1_000.0


@dataclass
class Lines(Columns):
    """Columns over lines.

    Quantities count hundredths; prices and invoice amounts count ten-thousandths of
    the invoice currency.

    `good` and `origin` are what is declared; `true_good`, `true_origin` and
    `true_price` what is so; `fraud` is 0 or 1 + the place in the nation's list.
    """

    owner: Ints
    number: Ints
    good: Ints
    variant: Ints
    material: Ints
    origin: Ints
    preferential: Ints
    quantity: Ints
    price: Ints
    fraud: Ints
    true_good: Ints
    true_origin: Ints
    true_price: Ints


def draw_lines(world: World, day: date, declarations: Declarations) -> Lines:
    """Draw the lines of the declarations, in their order.

    `owner` is the row of the declaration.
    """
    random = generator(world.seed, day, "lines")
    owner = np.repeat(np.arange(len(declarations)), declarations.line_count)
    rows = len(owner)
    firm, serial = declarations.firm[owner], random.integers(0, 10**9, rows)
    good = _goods(random, world, declarations, owner)
    price = _prices(random, world, declarations, owner, good)
    quantity = _quantities(random, world, declarations, owner, good, price)
    origin = _origins(random, world, declarations.country[owner])
    price_units = _rounded_price(price)
    starts = starts_of(declarations.line_count)
    own_code = stable_pick(firm * 7_919 + good * 31 + serial % 5, MATERIALS)
    return Lines(
        owner=owner,
        number=np.arange(rows) - starts[owner] + 1,
        good=good,
        variant=stable_pick(firm * 131 + good * 17 + serial % 3, VARIANTS),
        material=np.where(_coded(world, declarations)[owner], own_code, -1),
        origin=origin,
        preferential=_preferential(random, world, declarations, owner, origin),
        quantity=quantity,
        price=price_units,
        fraud=np.zeros(rows, dtype=np.int64),
        true_good=good,
        true_origin=origin,
        true_price=price_units,
    )


def invoice_amounts(world: World, currency: Ints, lines: Lines) -> Ints:
    """Price times quantity, rounded half up to the decimals of the currency.

    Args:
        currency: the currency of each line.
    """
    decimals = np.array([row.decimals for row in world.nation.currencies])[currency]
    step = 10 ** (6 - decimals)
    product = lines.price * lines.quantity
    return np.asarray((product + step // 2) // step * (step // 100))


def _goods(
    random: np.random.Generator, world: World, declarations: Declarations, owner: Ints
) -> Ints:
    """A firm's first goods are its usual ones."""
    place = (random.random(len(owner)) ** 2 * ASSORTMENT).astype(np.int64)
    firm = declarations.firm[owner]
    imports = declarations.direction[owner] == 0
    return np.where(
        imports, world.firms.goods_in[firm, place], world.firms.goods_out[firm, place]
    )


def _prices(
    random: np.random.Generator,
    world: World,
    declarations: Declarations,
    owner: Ints,
    good: Ints,
) -> Floats:
    """Unit prices in the invoice currency: each firm has its own level."""
    catalogue, firm = world.catalogue, declarations.firm[owner]
    level = catalogue.firm_deviation[
        stable_pick(firm * 104_729 + good * 13, PRICE_TABLE)
    ]
    spread = catalogue.sigmas[good] * FIRM_SPREAD * level
    noise = PRICE_NOISE * random.standard_normal(len(owner))
    dollars = catalogue.prices[good] * np.exp(spread + noise)
    rates: Floats = np.array([row.rate for row in world.nation.currencies])
    in_dong: Floats = dollars * rates[0]
    price = in_dong / rates[declarations.currency[owner]]
    return np.asarray(np.minimum(price, LARGEST_PRICE))


def _rounded_price(price: Floats) -> Ints:
    fine = np.where(
        price < FOUR_DECIMALS_BELOW,
        np.maximum(np.rint(price * 10_000), 1),
        np.rint(price * 100) * 100,
    )
    coarse = np.where(price < 100_000, fine, np.rint(price) * 10_000)
    return coarse.astype(np.int64)


def _quantities(
    random: np.random.Generator,
    world: World,
    declarations: Declarations,
    owner: Ints,
    good: Ints,
    price: Floats,
) -> Ints:
    """Quantities that give each line its share of the declaration's value."""
    starts = starts_of(declarations.line_count)
    weight = random.standard_exponential(len(owner)) + 0.05
    total = np.add.reduceat(weight, starts) if len(starts) else weight
    rates = np.array([row.rate for row in world.nation.currencies])
    worth = declarations.usd * rates[0] / rates[declarations.currency]
    wanted = worth[owner] * weight / total[owner] / price
    pieces = world.catalogue.whole_pieces[good]
    hundredths = np.where(pieces, np.maximum(np.rint(wanted), 1) * 100, wanted * 100)
    return np.asarray(np.clip(np.rint(hundredths), 1, 99_999_999_900), np.int64)


def _origins(random: np.random.Generator, world: World, country: Ints) -> Ints:
    shares = [row.import_share for row in world.nation.partners]
    other = pick(random, shares, len(country))
    return np.where(random.random(len(country)) < OWN_ORIGIN_SHARE, country, other)


def _preferential(
    random: np.random.Generator,
    world: World,
    declarations: Declarations,
    owner: Ints,
    origin: Ints,
) -> Ints:
    shares = np.array([row.table_share for row in world.nation.partners])
    wanted = random.random(len(owner)) < shares[origin]
    return np.asarray(wanted & (declarations.direction[owner] == 0), np.int64)


def _coded(world: World, declarations: Declarations) -> Ints:
    """Whether the kind of a declaration asks for material codes in goods names."""
    coded = set(world.nation.coded_kinds)
    inward = np.array([row.code in coded for row in world.nation.import_kinds])
    outward = np.array([row.code in coded for row in world.nation.export_kinds])
    width = max(len(inward), len(outward))
    table = np.zeros((2, width), dtype=bool)
    table[0, : len(inward)], table[1, : len(outward)] = inward, outward
    return table[declarations.direction, declarations.kind]


def lines_of(starts: Ints, counts: Ints, lines: Lines) -> Lines:
    """The lines of some declarations, one declaration after another."""
    return lines.take(rows_of(starts, counts))


def total_per_owner(values: Ints, counts: Ints) -> Ints:
    """The sum over each declaration's lines, which stand in a row."""
    return sums(values, starts_of(counts))
