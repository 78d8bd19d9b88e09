"""Gold and features hold the same rows, however the arrivals come to them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lakehouse.derive.to_rows import to_rows
from lakehouse.gold import build_gold
from lakehouse.runs import start_run
from lakehouse.settings import settings
from lakehouse.tables import Lake
from tests.golden.incremental.arrivals import Message, core_rows, random_messages
from tests.golden.incremental.features import (
    enterprise_activity,
    nearest_rank,
    unit_prices,
)

pytestmark = pytest.mark.engine

LAST_DAY = date(2026, 12, 31)
FEATURES = ("feat.enterprise__activity", "feat.commodity_origin__price")


class Shop:
    """A lake whose core is written from messages, run by run."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lake = Lake(root)
        self._clock = monkeypatch
        self._messages: list[Message] = []
        self._written: dict[str, dict[tuple, dict]] = {}

    def run(self, messages: Iterable[Message], day: date = LAST_DAY) -> None:
        """One run on a day: messages come in, core follows, gold is built."""
        self._clock.setenv("CUSTOMS_NOW", f"{day}T05:00:00+07:00")
        settings.cache_clear()
        self._messages += messages
        with start_run(self.lake, "test") as run:
            for name, rows in core_rows(self._messages).items():
                self._write(name, rows, run.seq)
            build_gold(run)

    def _write(self, name: str, rows: list[dict], run_seq: int) -> None:
        table = self.lake.contracts.table(name)
        place = (*table.key, "registered_month")
        before = self._written.get(name, {})
        after = {}
        for row in rows:
            key = tuple(row[column] for column in place)
            known = before.get(key)
            same = known is not None and {**known, "_run_seq": 0} == {**row, "_run_seq": 0}
            after[key] = known if same else {**row, "_run_seq": run_seq}
        self._written[name] = after
        self.lake.overwrite(name, to_rows(table, list(after.values())))

    def table(self, name: str) -> list[tuple]:
        """Rows of a table without technical columns, in an order of their own."""
        table = self.lake.contracts.table(name)
        columns = [c for c, column in table.columns.items() if not column.is_technical]
        held = " where not _is_void" if "_is_void" in table.columns else ""
        rows = self.lake.read(name, f"select {', '.join(columns)} from t{held}")
        return sorted((tuple(row.values()) for row in rows.to_pylist()), key=repr)

    def tables(self, schema: str) -> list[str]:
        """Names of the tables of a schema."""
        return [n for n, t in self.lake.contracts.tables.items() if t.schema == schema]


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
    pieces = Shop(tmp_path / "pieces", monkeypatch)
    for batch in batches_of(messages, seed, count=4):
        pieces.run(batch)
    differing = [
        name
        for name in (*whole.tables("gold"), *whole.tables("feat"))
        if whole.table(name) != pieces.table(name)
    ]
    assert differing == []
