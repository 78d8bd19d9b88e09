"""Bring the rows of some subjects in a table to a new state, touching only changes."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import write_deltalake

from lakehouse.contracts import Table
from lakehouse.derive.to_arrow import to_arrow
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
        self._numbers = itertools.count(1)

    def clear(self) -> None:
        """Forget everything that an earlier run left."""
        shutil.rmtree(self._root, ignore_errors=True)

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write a frame once and return it for many readings."""
        path = self._write(frame, name)
        return engine().spark.read.schema(_nullable(frame.schema)).parquet(path)

    def stream(
        self, frame: DataFrame, name: str, schema: pa.Schema
    ) -> pa.RecordBatchReader:
        """Write a frame once and read it back as Arrow, a batch at a time."""
        path = self._write(frame, name)
        # Without rows there is no folder either.
        Path(path).mkdir(parents=True, exist_ok=True)
        return ds.dataset(path, schema=schema, format="parquet").scanner().to_reader()

    def _write(self, frame: DataFrame, name: str) -> str:
        path = str(self._root / f"{next(self._numbers):03d}_{name}")
        # It is read again at once.
        frame.write.mode("overwrite").option("compression", "lz4_raw").parquet(path)
        return path


def replace_subjects(
    run: Run,
    work: Workspace,
    table: Table,
    fresh: DataFrame,
    known: DataFrame,
    subject: str,
    apart: Sequence[str] = (),
) -> int:
    """Make the rows of the subjects in `known` and `fresh` those of `fresh`.

    Rows of subjects that were not known are appended; where rows of the others differ,
    the places in which they lie are written again.

    Args:
        fresh: all rows that the subjects must have, with the contract's columns but
            `_run_seq`; read several times, so it should be kept.
        known: all rows that the subjects have now.
        subject: column that names the subject.
        apart: columns besides the partitions by which files lie apart, such as a day.

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
    places = _places(table, apart)
    changes = work.keep(
        _changes(table, touched, known, [*table.key, *places]),
        f"{table.short_name}_changes",
    )
    return _write(run, work, table, new, changes, places)


def _write(
    run: Run,
    work: Workspace,
    table: Table,
    new: DataFrame,
    changes: DataFrame,
    places: Sequence[str],
) -> int:
    """Write what changed and append what is new, both through the gate as one."""
    removed = changes.where("_change = 'delete'")
    written = work.keep(
        changes.where("_change <> 'delete'").unionByName(
            new.selectExpr("'append' as _change", "*")
        ),
        f"{table.short_name}_written",
    )
    passed = guard(run, table, written)
    if not changes.where("_change <> 'insert'").limit(1).collect():
        # Nothing that stands changes.
        return _append(run, table, passed)
    changed = passed.where("_change <> 'append'").unionByName(removed)
    appended = passed.where("_change = 'append'")
    count = _rewrite(run, work, table, changed, places)
    return count + _append(run, table, appended)


def literals(frame: DataFrame, column: str) -> str:
    """The distinct values of a column as SQL literals, null where there are none.

    A scan reads only the partitions and files of what stands in it as literals.
    """
    found = sorted(row[0] for row in frame.select(column).distinct().collect())
    return ", ".join(_literal(value) for value in found) or "null"


def _literal(value: object) -> str:
    text = "'" + str(value).replace("'", "''") + "'"
    return f"date{text}" if isinstance(value, date) else text


def _append(run: Run, table: Table, rows: DataFrame) -> int:
    count: int = rows.count()
    if count:
        stored = rows.selectExpr(*_stored(table, run.seq))
        path = str(run.lake.path(table.name))
        stored.write.format("delta").mode("append").save(path)
    return count


def _changes(
    table: Table, fresh: DataFrame, known: DataFrame, keys: Sequence[str]
) -> DataFrame:
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


def _rewrite(
    run: Run,
    work: Workspace,
    table: Table,
    changes: DataFrame,
    places: Sequence[str],
) -> int:
    """Write the places in which something changes again, in one commit.

    A merge of the engine passes over partitions only, and reads the others several
    times; this passes over files by their statistics and reads the others once.
    """
    count: int = changes.count()
    if not count:
        # The gate set every change aside.
        return 0
    here = " and ".join(f"{name} in ({literals(changes, name)})" for name in places)
    engine().register(table, str(run.lake.path(table.name)))
    stored = engine().spark.table(table.name).where(here or "true")
    stays = stored.join(changes, on=[*table.key, *places], how="left_anti")
    fresh = changes.where("_change <> 'delete'").selectExpr(*_stored(table, run.seq))
    rows = stays.select(*table.columns).unionByName(fresh)
    write_deltalake(
        run.lake.delta(table.name),
        work.stream(rows, f"{table.short_name}_rewritten", to_arrow(table)),
        mode="overwrite",
        predicate=here or None,
    )
    return count


def _places(table: Table, apart: Sequence[str]) -> list[str]:
    # A row that moves to another place is removed there and put here.
    names = [*table.spec.partition_by, *apart]
    return [name for name in names if name not in table.key]


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
