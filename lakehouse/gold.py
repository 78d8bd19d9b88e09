"""Gold and feature tables of a lake, brought up to date by dbt on our engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from lakehouse import gold_tax, time
from lakehouse.contracts import Contracts, Table
from lakehouse.derive.to_arrow import to_arrow
from lakehouse.engine import engine
from lakehouse.errors import DataRefused, UsageError
from lakehouse.gold_dbt import MODEL_SCHEMAS, NodeResult, invoke_dbt
from lakehouse.runs import Consumption, Run
from lakehouse.tables import Lake

CALENDAR = "gold.dim_date"
FIRST_DAY = "2014-01-01"
"""VNACCS took its first declaration in April of this year."""
_HOLIDAYS = "ref.holiday"


def build_gold(run: Run, select: str | None = None) -> dict[str, Any]:
    """Bring gold and feature tables up to date with all that stands left of them.

    A table that the run does not finish is not recorded as up to date, so that the
    next run takes the same changes again; merging them twice changes nothing.

    Args:
        select: table names separated by blanks; `+name` takes what stands left of it
            too, `name+` what stands right. All when None.

    Returns:
        Number of tables that were built, rows written in all, and the checks that
        warned.

    Raises:
        UsageError: the selection names no gold or feature table, or a model is wrong.
        DataRefused: a model failed, or a check that blocks does not hold.
    """
    names = select_tables(run.lake.contracts, select)
    if select is None and _has_calendar(run.lake):
        names.remove(CALENDAR)
    before = _register(run.lake, names)
    results = invoke_dbt(
        run.lake,
        ["build", "--exclude-resource-type", "unit_test"],
        names,
        context=_prepare(run, before),
    )
    rows = _record(run, results, before)
    _refuse(results)
    warnings = [f"{r.table}: {r.message}" for r in results if r.status == "warn"]
    return {"tables": len(rows), "rows": sum(rows.values()), "warnings": warnings}


def rebuild_gold(run: Run, select: str | None = None) -> dict[str, Any]:
    """Make tables again from nothing, with all that stands right of them.

    For what is not an arrival: a corrected model, or raw messages read again.

    Raises:
        UsageError: the selection names no gold or feature table, or a model is wrong.
        DataRefused: a model failed, or a check that blocks does not hold.
    """
    if select is not None:
        select = " ".join(f"{word.rstrip('+')}+" for word in select.split())
    for name in select_tables(run.lake.contracts, select):
        shutil.rmtree(run.lake.path(name), ignore_errors=True)
    return build_gold(run, select)


def select_tables(contracts: Contracts, select: str | None) -> list[str]:
    """Names of the gold and feature tables that a selection means.

    Raises:
        UsageError: a word of it names no such table.
    """
    models = {
        name: set(table.spec.sources)
        for name, table in contracts.tables.items()
        if table.schema in MODEL_SCHEMAS
    }
    if select is None:
        return sorted(models)
    right = {
        name: {other for other, sources in models.items() if name in sources}
        for name in models
    }
    chosen: set[str] = set()
    for word in select.split():
        name = word.strip("+")
        if name not in models:
            raise UsageError(
                "unknown_table",
                f"`{name}` is no gold or feature table",
                f"Choose from {', '.join(sorted(models))}",
            )
        chosen.add(name)
        if word.startswith("+"):
            chosen |= _reach(name, models)
        if word.endswith("+"):
            chosen |= _reach(name, right)
    return sorted(chosen)


def _has_calendar(lake: Lake) -> bool:
    """Whether the calendar reaches far enough and knows the newest list of holidays."""
    if not lake.exists(CALENDAR):
        return False
    newest = lake.read(CALENDAR, "select max(calendar_date) as day from t")["day"][0]
    if not newest.is_valid or newest.as_py().year < _last_year():
        return False
    listed = lake.read(_HOLIDAYS, "select max(_run_seq) as seq from t")["seq"][0]
    consumed = _last_runs(lake, {CALENDAR: lake.delta(CALENDAR)})[CALENDAR]
    return not listed.is_valid or bool(listed.as_py() <= consumed)


def _last_year() -> int:
    return time.business_date(time.now()).year + 1


def _reach(name: str, edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in edges.get(waiting.pop(), set()):
            if other in edges and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _register(lake: Lake, names: Iterable[str]) -> dict[str, DeltaTable]:
    """Make what the tables read and write known to the engine; the tables as they are.

    A table that is not there is made empty by its contract: dbt then finds its
    partitions as declared, and has nothing to create.
    """
    written: dict[str, DeltaTable] = {}
    needed: set[str] = set()
    for name in names:
        spec = lake.contracts.table(name).spec
        other = (target.rpartition(".")[0] for target in spec.references.values())
        needed |= {name, *spec.sources, *other}
    for name in sorted(needed):
        table = lake.contracts.table(name)
        if table.schema in MODEL_SCHEMAS:
            _create_nullable(lake, table)
        delta = lake.delta(name)
        engine().register(table, str(lake.path(name)))
        if name in names:
            written[name] = delta
    return written


def _create_nullable(lake: Lake, table: Table) -> None:
    """Make a table all of whose columns may be null in the Delta log.

    Sail checks NOT NULL by a filter that it moves below ours, so that it finds faults
    in rows that are dropped; and the time that it takes to plan a merge doubles with
    each such column. The table's test asks for required columns instead.
    """
    if lake.exists(table.name):
        return
    DeltaTable.create(
        str(lake.path(table.name)),
        schema=pa.schema([field.with_nullable(True) for field in to_arrow(table)]),
        mode="ignore",
        partition_by=table.spec.partition_by or None,
        name=table.name,
        description=table.grain,
    )


def _prepare(run: Run, tables: Mapping[str, DeltaTable]) -> dict[str, object]:
    """Clear what an earlier run left, and say what models may know of this one."""
    today = time.business_date(time.now())
    stage = run.lake.root / "ops" / "_dbt" / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    spark = engine().spark
    spark.sql("drop schema if exists stage cascade")
    spark.sql("create schema stage")
    last_runs, scope = _last_runs(run.lake, tables), gold_tax.ALL
    if gold_tax.FACT in tables:
        scope = gold_tax.work_out_taxes(run.lake, last_runs[gold_tax.FACT], stage)
    return {
        "run_seq": run.seq,
        "as_of_date": today.isoformat(),
        "calendar_ends": [FIRST_DAY, f"{_last_year()}-12-31"],
        "stage_path": str(stage),
        "last_runs": last_runs,
        "worked_out_scope": scope,
        "empty_tables": [n for n, table in tables.items() if not table.file_uris()],
    }


def _last_runs(lake: Lake, tables: Mapping[str, DeltaTable]) -> dict[str, int]:
    rows = lake.read(
        "ops.run_table",
        "select table_name, max(run_seq) as run_seq from t group by table_name",
    )
    known = {row["table_name"]: row["run_seq"] for row in rows.to_pylist()}
    # A table that was removed and made anew has consumed nothing, whatever is recorded.
    return {
        name: known.get(name, 0) if table.version() > 0 else 0
        for name, table in tables.items()
    }


def _record(
    run: Run, results: Sequence[NodeResult], before: Mapping[str, DeltaTable]
) -> dict[str, int]:
    """Say of each table that was built and holds its contract that it is up to date."""
    bad = {r.table for r in results if r.status in ("fail", "error", "skipped")}
    done = [
        Consumption(r.table, _rows_written(before[r.table]), r.started_at)
        for r in results
        if r.kind == "model" and r.table not in bad
    ]
    run.record(*done)
    return {one.table: one.rows or 0 for one in done}


def _rows_written(table: DeltaTable) -> int:
    """Rows inserted, updated and deleted by the commits after a version."""
    version = table.version()
    table.update_incremental()
    news = table.version() - version
    commits = table.history(news) if news else []
    metrics = [commit.get("operationMetrics", {}) for commit in commits]
    return sum(_rows_of(one) for one in metrics)


def _rows_of(metrics: Mapping[str, Any]) -> int:
    kinds = ("Inserted", "Updated", "Deleted")
    merged = [metrics.get(f"numTargetRows{kind}") for kind in kinds]
    if any(count is not None for count in merged):
        return sum(int(count or 0) for count in merged)
    return int(metrics.get("numOutputRows") or 0)


def _refuse(results: Iterable[NodeResult]) -> None:
    for result in results:
        if result.status == "error":
            raise DataRefused(
                "model_failed",
                f"{result.table}: {result.message}",
                "Nothing to the right of it was built; correct the cause and run again",
            )
        if result.status == "fail":
            raise DataRefused(
                "check_failed",
                f"{result.table} breaks its contract: {result.message}",
                "Nothing to the right of it was built; correct the cause and run again",
            )
