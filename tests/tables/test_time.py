"""Times in the engine's SQL."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from lakehouse.engine import engine
from lakehouse.time import TEXT_LENGTH, as_text

pytestmark = pytest.mark.engine


def test_times_as_text_order_as_the_times_do_and_nothing_comes_first():
    chance = random.Random(5)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [
        first + timedelta(microseconds=chance.randrange(10**15)) for _ in range(99)
    ]
    moments += [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 17, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ]
    rows = [(None, -1), *((moment, n) for n, moment in enumerate(sorted(moments)))]
    frame = engine().spark.createDataFrame(rows, "moment timestamp, nth int")
    found = frame.selectExpr(f"{as_text('moment')} as text", "nth").collect()
    ordered = sorted(found, key=lambda row: row["text"])
    assert [row["nth"] for row in ordered] == [nth for _, nth in rows]
    assert {len(row["text"]) for row in found} == {TEXT_LENGTH}
