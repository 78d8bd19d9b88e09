"""How fresh a lake is: each table and source against what its contract promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from lakehouse import time
from lakehouse.contracts import Table
from lakehouse.tables import Lake

Freshness = Literal["fresh", "late", "never", "unpromised"]
"""`unpromised`: the contract names no delay within which data must come."""

_ARRIVED = ("_received_at", "received_at", "known_from")
"""Columns that say when a row came to us, in the order in which they are believed."""
_BUSINESS_DATES = ("registered_date", "as_of_date")
"""Columns that say which business day a row belongs to."""
_RAW_MESSAGE = "raw.{source}__message"


class TableState(msgspec.Struct, frozen=True):
    """One table as it stands; what is not known of it is None.

    Attributes:
        newest_run: last run that brought the table up to date.
        updated_at: when that run was done with it.
        newest_at: newest arrival among its rows, where rows keep their arrival.
        newest_date: newest business date among its rows, where they have one.
        expected_hours: delay that the contract promises.
    """

    name: str
    title_vi: str
    title_en: str
    rows: int | None
    version: int | None
    newest_run: int | None
    updated_at: datetime | None
    newest_at: datetime | None
    newest_date: date | None
    expected_hours: int | None
    freshness: Freshness


class SourceState(msgspec.Struct, frozen=True):
    """One source: what came in, what waits, what was refused."""

    source: str
    title_vi: str
    title_en: str
    last_batch_at: datetime | None
    newest_at: datetime | None
    messages: int
    accepted: int
    rejected: int
    pending: int
    expected_hours: int | None
    freshness: Freshness


def freshness_of(
    moment: datetime | None, expected_hours: int | None, *, rows: int | None
) -> Freshness:
    """Whether newest data of a moment is fresh now, by the delay that was promised."""
    if not rows:
        return "never"
    if expected_hours is None:
        return "unpromised"
    if moment is None:
        return "late"
    return "late" if time.now() - moment > timedelta(hours=expected_hours) else "fresh"


def table_states(
    lake: Lake, names: Iterable[str], *, versions: Mapping[str, int] | None = None
) -> list[TableState]:
    """States of some tables, by name; read from their logs, so big ones cost no more.

    Args:
        versions: Delta versions of one manifest; the newest where it names none.
    """
    runs = _newest_runs(lake)
    chosen = versions or {}
    return [
        _state(lake, lake.contracts.table(name), chosen.get(name), runs.get(name, {}))
        for name in sorted(names)
    ]


def as_of_now(state: TableState) -> TableState:
    """The same state with its freshness judged again."""
    moment = state.newest_at or state.updated_at
    freshness = freshness_of(moment, state.expected_hours, rows=state.rows)
    return msgspec.structs.replace(state, freshness=freshness)


def source_states(lake: Lake) -> list[SourceState]:
    """States of the sources that have evidence of their own, by code."""
    batches = {
        row["source_code"]: row
        for row in lake.read(
            "ops.batch",
            "select source_code, sum(message_count) as messages, "
            "sum(accepted_count) as accepted, sum(rejected_count) as rejected, "
            "max(planned_at) as last_batch_at "
            "from t where batch_status = 'committed' group by source_code",
        ).to_pylist()
    }
    waiting = {
        row["source_code"]: row["pending"]
        for row in lake.read(
            "ops.pending",
            "select source_code, count(*) as pending from t "
            "where resolved_batch_seq is null group by source_code",
        ).to_pylist()
    }
    return [
        _source(lake, source, batches.get(source, {}), waiting.get(source, 0))
        for source in sources_of(lake)
    ]


def sources_of(lake: Lake) -> list[str]:
    """Codes of the sources whose evidence has a contract."""
    before, _, after = _RAW_MESSAGE.partition("{source}")
    return sorted(
        name.removeprefix(before).removesuffix(after)
        for name in lake.contracts.tables
        if name.startswith(before) and name.endswith(after)
    )


def _newest_runs(lake: Lake) -> dict[str, dict[str, Any]]:
    rows = lake.read(
        "ops.run_table",
        "select table_name, max(run_seq) as run_seq, max(ended_at) as ended_at "
        "from t group by table_name",
    )
    return {row["table_name"]: row for row in rows.to_pylist()}


def _state(
    lake: Lake, table: Table, version: int | None, run: Mapping[str, Any]
) -> TableState:
    promise = table.spec.freshness
    expected = promise.expected_delay_hours if promise else None
    rows = newest_at = newest_date = None
    if lake.exists(table.name):
        delta = DeltaTable(str(lake.path(table.name)), version=version)
        version = delta.version()
        files = pa.table(delta.get_add_actions(flatten=True))
        rows = pc.sum(files["num_records"]).as_py() or 0
        if rows:
            newest_at = _newest(lake, table, files, _ARRIVED, "timestamp")
            newest_date = _newest(lake, table, files, _BUSINESS_DATES, "date")
    updated_at = run.get("ended_at")
    return TableState(
        name=table.name,
        title_vi=table.spec.title_vi,
        title_en=table.spec.title_en,
        rows=rows,
        version=version,
        newest_run=run.get("run_seq"),
        updated_at=updated_at,
        newest_at=newest_at,
        newest_date=newest_date,
        expected_hours=expected,
        freshness=freshness_of(newest_at or updated_at, expected, rows=rows),
    )


def _newest(
    lake: Lake, table: Table, files: pa.Table, columns: tuple[str, ...], kind: str
) -> Any:  # noqa: ANN401 - a date or a moment
    """Largest value of the first column that the table has, all of one type.

    The statistics of the files answer it where every file has them.
    """
    spec = table.columns
    column = next((n for n in columns if n in spec and spec[n].type == kind), None)
    if column is None:
        return None
    kept = f"max.{column}"
    if kept in files.column_names and files[kept].null_count == 0:
        return pc.max(files[kept]).as_py()
    return lake.read(table.name, f"select max({column}) as m from t")["m"][0].as_py()


def _source(
    lake: Lake, source: str, batch: Mapping[str, Any], pending: int
) -> SourceState:
    table = lake.contracts.table(_RAW_MESSAGE.format(source=source))
    state = _state(lake, table, None, {})
    return SourceState(
        source=source,
        title_vi=state.title_vi,
        title_en=state.title_en,
        last_batch_at=batch.get("last_batch_at"),
        newest_at=state.newest_at,
        messages=batch.get("messages") or 0,
        accepted=batch.get("accepted") or 0,
        rejected=batch.get("rejected") or 0,
        pending=pending,
        expected_hours=state.expected_hours,
        freshness=state.freshness,
    )
