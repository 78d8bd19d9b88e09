"""The low-value declarations of a day: one parcel, one goods name, no HS code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.columns import day_number
from simulator.draws import Floats, Ints, generator, pick, seconds_of_day
from simulator.goods import VARIANTS
from simulator.identifiers import PARCELS_FROM, declaration_keys
from simulator.life import draw_channels, waits
from simulator.shapes import PARCEL, Messages, Stage
from simulator.tables import Columns
from simulator.world import World

SHOPS_A_COUNTRY = 900
PARCELS_A_FLIGHT = 400
TAXED_BUYERS_SHARE = 0.04
UNCLEARED_SHARE = 0.003


@dataclass
class Parcels(Columns):
    """Columns over parcels; amounts in cents of a dollar and in dong.

    `buyer` is a firm where `is_firm` is 1, else a consignee without tax code.
    """

    key: Ints
    direction: Ints
    registered: Ints
    buyer: Ints
    is_firm: Ints
    shop: Ints
    country: Ints
    office: Ints
    section: Ints
    good: Ints
    variant: Ints
    cents: Ints
    value: Ints
    grams: Ints
    flight: Ints
    serial: Ints
    fraud: Ints


def draw_parcels(world: World, day: date) -> Parcels:
    """Draw the parcels of a day in order of registration; nights are full."""
    random = generator(world.seed, day, "parcels")
    nation, count = world.nation, world.parcels_on(day)
    shares = [row.parcel_share for row in nation.partners]
    direction = (random.random(count) < nation.parcel_export_share).astype(np.int64)
    office = random.choice(world.parcel_offices, count)
    good = random.choice(world.catalogue.parcel_goods, count)
    is_firm = random.random(count) < TAXED_BUYERS_SHARE
    consignees = max(500, round(nation.national_day.consignees * world.scale))
    firm = pick(random, world.firms.active_weights(day), count)
    sections = np.array([row.sections for row in nation.offices])
    cents = _worth(random, world, count)
    parcels = Parcels(
        key=declaration_keys(day, direction, PARCELS_FROM),
        direction=direction,
        registered=day_number(day) * 86_400
        + seconds_of_day(random, nation.hours.parcels, count),
        buyer=np.where(is_firm, firm, random.integers(0, consignees, count)),
        is_firm=is_firm.astype(np.int64),
        shop=random.integers(0, SHOPS_A_COUNTRY, count),
        country=pick(random, shares, count),
        office=office,
        section=random.integers(0, 6, count) % sections[office] + 1,
        good=good,
        variant=random.integers(0, VARIANTS, count),
        cents=cents,
        value=_in_dong(world, cents),
        grams=(50 + random.gamma(1.2, 500, count)).astype(np.int64),
        flight=np.arange(count) // PARCELS_A_FLIGHT,
        serial=random.integers(10**8, 10**9, count),
        fraud=np.zeros(count, dtype=np.int64),
    )
    return _with_split_purchases(random, world, parcels)


def live_parcels(world: World, day: date, parcels: Parcels) -> Messages:
    """The messages of the day's parcels: declared, channel, cleared."""
    random = generator(world.seed, day, "parcel life")
    count, delays = len(parcels), world.nation.delays
    channel = draw_channels(random, world.nation.channels.parcels, _suspicion(parcels))
    announced = parcels.registered + random.integers(1, 5, count)
    quick = random.integers(20, 1800, count)
    cleared = announced + np.where(
        channel == 1, quick, waits(random, delays.yellow, count)
    )
    lag = waits(random, delays.delivery, count)
    done = np.flatnonzero(random.random(count) >= UNCLEARED_SHARE)
    everyone = np.arange(count)
    rows = np.concatenate([everyone, everyone, done])
    times = np.concatenate([parcels.registered, announced, cleared[done]])
    stages = [Stage.DECLARED, Stage.CHANNEL, Stage.CLEARED]
    zeros = np.zeros(len(rows), dtype=np.int64)
    return Messages(
        stream=np.full(len(rows), PARCEL),
        subject=rows,
        content=rows,
        direction=parcels.direction[rows],
        stage=np.repeat(stages, [count, count, len(done)]),
        version=zeros,
        channel=channel[rows],
        registered_at=parcels.registered[rows],
        amended_at=zeros,
        business=times,
        server=times,
        arrival=times + lag[rows],
        serial=zeros.copy(),
        quirk=zeros.copy(),
        part=zeros.copy(),
    )


def _suspicion(parcels: Parcels) -> Floats:
    return np.where(parcels.fraud > 0, 2.0, 1.0)


def _worth(random: np.random.Generator, world: World, count: int) -> Ints:
    parcel = world.nation.parcel
    drawn = parcel.median_usd * np.exp(parcel.sigma * random.standard_normal(count))
    return np.rint(np.clip(drawn, 0.5, parcel.most_usd) * 100).astype(np.int64)


def _in_dong(world: World, cents: Ints) -> Ints:
    rate = round(world.nation.currencies[0].rate * 100)
    return np.asarray((cents * rate + 5_000) // 10_000)


def _with_split_purchases(
    random: np.random.Generator, world: World, parcels: Parcels
) -> Parcels:
    """One buyer, one good, many parcels in a row, each just under the line."""
    split, count = world.nation.split_parcels, len(parcels)
    mean = sum(split.parcels) / 2
    heads = random.integers(0, max(count, 1), round(count * split.share / mean))
    rate = world.nation.currencies[0].rate
    most = int(split.value_vnd / rate * 100)
    for head in heads:
        size = int(random.integers(split.parcels[0], split.parcels[1] + 1))
        rows = np.arange(head, min(head + size, count))
        rows = rows[parcels.direction[rows] == 0]
        for column in (parcels.buyer, parcels.shop, parcels.country, parcels.good):
            column[rows] = column[head]
        parcels.is_firm[rows] = 0
        parcels.cents[rows] = most - random.integers(0, 60, len(rows))
        parcels.fraud[rows] = 1
    parcels.value = _in_dong(world, parcels.cents)
    return parcels
