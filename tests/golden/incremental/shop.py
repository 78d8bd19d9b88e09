"""A lake whose core is written from messages, and whose gold is built from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lakehouse.derive.to_rows import to_rows
from lakehouse.gold import build_gold
from lakehouse.runs import Run, start_run
from lakehouse.settings import settings
from lakehouse.tables import Lake
from tests.golden.incremental.arrivals import Message
from tests.golden.incremental.core import core_rows
from tests.golden.incremental.lists import list_rows

MONTH = "core.vnaccs__declaration_month"
LAST_DAY = date(2026, 12, 31)


class Shop:
    """A lake whose core is written from messages, run by run.

    Reference lists come with one of the runs, the first unless said otherwise.
    """

    def __init__(
        self, root: Path, clock: pytest.MonkeyPatch, *, lists_in_run: int = 1
    ) -> None:
        self.lake = Lake(root)
        self._lists_in_run = lists_in_run
        self._clock = clock
        self._messages: list[Message] = []
        self._months: list[dict] = []
        self._written: dict[str, dict[tuple, dict]] = {}

    def run(
        self, messages: Iterable[Message] = (), day: date = LAST_DAY
    ) -> dict[str, Any]:
        """One run on a day: messages come in, core follows, gold is built."""
        self.set_day(day)
        with start_run(self.lake, "test") as run:
            self.write_core(run, messages)
            return build_gold(run)

    def set_day(self, day: date) -> None:
        """Let the clock stand at five in the morning of a day in Viet Nam."""
        self._clock.setenv("CUSTOMS_NOW", f"{day}T05:00:00+07:00")
        settings.cache_clear()

    def write_core(self, run: Run, messages: Iterable[Message]) -> None:
        """Core tables as they follow from all messages that have come."""
        self._messages += messages
        rows = core_rows(self._messages)
        self._remember_moves(rows[MONTH])
        if run.seq == self._lists_in_run:
            rows |= list_rows()
        for name in rows:
            self._write(name, rows[name], run.seq)

    def _remember_moves(self, months: list[dict]) -> None:
        """A declaration that moves leaves the name of its month in the index."""
        known = {row["declaration_key"]: row for row in self._months}
        for row in months:
            before = known.get(row["declaration_key"], row)
            earlier = before.get("_earlier_months")
            if before["registered_month"] != row["registered_month"]:
                earlier = f"{earlier or ''} {before['registered_month']}".strip()
            row["_earlier_months"] = earlier
        self._months = months

    def _write(self, name: str, rows: list[dict], run_seq: int) -> None:
        table = self.lake.contracts.table(name)
        place = tuple({*table.key, *table.spec.partition_by})
        before = self._written.get(name, {})
        after = {}
        for row in rows:
            key = tuple(row[column] for column in place)
            known = before.get(key, {})
            is_same = {**known, "_run_seq": 0} == {**row, "_run_seq": 0}
            after[key] = known if is_same else {**row, "_run_seq": run_seq}
        self._written[name] = after
        self.lake.overwrite(name, to_rows(table, list(after.values())))

    def table(self, name: str) -> list[tuple]:
        """Rows of a table without technical columns, in an order of their own."""
        table = self.lake.contracts.table(name)
        columns = [c for c, column in table.columns.items() if not column.is_technical]
        held = " where not _is_void" if "_is_void" in table.columns else ""
        rows = self.lake.read(name, f"select {', '.join(columns)} from t{held}")
        told = (tuple(_told(v) for v in row.values()) for row in rows.to_pylist())
        return sorted(told, key=repr)

    def changed_in_last_run(self, name: str) -> list[dict]:
        """Rows of a table that the newest run wrote."""
        newest = "select max(run_seq) as seq from t"
        seq = self.lake.read("ops.run", newest)["seq"][0].as_py()
        found = self.lake.read(name, f"select * from t where _run_seq = {seq}")
        return list(found.to_pylist())

    def tables(self, *schemas: str) -> list[str]:
        """Names of the tables of some schemas."""
        known = self.lake.contracts.tables.items()
        return [name for name, table in known if table.schema in schemas]


def _told(value: object) -> object:
    # Doubles are equal to 1e-9 of their size (design, one dialect and two engines).
    return float(f"{value:.9e}") if isinstance(value, float) else value
