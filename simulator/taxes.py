"""Customs value and taxes of lines, in whole dong, adding up to the header."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.declarations import (
    EXPORT_INCOTERMS,
    IMPORT_INCOTERMS,
    Declarations,
)
from simulator.draws import Ints
from simulator.lines import Lines, invoice_amounts
from simulator.tables import Columns, starts_of, sums
from simulator.tariff import pays_no_tax
from simulator.world import World

PER_UNIT = 10_000


@dataclass
class Amounts(Columns):
    """Columns over lines: amounts in dong, rates per 10,000."""

    invoice: Ints
    value: Ints
    duty_rate: Ints
    duty: Ints
    special_rate: Ints
    special: Ints
    vat_rate: Ints
    vat: Ints


@dataclass
class Totals(Columns):
    """Columns over declarations: invoice amounts count ten-thousandths."""

    invoice: Ints
    freight: Ints
    insurance: Ints
    value: Ints
    duty: Ints
    special: Ints
    vat: Ints
    tax: Ints


def value_lines(
    world: World, day: date, declarations: Declarations, lines: Lines, counts: Ints
) -> tuple[Amounts, Totals]:
    """Work out values and taxes.

    Freight and insurance are shared out by invoice amount, each for itself; the last
    line takes the remainder. Each tax of each line is rounded half up to one dong:
    duty, special consumption tax on value and duty, VAT on all three.

    Args:
        declarations: one row for each group of lines.
        lines: the lines, whose `owner` is the row of the declaration.
        counts: how many lines each declaration has.
    """
    owner, starts = lines.owner, starts_of(counts)
    invoice = invoice_amounts(world, declarations.currency[owner], lines)
    total = sums(invoice, starts)
    freight, insurance = _carriage(world, declarations, total)
    rate = _exchange_rates(world)[declarations.currency]
    value = half_up(invoice * rate[owner], PER_UNIT * 100)
    for amount in (freight, insurance):
        in_dong = half_up(amount * rate, PER_UNIT * 100)
        value = value + _shared(in_dong, invoice, total, owner, starts)
    rates = _rates(world, day, declarations, lines)
    duty = half_up(value * rates[0], PER_UNIT)
    special = half_up((value + duty) * rates[1], PER_UNIT)
    vat = half_up((value + duty + special) * rates[2], PER_UNIT)
    amounts = Amounts(invoice, value, rates[0], duty, rates[1], special, rates[2], vat)
    sum_duty, sum_special, sum_vat = (sums(tax, starts) for tax in (duty, special, vat))
    totals = Totals(
        invoice=total,
        freight=freight,
        insurance=insurance,
        value=sums(value, starts),
        duty=sum_duty,
        special=sum_special,
        vat=sum_vat,
        tax=sum_duty + sum_special + sum_vat,
    )
    return amounts, totals


def half_up(amount: Ints, unit: int) -> Ints:
    """Divide amounts that are not negative, rounding half up."""
    return np.asarray((amount + unit // 2) // unit)


def _exchange_rates(world: World) -> Ints:
    """Dong for one unit, times 100."""
    return np.array([round(row.rate * 100) for row in world.nation.currencies])


def _carriage(
    world: World, declarations: Declarations, invoice: Ints
) -> tuple[Ints, Ints]:
    """Freight and insurance of imports whose terms leave them out."""
    nation, step = world.nation, _amount_step(world)[declarations.currency]
    imports = declarations.direction == 0
    found = []
    for costs in (nation.freight, nation.insurance):
        shares = np.array([costs.get(term, 0.0) for term in IMPORT_INCOTERMS])
        per_million = np.rint(shares * 1e6).astype(np.int64)[declarations.incoterm]
        amount = np.where(imports, invoice // 1_000_000 * per_million, 0)
        found.append(amount // step * step)
    return found[0], found[1]


def _amount_step(world: World) -> Ints:
    return np.array([10 ** (4 - row.decimals) for row in world.nation.currencies])


def _shared(
    amount: Ints, invoice: Ints, total: Ints, owner: Ints, starts: Ints
) -> Ints:
    """Shares by invoice amount, cut to whole dong; the last line takes what is left."""
    whole = np.maximum(total, 1)[owner]
    parts = np.floor(amount[owner] * (invoice / whole)).astype(np.int64)
    # A double may miss by a dong. The remainder is small, so that it is exact even
    # where both products overflow and wrap around alike.
    parts += (amount[owner] * invoice - parts * whole) // whole
    last = np.append(starts[1:], len(owner)) - 1
    if len(starts):
        parts[last] += amount - sums(parts, starts)
    return parts


def _rates(
    world: World, day: date, declarations: Declarations, lines: Lines
) -> tuple[Ints, Ints, Ints]:
    """Duty, special consumption tax and VAT of each line, per 10,000."""
    catalogue, nation = world.catalogue, world.nation
    owner, good, found = lines.owner, lines.good, catalogue.rates_on(day)
    untaxed = pays_no_tax(tuple(row.code for row in nation.import_kinds), day)
    imports = declarations.direction == 0
    places = np.where(imports, declarations.kind, 0)
    taxed = (imports & ~untaxed[places])[owner]
    partner = np.array([catalogue.tables.index(row.table) for row in nation.partners])
    table = np.where(lines.preferential == 1, partner[lines.origin], 0)
    outward = np.where(imports[owner], 0, catalogue.export_duty[good])
    return (
        np.where(taxed, found.duty[table, good], outward),
        np.where(taxed, found.special[good], 0),
        np.where(taxed, found.vat[good], 0),
    )


def incoterm_texts() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms that `Declarations.incoterm` counts, of imports and of exports."""
    return IMPORT_INCOTERMS, EXPORT_INCOTERMS
