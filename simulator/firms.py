"""The firms, their foreign partners and their customs agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.columns import Text, chosen, day_number, digits, joined, where, whole
from simulator.draws import Floats, Ints, generator, lognormal, pick, zipf_weights
from simulator.goods import Catalogue
from simulator.identifiers import tax_codes
from simulator.nation import Nation

ASSORTMENT = 8
PARTNERS_A_FIRM = 6
REGIMES = ("trade", "process", "epe", "production")
REGIME_SHARES = (45, 15, 18, 22)
OLDEST, YOUNGEST = date(2001, 1, 1), date(2028, 1, 1)
DISHONEST_FROM, DISHONEST_LIFE_DAYS = date(2018, 1, 1), 520


@dataclass(frozen=True)
class Firms:
    """Columns over the firms, the busiest first; days count from 1970."""

    tax_codes: Text
    names: Text
    addresses: Text
    phones: Text
    users: Text
    agents: Ints
    industry: Ints
    regime: Ints
    office: Ints
    honesty: Ints
    founded: Ints
    closed: Ints
    weight: Floats
    goods_in: Ints
    goods_out: Ints
    suppliers: Ints
    buyers: Ints

    def active_weights(self, day: date) -> Floats:
        """How likely each firm is to declare on a day; 0 before and after its life."""
        today = day_number(day)
        alive = (self.founded <= today) & (today < self.closed)
        return np.where(alive, self.weight, 0.0)


@dataclass(frozen=True)
class Partners:
    """Columns over the foreign parties; `country` is an index of the nation's list."""

    names: Text
    addresses: Text
    country: Ints


@dataclass(frozen=True)
class Agents:
    """Columns over the customs agents."""

    codes: Text
    names: Text


def build_firms(
    nation: Nation, catalogue: Catalogue, seed: int, count: int, agents: int
) -> Firms:
    """Draw the firms of a nation."""
    random = generator(seed, None, "firms")
    industry = pick(random, [share for share, _ in nation.industries.values()], count)
    honesty = pick(random, [share for _, share, _ in nation.honesty], count)
    # The busiest firms are old and known: none of them is a swindle.
    honesty[: max(1, count // 50)] = 0
    founded, closed = _lives(random, honesty)
    codes = digits(tax_codes(count), 10)
    places = np.arange(count, dtype=np.int64)
    partners = partner_count(count)
    return Firms(
        tax_codes=_with_branches(random, codes),
        names=_names(nation, random, industry),
        addresses=_addresses(nation, random, count),
        phones=joined("02", digits(40_000_000 + places, 8)),
        users=joined("MAU", digits(places % 100_000, 5)),
        agents=np.where(random.random(count) < 0.6, places % agents, -1),
        industry=industry,
        regime=pick(random, REGIME_SHARES, count),
        office=pick(random, [office.share for office in nation.offices], count),
        honesty=honesty,
        founded=founded,
        closed=closed,
        weight=zipf_weights(count) * lognormal(random, 1.0, 0.3, count),
        goods_in=_assortment(random, nation, industry, catalogue.imported),
        goods_out=_assortment(random, nation, industry, catalogue.exported),
        suppliers=random.integers(0, partners, (count, PARTNERS_A_FIRM)),
        buyers=random.integers(0, partners, (count, PARTNERS_A_FIRM)),
    )


def partner_count(firms: int) -> int:
    """How many foreign suppliers, and as many buyers, a nation of firms meets."""
    return max(60, firms // 3)


def build_partners(nation: Nation, seed: int, firms: int, side: str) -> Partners:
    """Draw foreign suppliers (`import`) or buyers (`export`)."""
    random = generator(seed, None, f"partners {side}")
    count = partner_count(firms)
    shares = [
        row.import_share if side == "import" else row.export_share
        for row in nation.partners
    ]
    trades = ["TRADING", "ELECTRONICS", "TEXTILE", "INDUSTRIAL", "FOODS", "MACHINERY"]
    forms = [" CO LTD ", " CORPORATION ", " GMBH ", " INC ", " PTE LTD "]
    serial = np.arange(1, count + 1, dtype=np.int64)
    return Partners(
        names=joined(
            "SAMPLE ",
            chosen(trades, random.integers(0, len(trades), count)),
            chosen(forms, random.integers(0, len(forms), count)),
            whole(serial),
        ),
        addresses=joined(whole(random.integers(1, 999, count)), " EXAMPLE ROAD"),
        country=pick(random, shares, count),
    )


def build_agents(count: int) -> Agents:
    """The customs agents, numbered."""
    serial = np.arange(1, count + 1, dtype=np.int64)
    return Agents(
        codes=joined("S", digits(serial, 4)),
        names=joined("DAI LY HAI QUAN MAU ", whole(serial)),
    )


def _lives(random: np.random.Generator, honesty: Ints) -> tuple[Ints, Ints]:
    """Founding and closing days: swindles are young and do not last."""
    count = len(honesty)
    first, last = day_number(OLDEST), day_number(YOUNGEST)
    founded = first + (random.random(count) ** 0.6 * (last - first)).astype(np.int64)
    # Someone must be there on the first day of a small nation.
    founded[: max(20, count // 4)] = first
    closed = np.full(count, day_number(date(9999, 1, 1)), dtype=np.int64)
    swindles = np.flatnonzero(honesty == 2)
    begin = day_number(DISHONEST_FROM)
    founded[swindles] = random.integers(begin, last, len(swindles))
    closed[swindles] = founded[swindles] + DISHONEST_LIFE_DAYS
    return founded, closed


def _with_branches(random: np.random.Generator, codes: Text) -> Text:
    """A few firms declare through a branch and so have 13 digits."""
    count = len(codes)
    branch = joined(codes, digits(random.integers(1, 30, count), 3))
    return where(random.random(count) < 0.04, branch, codes)


def _names(nation: Nation, random: np.random.Generator, industry: Ints) -> Text:
    count = len(industry)
    forms = pick(random, [share for share, _ in nation.legal_forms], count)
    trades = [words.upper() for _, words in nation.industries.values()]
    words = [words.upper() for words in nation.name_words]
    return joined(
        chosen([form + " " for _, form in nation.legal_forms], forms),
        chosen([trade + " " for trade in trades], industry),
        chosen(
            [word + " MẪU " for word in words], random.integers(0, len(words), count)
        ),
        whole(np.arange(1, count + 1, dtype=np.int64)),
    )


def _addresses(nation: Nation, random: np.random.Generator, count: int) -> Text:
    before, after = zip(
        *(street.split("{n}", 1) for street in nation.streets), strict=True
    )
    street = random.integers(0, len(nation.streets), count)
    number = whole(random.integers(1, 400, count))
    return joined(chosen(before, street), number, chosen(after, street))


def _assortment(
    random: np.random.Generator,
    nation: Nation,
    industry: Ints,
    pools: dict[str, Ints],
) -> Ints:
    """The goods each firm deals in, mostly of its own industry."""
    found = np.zeros((len(industry), ASSORTMENT), dtype=np.int64)
    for place, name in enumerate(nation.industries):
        mine = np.flatnonzero(industry == place)
        found[mine] = random.choice(pools[name], (len(mine), ASSORTMENT))
    others = np.concatenate(list(pools.values()))
    strange = random.random(found.shape) < 0.08
    found[strange] = random.choice(others, int(strange.sum()))
    return found
