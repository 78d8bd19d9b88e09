"""The ordinary declarations that firms register on a day, before any amendment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.columns import day_number
from simulator.draws import (
    Bools,
    Floats,
    Ints,
    generator,
    lognormal,
    pick,
    seconds_of_day,
)
from simulator.firms import REGIMES
from simulator.identifiers import declaration_keys
from simulator.nation import Kind
from simulator.seasons import ordinary_hours
from simulator.tables import Columns, starts_of
from simulator.world import World

IMPORT_INCOTERMS = ("CIF", "FOB", "CFR", "EXW", "FCA", "DAP")
IMPORT_INCOTERM_SHARES = (55, 20, 10, 7, 4, 4)
EXPORT_INCOTERMS = ("FOB", "CIF", "FCA", "EXW", "CFR", "DAP")
EXPORT_INCOTERM_SHARES = (62, 14, 12, 6, 3, 3)
OWN_OFFICE_SHARE = 0.7
DOLLAR_SHARE, DONG_SHARE = 0.74, 0.03
LINES_A_DECLARATION = 50


@dataclass
class Declarations(Columns):
    """Columns over declarations; all but keys and seconds are indexes or counts.

    `direction` is 0 for import and 1 for export, `registered` counts local seconds
    since 1970, `part` and `parts` are 0 where a consignment is not split, and
    `first_key` is the key of its first part.
    """

    key: Ints
    direction: Ints
    registered: Ints
    firm: Ints
    partner: Ints
    country: Ints
    kind: Ints
    office: Ints
    section: Ints
    mode: Ints
    currency: Ints
    incoterm: Ints
    part: Ints
    parts: Ints
    first_key: Ints
    line_count: Ints
    usd: Floats
    transport_day: Ints
    invoice_day: Ints
    serial: Ints


def draw_declarations(world: World, day: date) -> Declarations:
    """Draw the ordinary declarations of a day in order of registration."""
    random = generator(world.seed, day, "declarations")
    count = world.ordinary_on(day)
    nation = world.nation
    group, part, parts = _consignments(random, world, count)
    groups = int(group[-1]) + 1 if count else 0
    direction = (random.random(groups) < nation.export_share).astype(np.int64)[group]
    firm = pick(random, world.firms.active_weights(day), groups)[group]
    key = declaration_keys(day, direction, 0)
    partner, country = _partners(random, world, firm, direction, group, groups)
    office = _offices(random, world, firm, group, groups)
    today = day_number(day)
    return Declarations(
        key=key,
        direction=direction,
        registered=today * 86_400
        + seconds_of_day(random, ordinary_hours(nation, day), count),
        firm=firm,
        partner=partner,
        country=country,
        kind=_kinds(random, world, firm, direction),
        office=office,
        section=random.integers(1, 6, count) % _sections(world)[office] + 1,
        mode=_modes(random, world, office, group, groups),
        currency=_currencies(random, world, country, group, groups),
        incoterm=_incoterms(random, direction, group, groups),
        part=part,
        parts=parts,
        first_key=key[starts_of(np.bincount(group, minlength=groups))][group],
        line_count=_line_counts(random, world, part, parts),
        usd=_worth(random, world, count),
        transport_day=today + random.integers(-4, 6, groups)[group],
        invoice_day=today - random.integers(2, 40, groups)[group],
        serial=random.integers(10**8, 10**9, groups)[group],
    )


def _consignments(
    random: np.random.Generator, world: World, count: int
) -> tuple[Ints, Ints, Ints]:
    """Which consignment each declaration belongs to, its part and the parts in all."""
    split = world.nation.split
    sizes = np.where(
        random.random(count) < split.share,
        random.integers(split.parts[0], split.parts[1] + 1, count),
        1,
    )
    group = np.repeat(np.arange(count, dtype=np.int64), sizes)[:count]
    parts = np.bincount(group)[group] if count else group
    part = np.arange(count, dtype=np.int64) - starts_of(sizes)[group] + 1
    alone = parts == 1
    return group, np.where(alone, 0, part), np.where(alone, 0, parts)


def _partners(
    random: np.random.Generator,
    world: World,
    firm: Ints,
    direction: Ints,
    group: Ints,
    groups: int,
) -> tuple[Ints, Ints]:
    # A firm buys mostly from its first suppliers.
    favourite = (random.random(groups) ** 2 * world.firms.suppliers.shape[1]).astype(
        np.int64
    )[group]
    imports = direction == 0
    partner = np.where(
        imports,
        world.firms.suppliers[firm, favourite],
        world.firms.buyers[firm, favourite],
    )
    country = np.where(
        imports, world.suppliers.country[partner], world.buyers.country[partner]
    )
    return partner, country


def _offices(
    random: np.random.Generator, world: World, firm: Ints, group: Ints, groups: int
) -> Ints:
    shares = [office.share for office in world.nation.offices]
    elsewhere = pick(random, shares, groups)[group]
    own = (random.random(groups) < OWN_OFFICE_SHARE)[group]
    return np.where(own, world.firms.office[firm], elsewhere)


def _sections(world: World) -> Ints:
    return np.array([office.sections for office in world.nation.offices])


def _modes(
    random: np.random.Generator, world: World, office: Ints, group: Ints, groups: int
) -> Ints:
    """Transport mode codes as numbers, by what passes the office."""
    chances = {
        "sea": {2: 0.86, 3: 0.14},
        "air": {1: 1.0},
        "road": {4: 1.0},
        "rail": {5: 1.0},
        "inland": {2: 0.45, 4: 0.15, 1: 0.1, 9: 0.3},
        "express": {1: 1.0},
    }
    draws = random.random(groups)[group]
    modes = np.zeros(len(office), dtype=np.int64)
    for means, shares in chances.items():
        codes = np.array(list(shares))
        bounds = np.cumsum(list(shares.values()))
        places = [
            place
            for place, row in enumerate(world.nation.offices)
            if row.means == means
        ]
        here: Bools = np.isin(office, places)
        found = np.searchsorted(bounds, draws[here] * bounds[-1], side="right")
        modes[here] = codes[np.minimum(found, len(codes) - 1)]
    return modes


def _kinds(
    random: np.random.Generator, world: World, firm: Ints, direction: Ints
) -> Ints:
    """Kind codes by the regime of the firm; indexes of the direction's list."""
    nation = world.nation
    draws = random.random(len(firm))
    kinds = np.zeros(len(firm), dtype=np.int64)
    lists = (nation.import_kinds, nation.export_kinds)
    for place, regime in enumerate(REGIMES):
        for side, rows in enumerate(lists):
            mine = (world.firms.regime[firm] == place) & (direction == side)
            bounds = np.cumsum(_kind_weights(rows, regime))
            kinds[mine] = np.searchsorted(bounds, draws[mine] * bounds[-1], "right")
    return kinds


