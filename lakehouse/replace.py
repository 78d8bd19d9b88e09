"""Bring the rows of some subjects in a table to a new state, touching only changes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.engine import engine
from lakehouse.gate import guard
from lakehouse.runs import Run

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType


class Workspace:
    """Intermediate results of one run as Parquet beside the lake's operations.

    The embedded engine does not keep a frame: one that is read more than once is
    written once. The folder is emptied at the start of each run.
    """

    def __init__(self, run: Run) -> None:
        self._root = run.lake.root / "ops" / "_work"
        self._count = 0

    def clear(self) -> None:
        """Forget everything that an earlier run left."""
        shutil.rmtree(self._root, ignore_errors=True)

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write a frame once and return it for many readings."""
        self._count += 1
        path = str(self._root / f"{self._count:03d}_{name}")
        frame.write.mode("overwrite").parquet(path)
        return engine().spark.read.schema(_nullable(frame.schema)).parquet(path)


def replace_subjects(
    run: Run,
    work: Workspace,
    table: Table,
    fresh: DataFrame,
    known: DataFrame,
    subject: str,
) -> int:
    """Make the rows of the subjects in `known` and `fresh` those of `fresh`.

    Rows of subjects that were not known are appended; of the others only what differs
    is merged, into the partitions in which it lies.

    Args:
        fresh: all rows that the subjects must have, with the contract's columns but
            `_run_seq`; read several times, so it should be kept.
        known: all rows that the subjects have now.
        subject: column that names the subject.

    Returns:
        Rows written, changed or removed.

    Raises:
        DataRefused: two fresh rows share a key, or a blocking check fails.
    """
    rows = fresh.select(*_values(table))
    run.lake.delta(table.name)
    seen = work.keep(known.select(subject).distinct(), f"{table.short_name}_seen")
    if not seen.limit(1).collect():
        return _append(run, table, guard(run, table, rows))
    new = rows.join(seen, on=subject, how="left_anti")
    touched = rows.join(seen, on=subject, how="left_semi")
    changes = work.keep(_changes(table, touched, known), f"{table.short_name}_changes")
    return _write(run, work, table, new, changes)


def _write(
    run: Run, work: Workspace, table: Table, new: DataFrame, changes: DataFrame
) -> int:
    """Merge what changed and append what is new, both through the gate as one."""
    removed = changes.where("_change = 'delete'")
    written = work.keep(
        changes.where("_change <> 'delete'").unionByName(
            new.selectExpr("'append' as _change", "*")
        ),
        f"{table.short_name}_written",
    )
    passed = guard(run, table, written)
    merged = passed.where("_change <> 'append'").unionByName(removed)
    appended = passed.where("_change = 'append'")
    return _merge(run, table, merged) + _append(run, table, appended)


def literals(frame: DataFrame, column: str) -> str:
    """The distinct values of a partition column as SQL literals.

    A merge or a scan reads only the partitions that stand in it as literals.
    """
    found = sorted(row[0] for row in frame.select(column).distinct().collect())
    return ", ".join("'" + str(value).replace("'", "''") + "'" for value in found)


def _append(run: Run, table: Table, rows: DataFrame) -> int:
    count: int = rows.count()
    if count:
        stored = rows.selectExpr(*_stored(table, run.seq))
        path = str(run.lake.path(table.name))
        stored.write.format("delta").mode("append").save(path)
    return count


def _changes(table: Table, fresh: DataFrame, known: DataFrame) -> DataFrame:
    keys = _place(table)
    left, right = fresh.alias("f"), known.select(*_values(table)).alias("k")
    same_place = " and ".join(f"f.{key} = k.{key}" for key in keys)
    differs = " or ".join(
        f"not (f.{name} <=> k.{name})" for name in _values(table) if name not in keys
    )
    change = (
        f"case when k.{keys[0]} is null then 'insert' "
        f"when f.{keys[0]} is null then 'delete' "
        f"when {differs} then 'update' end as _change"
    )
    newest = (
        f"case when f.{keys[0]} is null then k.{name} else f.{name} end as {name}"
        for name in _values(table)
    )
    from pyspark.sql import functions as F

    return (
        left.join(right, F.expr(same_place), how="full_outer")
        .selectExpr(change, *newest)
        .where("_change is not null")
    )


def _merge(run: Run, table: Table, changes: DataFrame) -> int:
    count: int = changes.count()
    if not count:
        return 0
    spark = engine().spark
    engine().register(table, str(run.lake.path(table.name)))
    changes.createOrReplaceTempView("table_changes")
    spark.sql(
        f"merge into {table.name} as t "
        f"using (select _change, {', '.join(_stored(table, run.seq))} "
        "from table_changes) as s "
        f"on {' and '.join(_conditions(table, changes))} "
        "when matched and s._change = 'delete' then delete "
        "when matched then update set "
        f"{', '.join(f'{name} = s.{name}' for name in table.columns)} "
        "when not matched and s._change <> 'delete' then insert "
        f"({', '.join(table.columns)}) "
        f"values ({', '.join(f's.{name}' for name in table.columns)})"
    ).collect()
    return count


def _conditions(table: Table, changes: DataFrame) -> list[str]:
    pruned = [
        f"t.{column} in ({literals(changes, column)})"
        for column in table.spec.partition_by
    ]
    return pruned + [f"t.{key} = s.{key}" for key in _place(table)]


def _place(table: Table) -> Sequence[str]:
    # A row that moves to another partition is removed there and put here.
    moved = [name for name in table.spec.partition_by if name not in table.key]
    return [*table.key, *moved]


def _values(table: Table) -> list[str]:
    return [name for name in table.columns if name != "_run_seq"]


def _stored(table: Table, run_seq: int) -> list[str]:
    return [
        f"cast({run_seq} as bigint) as _run_seq" if name == "_run_seq" else name
        for name in table.columns
    ]


def _nullable(schema: StructType) -> StructType:
    # A frame without rows leaves no file to take a schema from; and what is read from
    # a file may be null for the engine, whatever the frame promised.
    for field in schema.fields:
        field.nullable = True
    return schema
