"""Runs: one writer at a time, numbers without gaps, outcomes, and the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from ulid import ULID

from lakehouse import time
from lakehouse.errors import CustomsError, EnvironmentFault
from lakehouse.lease import hold_lease
from lakehouse.migrations import check_lake_version
from lakehouse.tables import Lake, rows_of

PUBLISHED_SCHEMAS = ("core", "gold", "feat", "ref")


class Consumption(NamedTuple):
    """That a table has consumed all that stands left of it.

    Attributes:
        table: its full name.
        rows: rows written for it.
    """

    table: str
    rows: int | None
    started_at: datetime


class Run:
    """A run in progress.

    Attributes:
        lake: the lake that the run writes.
        seq: number of the run; it is the fencing token and the `_run_seq` of every
            row that the run writes.
        started_at: start of the run, UTC.
    """

    def __init__(self, lake: Lake, seq: int, started_at: datetime) -> None:
        self.lake = lake
        self.seq = seq
        self.started_at = started_at

    def record(self, *done: Consumption) -> None:
        """Say what tables have consumed, in one commit."""
        ended_at = time.now()
        rows = [
            {
                "run_seq": self.seq,
                "table_name": one.table,
                "row_count": one.rows,
                "started_at": one.started_at,
                "ended_at": ended_at,
            }
            for one in done
        ]
        if rows:
            self.lake.append("ops.run_table", rows_of("ops.run_table", rows, self.lake))

    def consumed(self, *tables: str) -> int:
        """Newest run whose left-hand side all the tables have consumed, 0 if none."""
        return consumed(self.lake, *tables)

    def check_fence(self) -> None:
        """Make sure that no later run has started.

        Raises:
            EnvironmentFault: a later run holds the lake; this one must not write.
        """
        newest = _newest_run(self.lake)
        if newest != self.seq:
            raise EnvironmentFault(
                "fenced_off",
                f"run {newest} has started after run {self.seq}",
                "Let the later run finish; this one has written nothing more",
            )


def consumed(lake: Lake, *tables: str) -> int:
    """Newest run whose left-hand side all the tables have consumed, 0 if none."""
    names = ", ".join(f"'{name}'" for name in tables)
    newest = lake.read(
        "ops.run_table",
        f"select max(run_seq) as seq from t where table_name in ({names}) "
        "group by table_name",
    )["seq"].to_pylist()
    return int(min(newest)) if len(newest) == len(set(tables)) else 0


@contextmanager
def start_run(lake: Lake, command: str) -> Iterator[Run]:
    """Hold the lake for one run; write its outcome and, if it ends well, the manifest.

    Raises:
        EnvironmentFault: another run writes the lake, it cannot be written, or it is
            of a newer version than this software.
    """
    with hold_lease(lake.root, command):
        check_lake_version(lake)
        _close_killed_runs(lake)
        run = Run(lake, _newest_run(lake) + 1, time.now())
        _append_run(run, command)
        try:
            yield run
        except BaseException as error:
            _end_run(run, "failed", _one_line(error))
            raise
        run.check_fence()
        _write_manifest(run)
        _end_run(run, "succeeded", None)


def _append_run(run: Run, command: str) -> None:
    row = {
        "run_seq": run.seq,
        "run_ulid": str(ULID.from_datetime(run.started_at)),
        "run_command": command,
        "run_status": "started",
        "started_at": run.started_at,
    }
    run.lake.append("ops.run", rows_of("ops.run", [row], run.lake))


def _end_run(run: Run, status: str, error: str | None) -> None:
    values = {"run_status": f"'{status}'", "ended_at": _literal(time.now())}
    if error:
        values["error_message"] = "'" + error.replace("'", "''") + "'"
    run.lake.update("ops.run", f"run_seq = {run.seq}", values)


def _close_killed_runs(lake: Lake) -> None:
    open_runs = lake.read(
        "ops.run", "select run_seq from t where run_status = 'started'"
    )
    if len(open_runs):
        lake.update(
            "ops.run",
            "run_status = 'started'",
            {"run_status": "'failed'", "error_message": "'ended without a word'"},
        )


def _newest_run(lake: Lake) -> int:
    newest = lake.read("ops.run", "select max(run_seq) as seq from t")["seq"][0].as_py()
    return int(newest) if newest is not None else 0


def _write_manifest(run: Run) -> None:
    ended_at = time.now()
    rows = [
        {
            "run_seq": run.seq,
            "table_name": name,
            "delta_version": run.lake.version(name),
            "ended_at": ended_at,
        }
        for name, table in sorted(run.lake.contracts.tables.items())
        if table.schema in PUBLISHED_SCHEMAS and run.lake.exists(name)
    ]
    if rows:
        run.lake.append("ops.manifest", rows_of("ops.manifest", rows, run.lake))


def _literal(moment: datetime) -> str:
    return f"timestamp '{moment.isoformat()}'"


def _one_line(error: BaseException) -> str:
    if isinstance(error, CustomsError):
        return f"{error.code}: {error.message}"[:400]
    return f"{type(error).__name__}: {error}".splitlines()[0][:400]
