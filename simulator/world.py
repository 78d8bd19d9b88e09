"""The nation that a seed and a scale make, the same one on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.draws import Ints
from simulator.errors import SimulationRefused
from simulator.firms import (
    Agents,
    Firms,
    Partners,
    build_agents,
    build_firms,
    build_partners,
)
from simulator.goods import Catalogue, build_catalogue
from simulator.nation import Nation, load_nation
from simulator.seasons import ordinary_factor, parcel_factor

LARGEST_SCALE = 1.25


@dataclass(frozen=True)
class World:
    """All that does not change from day to day.

    Attributes:
        ordinary_offices: indexes of the offices that take ordinary declarations.
        parcel_offices: indexes of those that take parcels.
    """

    seed: int
    scale: float
    nation: Nation
    catalogue: Catalogue
    firms: Firms
    suppliers: Partners
    buyers: Partners
    agents: Agents
    ordinary_offices: Ints
    parcel_offices: Ints

    def ordinary_on(self, day: date) -> int:
        """How many ordinary declarations are registered on a day."""
        load = self.nation.national_day.ordinary * self.scale
        return round(load * ordinary_factor(self.nation, day))

    def parcels_on(self, day: date) -> int:
        """How many low-value declarations are registered on a day."""
        load = self.nation.national_day.parcels * self.scale
        return round(load * parcel_factor(self.nation, day))


def build_world(seed: int, scale: float) -> World:
    """Draw the nation.

    Raises:
        SimulationRefused: a scale or a seed that the numbering cannot carry.
    """
    if not 0 < scale <= LARGEST_SCALE:
        raise SimulationRefused(
            "bad_scale",
            f"scale {scale} is not above 0 and up to {LARGEST_SCALE}",
            "Choose for example --scale 0.02; 1.0 is the national day",
        )
    if seed < 0:
        raise SimulationRefused("bad_seed", f"seed {seed} is negative", "Use 0 or more")
    nation = load_nation()
    count = max(80, round(nation.national_day.enterprises * scale))
    agents = max(12, count // 150)
    catalogue = build_catalogue(nation, seed)
    shares = np.array([office.share for office in nation.offices])
    return World(
        seed=seed,
        scale=scale,
        nation=nation,
        catalogue=catalogue,
        firms=build_firms(nation, catalogue, seed, count, agents),
        suppliers=build_partners(nation, seed, count, "import"),
        buyers=build_partners(nation, seed, count, "export"),
        agents=build_agents(agents),
        ordinary_offices=np.flatnonzero(shares > 0),
        parcel_offices=np.flatnonzero(shares == 0),
    )
