"""The rows of a reference table in one state: a day, a nomenclature, or a file."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa

from ingestion.ref.loading import load_path
from ingestion.ref.staging import stage
from lakehouse import time
from lakehouse.errors import DataRefused, UsageError
from lakehouse.tables import Lake

NOW = "now"


def rows_of_state(lake: Lake, name: str, table: str, words: str) -> pa.Table:
    """Rows that hold in a state.

    Args:
        name: the list, as the operator names it.
        words: `now`, a date, a nomenclature such as AHTN2022, or the path of a file
            that is not loaded yet.

    Raises:
        UsageError: the words are none of these.
        DataRefused: not one row of the file could be taken.
    """
    if Path(words).is_file():
        return _rows_of_file(name, table, Path(words))
    if words == NOW:
        return _rows_on(lake, table, time.business_date(time.now()))
    try:
        return _rows_on(lake, table, date.fromisoformat(words))
    except ValueError:
        return _rows_of_nomenclature(lake, table, words)


def _rows_on(lake: Lake, table: str, day: date) -> pa.Table:
    return lake.read(
        table,
        f"select * from t where known_until is null and valid_from <= date '{day}' "
        f"and (valid_to is null or valid_to >= date '{day}')",
    )


def _rows_of_nomenclature(lake: Lake, table: str, code: str) -> pa.Table:
    if "nomenclature_code" in lake.contracts.table(table).columns:
        rows = lake.read(table, "select * from t where known_until is null")
        mine = rows.filter(pa.compute.equal(rows["nomenclature_code"], code))
        if len(mine):
            return mine
    raise UsageError(
        "unknown_state",
        f"`{code}` is no date, nomenclature of {table} or file",
        "Write now, a date (2026-01-31), a nomenclature (AHTN2022) or a path",
    )


def _rows_of_file(name: str, table: str, file: Path) -> pa.Table:
    """What a file would say, taken into a lake of its own that is then gone."""
    with tempfile.TemporaryDirectory() as folder:
        apart = Lake(Path(folder))
        cover = stage(apart.root / "landing" / "ref", name, file, _PREVIEW)
        loaded = load_path(apart, cover)
        if loaded.is_refused or table not in loaded.changed:
            first = loaded.refused[0] if loaded.refused else None
            raise DataRefused(
                first.code if first else "nothing_taken",
                f"{file.name}: {first.reason_vi if first else 'no row'}",
                "Correct the file; `customs ref load` says what it wants",
            )
        return apart.read(table, "select * from t where known_until is null")


_PREVIEW = {"legal_basis": "preview"}
