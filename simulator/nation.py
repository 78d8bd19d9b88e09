"""The SAMPLE facts of the simulated nation, read from its data files."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from lakehouse.yamlfile import load_yaml

FOLDER = Path(__file__).resolve().parent
Row = TypeVar("Row")


class Office(msgspec.Struct, array_like=True, frozen=True):
    """A customs office and what share of ordinary declarations it takes."""

    code: str
    name_vi: str
    means: Literal["sea", "air", "road", "rail", "inland", "express"]
    sections: int
    share: float
    place: str


class Kind(msgspec.Struct, array_like=True, frozen=True):
    """A kind of declaration and the regime of the firms that use it."""

    code: str
    share: float
    regime: str


class Partner(msgspec.Struct, array_like=True, frozen=True):
    """A country we trade with."""

    country: str
    import_share: float
    export_share: float
    currency: str
    table: str
    table_share: float
    places: list[str]
    airport: str
    parcel_share: float


class Currency(msgspec.Struct, array_like=True, frozen=True):
    """A currency, its rate in VND and the decimals of its amounts."""

    code: str
    rate: float
    decimals: int


class Good(msgspec.Struct, array_like=True, frozen=True):
    """A commodity with its SAMPLE price."""

    hs_code: str
    name: str
    unit: str
    price_usd: float
    sigma: float
    industry: str
    direction: Literal["I", "E", "B"]


class Goods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `goods.yml`."""

    is_sample: bool
    valid_from: date
    legal_basis: str
    goods: list[Good]


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What scale 1.0 means."""

    ordinary: int
    parcels: int
    enterprises: int
    consignees: int


class Seasons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Factors of a day's load."""

    weekday: list[float]
    parcel_weekday: list[float]
    month_end_days: int
    month_end: float
    before_tet_days: int
    before_tet: float
    holiday: float
    sale_days: list[str]
    sale: float


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Relative load of the 24 hours."""

    ordinary: list[float]
    monday: list[float]
    parcels: list[float]


class Shares(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares of the yellow and the red channel."""

    yellow: float
    red: float


class Channels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Channel shares of the two streams."""

    ordinary: Shares
    parcels: Shares


class Delays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Median minutes and sigma of the log of each wait."""

    declare: tuple[float, float]
    green: tuple[float, float]
    yellow: tuple[float, float]
    red: tuple[float, float]
    delivery: tuple[float, float]
    revise: tuple[float, float]
    decide: tuple[float, float]


class Amendments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share of declarations amended, and of those amended once more."""

    share: float
    again: float


class RevisionShares(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share amended after clearance; of these refused, and not yet decided."""

    share: float
    refused: float
    undecided: float


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share of declarations that name something, and its kinds."""

    share: float
    kinds: list[str]


class Split(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share of split consignments and the range of their parts."""

    share: float
    parts: tuple[int, int]


class LineCounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many lines a declaration has."""

    exactly_fifty: float
    a: float
    b: float


class Amount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars at the median, the sigma of their log, and the most there are."""

    median_usd: float
    sigma: float
    most_usd: float


class SplitParcels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One purchase sent as many parcels just under the line."""

    share: float
    parcels: tuple[int, int]
    value_vnd: int


class PaperShares(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many declarations have which papers around them."""

    invoices: float
    lists: float
    journeys: float
    releases: float
    temporary_kinds: list[str]


class Nation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `nation.yml`."""

    is_sample: bool
    valid_from: date
    legal_basis: str
    national_day: Day
    offices: list[Office]
    old_offices: dict[str, str]
    import_kinds: list[Kind]
    export_kinds: list[Kind]
    coded_kinds: list[str]
    partners: list[Partner]
    currencies: list[Currency]
    industries: dict[str, tuple[float, str]]
    legal_forms: list[tuple[float, str]]
    name_words: list[str]
    streets: list[str]
    honesty: list[tuple[str, float, float]]
    carriers: list[str]
    package_types: list[str]
    seasons: Seasons
    hours: Hours
    channels: Channels
    delays: Delays
    amendments: Amendments
    revisions: RevisionShares
    permits: Named
    attachments: Named
    papers: PaperShares
    split: Split
    lines: LineCounts
    invoice: Amount
    parcel: Amount
    freight: dict[str, float]
    insurance: dict[str, float]
    export_share: float
    parcel_export_share: float
    frauds: dict[str, float]
    undervalued_to: tuple[float, float]
    split_parcels: SplitParcels


@lru_cache(maxsize=1)
def load_nation() -> Nation:
    """The nation of `nation.yml`.

    Raises:
        UsageError: the file is missing or has an unknown or wrong key.
    """
    return load_yaml(FOLDER / "nation.yml", Nation)


@lru_cache(maxsize=1)
def load_goods() -> Goods:
    """The goods of `goods.yml`; errors as in `load_nation`."""
    return load_yaml(FOLDER / "goods.yml", Goods)