def _kind_weights(rows: list[Kind], regime: str) -> list[float]:
    """Firms use the kinds of their regime, and now and then any other."""
    return [
        row.share * (1.0 if row.regime in (regime, "other") else 0.08) for row in rows
    ]


def _currencies(
    random: np.random.Generator, world: World, country: Ints, group: Ints, groups: int
) -> Ints:
    codes = [currency.code for currency in world.nation.currencies]
    of_country = np.array(
        [codes.index(partner.currency) for partner in world.nation.partners]
    )
    draw = random.random(groups)[group]
    return np.where(
        draw < DOLLAR_SHARE,
        codes.index("USD"),
        np.where(draw > 1 - DONG_SHARE, codes.index("VND"), of_country[country]),
    )


def _incoterms(
    random: np.random.Generator, direction: Ints, group: Ints, groups: int
) -> Ints:
    bought = pick(random, IMPORT_INCOTERM_SHARES, groups)[group]
    sold = pick(random, EXPORT_INCOTERM_SHARES, groups)[group]
    return np.where(direction == 0, bought, sold)


def _worth(random: np.random.Generator, world: World, count: int) -> Floats:
    invoice = world.nation.invoice
    drawn = lognormal(random, invoice.median_usd, invoice.sigma, count)
    return np.minimum(drawn, invoice.most_usd)


def _line_counts(
    random: np.random.Generator, world: World, part: Ints, parts: Ints
) -> Ints:
    """1 to 50 lines; every part of a split consignment but the last is full."""
    lines = world.nation.lines
    count = len(part)
    drawn = 1 + (random.beta(lines.a, lines.b, count) * 49).astype(np.int64)
    full = (random.random(count) < lines.exactly_fifty) | ((parts > 0) & (part < parts))
    return np.where(full, LINES_A_DECLARATION, drawn)
