"""Permits that a day's declarations name, and the goods that they cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.cohort import Cohort
from simulator.columns import chosen
from simulator.draws import Ints, generator
from simulator.line_wording import goods_names
from simulator.links import PERMITS_NAMED, link_columns
from simulator.permit_rules import load_permit_rules
from simulator.tables import rows_of, starts_of
from simulator.world import World


@dataclass(frozen=True)
class Goods:
    """A line of a declaration that a permit covers; quantities count hundredths."""

    line_no: int
    hs_code: str
    name: str
    origin: str
    declared: int
    unit: str


@dataclass(frozen=True)
class Permit:
    """One permit; moments are local seconds since 1970.

    Attributes:
        direction: 0 for import and 1 for export.
        quirk: code of what is wrong, or nothing.
    """

    number: str
    kind: str
    key: int
    firm: int
    direction: int
    registered: int
    goods: tuple[Goods, ...]
    quirk: str

    @property
    def identity(self) -> str:
        """Names the permit for good."""
        return f"P{self.number}"

    @property
    def dossier(self) -> str:
        """Number of the dossier that asked for it."""
        return f"HS{self.number}"

    def granted(self, one: Goods) -> int:
        """Hundredths of the quantity of a line that the permit allows."""
        half = self.quirk == "permit_exhausted"
        return one.declared // 2 + 1 if half else one.declared * 2


def draw_permits(
    world: World, cohort: Cohort, rates: dict[str, float]
) -> Iterator[Permit]:
    """The permits that the first versions of a day's declarations name."""
    rules, headers = load_permit_rules(), cohort.contents.headers
    codes = [quirk.code for quirk in rules.quirks]
    random = generator(world.seed, cohort.day, "permits")
    first = np.flatnonzero(headers.version == 0)
    about = cohort.declarations.take(headers.declaration[first])
    columns = link_columns(world, about, cohort.contents, first)
    for place in range(1, PERMITS_NAMED + 1):
        numbers = columns[f"permits[{place}].permit_no"].to_pylist()
        kinds = columns[f"permits[{place}].permit_type_code"].to_pylist()
        rows = np.array([n for n, number in enumerate(numbers) if number], np.int64)
        covered = _covered(world, cohort, first[rows])
        draws = random.random((len(rows), len(codes)))
        for row, goods, drawn in zip(rows.tolist(), covered, draws, strict=True):
            hit = [c for c, x in zip(codes, drawn, strict=True) if x < rates[c]]
            yield Permit(
                number=numbers[row],
                kind=kinds[row],
                key=int(about.key[row]),
                firm=int(about.firm[row]),
                direction=int(about.direction[row]),
                registered=int(about.registered[row]),
                goods=goods,
                quirk=hit[0] if hit else "",
            )


def _covered(world: World, cohort: Cohort, versions: Ints) -> list[tuple[Goods, ...]]:
    """The first lines of some versions."""
    headers, lines = cohort.contents.headers, cohort.contents.lines
    counts = np.minimum(headers.count[versions], load_permit_rules().lines_covered)
    mine = lines.take(rows_of(headers.start[versions], counts))
    catalogue = world.catalogue
    countries = [row.country for row in world.nation.partners]
    goods = [
        Goods(*row)
        for row in zip(
            mine.number.tolist(),
            chosen(catalogue.hs_codes, mine.good).to_pylist(),
            goods_names(world, mine).to_pylist(),
            chosen(countries, mine.origin).to_pylist(),
            mine.quantity.tolist(),
            chosen(catalogue.units, mine.good).to_pylist(),
            strict=True,
        )
    ]
    ends = zip(starts_of(counts).tolist(), counts.tolist(), strict=True)
    return [tuple(goods[start : start + count]) for start, count in ends]
