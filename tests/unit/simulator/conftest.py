"""A small nation and one of its days, drawn once for all tests of the simulator."""

from datetime import date

import numpy as np
import pytest

from simulator.cohort import Cohort, draw_cohort
from simulator.planting import plant_quirks
from simulator.quirks import quirk_rates
from simulator.world import World, build_world
from simulator.writing import write_messages

DAY = date(2026, 11, 4)


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(seed=12, scale=0.002)


@pytest.fixture(scope="session")
def cohort(world: World) -> Cohort:
    """A day without quirks."""
    return draw_cohort(world, DAY)


@pytest.fixture(scope="session")
def written(world: World, cohort: Cohort) -> list[bytes]:
    """All messages of the day, in order."""
    return messages_of(world, cohort)


def planted(world: World, cohort: Cohort, code: str, rate: float = 1.0) -> Cohort:
    """The day with one quirk planted at a rate."""
    return plant_quirks(world, cohort, quirk_rates(["off", f"{code}={rate}"]))


def messages_of(world: World, cohort: Cohort) -> list[bytes]:
    rows = np.arange(len(cohort.messages))
    return write_messages(world, cohort, rows).to_pylist()
