"""Bring the reference tables up to date with the list files not yet consumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse import time
from lakehouse.delimited import Reasons
from lakehouse.intake import committed_batches
from lakehouse.refused import REFUSED_SCHEMA, append_refused
from lakehouse.runs import Consumption, Run
from transforms.ref.checks import check_reasons, failed_checks
from transforms.ref.edition import Edition, apply_edition
from transforms.ref.typed import REASONS, Values, payload_of, type_rows

if TYPE_CHECKING:
    from lakehouse.replace import Workspace

RAW = "raw.ref__row"
_PLACE = ("_batch_seq", "_source_file", "_source_offset", "_received_at")


def update(run: Run, work: Workspace | None) -> dict[str, int]:
    """Bring every table that new list files name up to date; rows changed by table.

    The lists are small and need no engine: Arrow and delta-rs do.
    """
    batches = committed_batches(run.lake, "ref", run.consumed(RAW))
    if not batches:
        return {}
    started = time.now()
    wanted = ", ".join(str(batch) for batch in batches)
    raw = _read(run, RAW, f"select * from t where _batch_seq in ({wanted})")
    changed: dict[str, int] = {}
    for name in sorted(pc.unique(raw["table_name"]).to_pylist()):
        mine = raw.filter(pc.equal(raw["table_name"], pa.scalar(name)))
        if name not in run.lake.contracts.tables or not name.startswith("ref."):
            _refuse(run, RAW, mine, pa.repeat(pa.scalar("unknown_list"), len(mine)))
            continue
        changed[name] = _update_table(run, name, mine, max(batches))
    done = {**changed, RAW: len(raw)}
    run.record(*(Consumption(name, rows, started) for name, rows in done.items()))
    return changed


def build_ref(run: Run) -> dict[str, int]:
    """The stage that brings the reference tables alone up to date."""
    return update(run, None)


def _read(run: Run, name: str, sql: str) -> pa.Table:
    """Rows in the types of the contract; a query alone gives views of strings."""
    return run.lake.conform(name, run.lake.read(name, sql))


def _update_table(run: Run, name: str, raw: pa.Table, batch: int) -> int:
    """Apply the files of one table in order of arrival, in one commit."""
    application = f"customs/ref/{name}"
    if run.lake.transaction(name, application) >= batch:
        # Driven again after a crash: this table was written before it.
        return 0
    rows, changed = _read(run, name, "select * from t"), 0
    for file in _files(raw):
        table = run.lake.contracts.table(name)
        typed = type_rows(file, table)
        codes = pc.coalesce(typed.codes, failed_checks(typed.rows, table))
        fits = np.flatnonzero(np.asarray(pc.is_null(codes)))
        edition = _edition(file, typed.rows.take(pa.array(fits)), fits)
        change = apply_edition(rows, edition, table, run.seq)
        told = codes.to_pylist()
        for place, code in change.refused.items():
            told[fits[place]] = code
        _refuse(run, name, file, pa.array(told, pa.string()), check_reasons(table))
        rows = change.table
        changed += change.added + change.changed + change.removed
    run.lake.overwrite(name, rows, (application, batch))
    return changed


def _files(raw: pa.Table) -> Iterator[pa.Table]:
    """Rows of each file as they stand in it, the earliest arrival first."""
    # A query gives rows in any order, and of rows with one code the first may stand.
    raw = raw.sort_by("_source_offset")
    files = raw.group_by(["_received_at", "_source_file"]).aggregate([])
    for file in files.sort_by(
        [("_received_at", "ascending"), ("_source_file", "ascending")]
    ).to_pylist():
        yield raw.filter(
            pc.and_(
                pc.equal(raw["_source_file"], pa.scalar(file["_source_file"])),
                pc.equal(raw["_received_at"], pa.scalar(file["_received_at"])),
            )
        )


def _edition(file: pa.Table, rows: pa.Table, fits: np.ndarray) -> Edition:
    chosen = file.take(pa.array(fits))
    arrived_at = file["_received_at"][0].as_py()
    first_start, stated = (
        pc.min(pc.cast(file[name], pa.date32())).as_py()
        for name in ("list_start_date", "edition_date")
    )
    return Edition(
        rows=rows,
        hashes=chosen["_record_hash"].combine_chunks(),
        is_gap=pc.equal(chosen["is_gap"], pa.scalar("true")).combine_chunks(),
        list_code=file["list_code"][0].as_py(),
        # A row that could not be typed may be the one whose code seems to be gone.
        is_whole=len(fits) == len(file)
        and pc.all(pc.equal(file["is_whole_list"], pa.scalar("true"))).as_py(),
        first_start=first_start,
        arrived_at=arrived_at,
        holds_from=stated or time.business_date(arrived_at),
        keeps_first=file["repeat_rule_code"][0].as_py() == "first",
    )


def _refuse(
    run: Run, table: str, file: pa.Table, codes: Values, checks: Reasons | None = None
) -> None:
    rows = file.select(_PLACE).append_column("code", codes)
    payload = payload_of(file["cells"].combine_chunks(), codes)
    rows = rows.append_column("payload", payload).filter(pc.is_valid(codes))
    reasons = {**REASONS, **(checks or {})}
    append_refused(run, table, reasons, rows.select(REFUSED_SCHEMA.names))
