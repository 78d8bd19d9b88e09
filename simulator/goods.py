"""The catalogue of the nation: what is traded, its price and what is due on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from simulator.columns import Text
from simulator.draws import Bools, Floats, Ints, generator
from simulator.nation import Good, Goods, Nation, load_goods
from simulator.tariff import (
    MFN_TABLE,
    GoodsRates,
    export_rates_of_goods,
    rates_of_goods,
)

VARIANTS = 48
PRICE_TABLE = 4096
PARCEL_MAX_PRICE_USD = 300


@dataclass(frozen=True)
class Catalogue:
    """Columns over the goods; rates are per 10,000, prices in USD.

    Attributes:
        tables: the tariff tables that lines name, that of MFN first.
        duty: what a declarant reckons with who looks for a cheaper code.
    """

    hs_codes: Text
    names: Text
    named_variants: Text
    units: Text
    industries: list[str]
    prices: Floats
    sigmas: Floats
    tables: tuple[str, ...]
    duty: Ints
    export_duty: Ints
    whole_pieces: Bools
    imported: dict[str, Ints]
    exported: dict[str, Ints]
    cheaper_twin: Ints
    parcel_goods: Ints
    firm_deviation: Floats

    def rates_on(self, day: date) -> GoodsRates:
        """Rates in force on a day, of the tables in `tables`."""
        codes = tuple(self.hs_codes.to_pylist())
        return rates_of_goods(codes, self.tables, day)


def build_catalogue(nation: Nation, seed: int) -> Catalogue:
    """Read the goods and draw the variants of their names."""
    found = load_goods()
    goods = found.goods
    random = generator(seed, None, "catalogue")
    codes = tuple(good.hs_code for good in goods)
    tables = (MFN_TABLE, *sorted({row.table for row in nation.partners} - {MFN_TABLE}))
    duty = rates_of_goods(codes, tables, found.valid_from).duty[0]
    sides = {
        side: {
            industry: _indexes(goods, industry, side) for industry in nation.industries
        }
        for side in "IE"
    }
    return Catalogue(
        hs_codes=pa.array([good.hs_code for good in goods]),
        names=pa.array([good.name for good in goods]),
        named_variants=pa.array(_variants(goods, random)),
        units=pa.array([good.unit for good in goods]),
        industries=[good.industry for good in goods],
        prices=np.array([good.price_usd for good in goods]),
        sigmas=np.array([good.sigma for good in goods]),
        tables=tables,
        duty=duty,
        export_duty=export_rates_of_goods(codes, found.valid_from),
        whole_pieces=np.array([good.unit in ("PCE", "SET", "PR") for good in goods]),
        imported=sides["I"],
        exported=sides["E"],
        cheaper_twin=_cheaper_twins(goods, duty),
        parcel_goods=_parcel_goods(found),
        firm_deviation=random.standard_normal(PRICE_TABLE),
    )


def _indexes(goods: list[Good], industry: str, side: str) -> Ints:
    own = [
        place
        for place, good in enumerate(goods)
        if good.industry == industry and good.direction in (side, "B")
    ]
    # An industry that ships nothing itself still buys or sells what others make.
    return np.array(own or list(range(0, len(goods), 7)), dtype=np.int64)


def _variants(goods: list[Good], random: np.random.Generator) -> list[str]:
    """Several ways to describe each good, as declarants do."""
    letters = "ABCDEFGHKLMNPQRSTVXY"
    names = []
    for good in goods:
        drawn = random.integers(0, 20, (VARIANTS, 2))
        numbers = random.integers(10, 9999, VARIANTS)
        for place in range(VARIANTS):
            first, second = drawn[place]
            model = f"{letters[first]}{letters[second]}-{numbers[place]}"
            names.append(_described(good.name, model, place))
    return names


def _described(name: str, model: str, place: int) -> str:
    forms = (
        f"{name}, mẫu {model}, hàng mới 100%",
        f"{name} nhãn hiệu MAU, ký mã hiệu {model}, mới 100%",
        f"{name} ({model}), hàng mới 100%, dùng trong sản xuất",
        f"{name}, quy cách {model}",
        f"{name}, model {model}, không nhãn hiệu, mới 100%",
        f"{name.upper()} {model}",
    )
    return forms[place % len(forms)]


def _cheaper_twins(goods: list[Good], duties: Ints) -> Ints:
    """For each good the one of its chapter and unit with the lowest duty below its own.

    That is where a declarant who lies about the code goes; -1 where there is none.
    """
    twins = np.full(len(goods), -1, dtype=np.int64)
    for place, good in enumerate(goods):
        rivals = [
            (int(duties[index]), abs(np.log(other.price_usd / good.price_usd)), index)
            for index, other in enumerate(goods)
            if other.hs_code[:2] == good.hs_code[:2] and other.unit == good.unit
        ]
        duty, _, index = min(rivals)
        if duty < duties[place]:
            twins[place] = index
    return twins


def _parcel_goods(found: Goods) -> Ints:
    bought = {"electronics", "textile", "footwear", "cosmetics", "consumer", "toys"}
    return np.array(
        [
            place
            for place, good in enumerate(found.goods)
            if good.industry in bought
            and good.unit in ("PCE", "PR")
            and 0.5 <= good.price_usd <= PARCEL_MAX_PRICE_USD
        ],
        dtype=np.int64,
    )
