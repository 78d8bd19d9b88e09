"""Days of the nation: landing files, and the truth beside them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from simulator.cohort import Cohort, draw_cohort
from simulator.landing import (
    Delivered,
    Delivery,
    in_blocks,
    plan_deliveries,
    write_block,
)
from simulator.payment_landing import write_payments
from simulator.permit_landing import write_permits
from simulator.planting import plant_quirks
from simulator.truth import write_truth
from simulator.world import World, build_world


@dataclass(frozen=True)
class DayReport:
    """What one day of registrations became."""

    day: date
    declarations: int
    parcels: int
    messages: int
    files: int
    bytes: int


@dataclass(frozen=True)
class Plan:
    """What to simulate.

    Attributes:
        rates: share of each quirk, of all quirks.
        until: leave out what arrives on or after this day.
        since: leave out what arrives before this day.
        processes: how many write files at once.
    """

    seed: int
    scale: float
    first: date
    days: int
    rates: dict[str, float]
    out: Path
    until: date | None = None
    since: date | None = None
    processes: int = 1


def simulate(
    plan: Plan, tell: Callable[[date, int, int], None] | None = None
) -> Iterator[DayReport]:
    """Write `<out>/landing/vnaccs/<arrival day>/*.msg` and `<out>/truth/<day>/`.

    A day is made from the seed alone: the same bytes whatever other days are made.

    Args:
        plan: what to simulate.
        tell: called with the day, files written and files in all.
    """
    world = build_world(plan.seed, plan.scale)
    for number in range(plan.days):
        day = plan.first + timedelta(days=number)
        yield _one_day(world, day, plan, tell)


def _one_day(
    world: World,
    day: date,
    plan: Plan,
    tell: Callable[[date, int, int], None] | None,
) -> DayReport:
    cohort = plant_quirks(world, draw_cohort(world, day), plan.rates)
    deliveries = plan_deliveries(world, cohort, plan.rates, plan.until, plan.since)
    delivered: list[Delivered] = []
    for one in _written(world, cohort, deliveries, plan):
        delivered.append(one)
        if tell:
            tell(day, len(delivered), len(deliveries))
    write_truth(world, cohort, delivered, plan.out / "truth")
    between = (plan.since, plan.until)
    write_payments(world, cohort, plan.rates, plan.out, between)
    write_permits(world, cohort, plan.rates, plan.out, between)
    return DayReport(
        day=day,
        declarations=len(cohort.declarations),
        parcels=len(cohort.parcels),
        messages=sum(len(one.delivery.rows) for one in delivered),
        files=len(delivered),
        bytes=sum(one.size for one in delivered),
    )


# What the forked writers of a day share; set before they start, never sent.
_shared: dict[str, tuple[World, Cohort, Path]] = {}


def _written(
    world: World, cohort: Cohort, deliveries: list[Delivery], plan: Plan
) -> Iterator[Delivered]:
    folder = plan.out / "landing" / "vnaccs"
    blocks = in_blocks(cohort, deliveries)
    if plan.processes == 1 or len(blocks) < 2:
        for block in blocks:
            yield from write_block(world, cohort, block, folder)
        return
    _shared["day"] = (world, cohort, folder)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(plan.processes, mp_context=context) as pool:
        for done in pool.map(_write_shared, blocks):
            yield from done
    _shared.clear()


def _write_shared(block: list[Delivery]) -> list[Delivered]:
    world, cohort, folder = _shared["day"]
    return write_block(world, cohort, block, folder)
