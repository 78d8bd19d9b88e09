"""Gold and feature tables of a lake, brought up to date by dbt on the running engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
from deltalake import DeltaTable

from lakehouse import time
from lakehouse.contracts import Contracts, Table
from lakehouse.derive.to_arrow import to_arrow
from lakehouse.engine import engine
from lakehouse.errors import DataRefused, UsageError
from lakehouse.gold_calendar import calendar
from lakehouse.gold_dbt import MODEL_SCHEMAS, NodeResult, invoke_dbt
from lakehouse.runs import Run
from lakehouse.tables import Lake


def build_gold(run: Run, select: str | None = None) -> dict[str, int]:
    """Bring gold and feature tables up to date with all that stands left of them.

    A table that the run does not finish is not recorded as up to date, so that the
    next run takes the same changes again; merging them twice changes nothing.

    Args:
        select: table names separated by blanks; `+name` takes what stands left of it
            too, `name+` what stands right. All when None.

    Returns:
        Number of tables that were built and of checks that warned.

    Raises:
        UsageError: the selection names no gold or feature table, or a model is wrong.
        DataRefused: a model failed, or a check that blocks does not hold.
    """
    names = select_tables(run.lake.contracts, select)
    _register(run.lake, names)
    results = invoke_dbt(
        run.lake,
        ["build", "--exclude-resource-type", "unit_test"],
        names,
        context=_prepare(run, names),
    )
    built = _record(run, results)
    _refuse(results)
    warned = sum(result.status == "warn" for result in results)
    return {"tables": len(built), "warnings": warned}


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


def _reach(name: str, edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in edges.get(waiting.pop(), set()):
            if other in edges and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _register(lake: Lake, names: Iterable[str]) -> None:
    needed: set[str] = set()
    for name in names:
        spec = lake.contracts.table(name).spec
        other = (target.rpartition(".")[0] for target in spec.references.values())
        needed |= {name, *spec.sources, *other}
    for name in sorted(needed):
        # Made by its contract if it is not there: dbt then finds types and partitions
        # as declared, and always merges.
        table = lake.contracts.table(name)
        if table.schema in MODEL_SCHEMAS:
            _create_empty(lake, table)
        else:
            lake.delta(name)
        engine().register(table, str(lake.path(name)))


def _create_empty(lake: Lake, table: Table) -> None:
    """Make a table all of whose columns may be null in the Delta log.

    Sail checks NOT NULL by a filter that it moves below ours, so that it finds faults in
    rows that are dropped; and the time that it takes to plan a merge doubles with each
    such column. The table's test asks for required columns instead.
    """
    if lake.exists(table.name):
        return
    fields = [field.with_nullable(True) for field in to_arrow(table)]
    DeltaTable.create(
        str(lake.path(table.name)),
        schema=pa.schema(fields),
        mode="ignore",
        partition_by=table.spec.partition_by or None,
        name=table.name,
        description=table.grain,
    )


def _prepare(run: Run, names: Sequence[str]) -> dict[str, object]:
    """Clear what an earlier run left, and say what models may know of this one."""
    today = time.business_date(time.now())
    stage = run.lake.root / "ops" / "_dbt" / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    spark = engine().spark
    spark.sql("drop schema if exists stage cascade")
    spark.sql("create schema stage")
    if "gold.dim_date" in names:
        rows = calendar(today.year + 1)
        spark.createDataFrame(rows).createOrReplaceTempView("ops_calendar")
    empty = [name for name in names if not run.lake.delta(name).file_uris()]
    return {
        "run_seq": run.seq,
        "as_of_date": today.isoformat(),
        "stage_path": str(stage),
        "last_runs": _last_runs(run.lake, names),
        "empty_tables": empty,
    }


def _last_runs(lake: Lake, names: Iterable[str]) -> dict[str, int]:
    rows = lake.read(
        "ops.run_table",
        "select table_name, max(run_seq) as run_seq from t group by table_name",
    )
    known = dict(zip(rows["table_name"].to_pylist(), rows["run_seq"].to_pylist()))
    return {name: known.get(name, 0) for name in names}


def _record(run: Run, results: Iterable[NodeResult]) -> list[str]:
    results = list(results)
    refused = {r.table for r in results if r.status in ("fail", "error", "skipped")}
    built = []
    for result in results:
        if result.kind == "model" and result.table not in refused:
            run.record(result.table, None, result.started_at)
            built.append(result.table)
    return built


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
                f"{result.table}: {result.message}",
                "Nothing to the right of it was built; correct the rows and run again",
            )
