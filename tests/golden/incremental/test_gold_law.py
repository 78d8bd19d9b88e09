"""Gold and features hold the same rows, however the arrivals come to them."""

from __future__ import annotations

import math
import random
from datetime import date

import pytest

from lakehouse.time import business_date
from tests.golden.incremental.arrivals import Message, random_messages
from tests.golden.incremental.features import (
    enterprise_activity,
    nearest_rank,
    unit_prices,
)
from tests.golden.incremental.shop import Shop

pytestmark = pytest.mark.engine

FEATURES = ("feat.enterprise__activity", "feat.commodity_origin__price")


def batches_of(messages: list[Message], seed: int, count: int) -> list[list[Message]]:
    """The messages in another order, in some batches."""
    draw = random.Random(seed)
    shuffled = draw.sample(messages, len(messages))
    cuts = sorted(draw.sample(range(1, len(messages)), count - 1))
    starts, ends = [0, *cuts], [*cuts, len(messages)]
    return [shuffled[start:end] for start, end in zip(starts, ends, strict=True)]


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, 4, 5))]
)
def test_any_order_and_batching_gives_what_one_build_of_all_gives(
    tmp_path, monkeypatch, seed
):
    messages = random_messages(seed, declarations=60)
    whole = Shop(tmp_path / "whole", monkeypatch)
    whole.run(messages)
    pieces = Shop(tmp_path / "pieces", monkeypatch, lists_in_run=3)
    for batch in batches_of(messages, seed, count=4):
        pieces.run(batch)
    differing = [
        name
        for name in whole.tables("gold", "feat")
        if whole.table(name) != pieces.table(name)
    ]
    assert differing == []


def arrivals_by_day(messages: list[Message], days: list[date]) -> list[list[Message]]:
    """The messages that had come by the start of each day and not of the one before."""
    parts: list[list[Message]] = [[] for _ in days]
    for message in messages:
        place = sum(business_date(message.arrived) >= day for day in days)
        if place < len(days):
            parts[place].append(message)
    return parts


def test_features_of_a_past_day_hold_what_was_published_then(tmp_path, monkeypatch):
    messages = random_messages(7, declarations=60)
    days = [date(2026, 10, 1), date(2026, 10, 25), date(2026, 12, 31)]
    daily = Shop(tmp_path / "daily", monkeypatch)
    for day, news in zip(days, arrivals_by_day(messages, days), strict=True):
        daily.run(news, day)
    rebuilt = Shop(tmp_path / "rebuilt", monkeypatch)
    rebuilt.run(messages, days[2])
    rebuilt.run(day=days[0])
    rebuilt.run(day=days[1])
    for name in FEATURES:
        assert daily.table(name), "a test over no rows shows nothing"
        assert rebuilt.table(name) == daily.table(name)
    assert_features_follow_their_definition(rebuilt, messages, days)


def assert_features_follow_their_definition(shop, messages, days):
    activity = shop.lake.read("feat.enterprise__activity").to_pylist()
    prices = shop.lake.read("feat.commodity_origin__price").to_pylist()
    for day in days:
        expected = enterprise_activity(messages, day)
        found = {row["tax_code"]: row for row in activity if row["as_of_date"] == day}
        assert {
            firm: {name: row[name] for name in expected[firm]}
            for firm, row in found.items()
        } == expected
        exact = unit_prices(messages, day)
        of_day = [row for row in prices if row["as_of_date"] == day]
        assert len(of_day) == len(exact)
        for row in of_day:
            assert_near_the_exact_quantiles(row, exact)


def assert_near_the_exact_quantiles(row, exact):
    goods = row["hs_code"], row["origin_country_code"], row["quantity_unit_code"]
    values = exact[goods]
    assert row["line_count_365d"] == len(values)
    for share, name in ((0.05, "p05"), (0.5, "median"), (0.95, "p95")):
        price = nearest_rank(values, share)
        assert row[f"{name}_unit_price_vnd"] == pytest.approx(price, rel=0.01)
    middle = math.log(nearest_rank(values, 0.5))
    distances = sorted(abs(math.log(value) - middle) for value in values)
    # Two buckets may each be off by half their width, 0.02 on the scale of logarithms.
    exact_mad = nearest_rank(distances, 0.5)
    assert row["mad_log_unit_price"] == pytest.approx(exact_mad, abs=0.0201)
