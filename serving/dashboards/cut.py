"""One consistent cut of the lake, read-only: the versions that one manifest names.

DuckDB reads the Delta files that delta-rs names: it answers in milliseconds without a
server, and takes parameters. Tables of `ops` are no part of a manifest; they only grow,
so a question about them keeps to rows of runs up to that of the cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
from deltalake import DeltaTable

from lakehouse.derive.to_arrow import to_arrow
from lakehouse.status import TableState, as_of_now, table_states
from lakehouse.tables import Lake
from serving.dashboards.errors import NothingPublished, TableMissing, UnknownCut

_QUERIES = Path(__file__).with_name("queries")
_TABLE = re.compile(r"\b(gold|ref|ops)\.([a-z_0-9]+)")
_COMMENT = re.compile(r"--.*")
_OWN_WORK = "ops."
"""Tables of which a lake that has nothing to tell has none: they are empty then."""
_MANIFEST = "ops.manifest"
_CUTS_KEPT = 3
_ANSWERS_KEPT = 500
_MEMORY = "1GB"

Row = dict[str, Any]


class Cut:
    """The tables as one run left them.

    Attributes:
        run_seq: the run.
        made_at: when it ended, UTC.
        versions: Delta version of each table that the manifest names.
    """

    def __init__(
        self, lake: Lake, run_seq: int, made_at: datetime, versions: Mapping[str, int]
    ) -> None:
        self.run_seq = run_seq
        self.made_at = made_at
        self.versions = versions
        self._lake = lake
        self._states: list[TableState] | None = None
        self._known: set[str] = set()
        self._lock = Lock()
        self._answers: dict[tuple[Any, ...], list[Row]] = {}
        self._duck = duckdb.connect(config={"memory_limit": _MEMORY})
        self._duck.execute("set timezone = 'UTC'")

    def holds(self, name: str) -> bool:
        """Whether a question may name this table."""
        return name in self.versions or name.startswith(_OWN_WORK)

    def ask(self, question: str, **values: object) -> list[Row]:
        """Rows of a question of `queries/`, from memory if it was asked before.

        Raises:
            TableMissing: the cut lacks a table that the question names.
        """
        asked = (question, *sorted(values.items()))
        kept = self._answers.get(asked)
        if kept is not None:
            return kept
        text = (_QUERIES / f"{question}.sql").read_text(encoding="utf-8")
        sql = _COMMENT.sub("", text)
        for schema, name in sorted(set(_TABLE.findall(sql))):
            self._make_known(f"{schema}.{name}")
        given = {**values, "run_seq": self.run_seq}
        used = {name: given[name] for name in given if f"${name}" in sql}
        answer: list[Row] = (
            self._duck.cursor().execute(sql, used).to_arrow_table().to_pylist()
        )
        with self._lock:
            while len(self._answers) >= _ANSWERS_KEPT:
                self._answers.pop(next(iter(self._answers)))
            self._answers[asked] = answer
        return answer

    def table_states(self) -> list[TableState]:
        """Tables with a promised delay; how late they are is said as of now."""
        if self._states is None:
            promised = [
                name
                for name, table in self._lake.contracts.tables.items()
                if table.spec.freshness is not None
            ]
            self._states = table_states(self._lake, promised, versions=self.versions)
        return [as_of_now(state) for state in self._states]

    def _make_known(self, name: str) -> None:
        with self._lock:
            if name in self._known:
                return
            if not self.holds(name):
                raise TableMissing(name, self.run_seq)
            self._create_view(name)
            self._known.add(name)

    def _create_view(self, name: str) -> None:
        table = self._lake.contracts.table(name)
        files: list[str] = []
        if self._lake.exists(name):
            path = str(self._lake.path(name))
            files = DeltaTable(path, version=self.versions.get(name)).file_uris()
        self._duck.execute(f"create schema if not exists {table.schema}")
        if not files:
            self._duck.register("nothing", to_arrow(table).empty_table())
            self._duck.execute(f"create table {name} as select * from nothing")
            return
        # A file written before a column was added lacks it: names decide, not places.
        shown = ", ".join("'" + uri.replace("'", "''") + "'" for uri in files)
        self._duck.execute(
            f"create view {name} as select * from read_parquet([{shown}], "
            "union_by_name = true, hive_partitioning = true, "
            "hive_types_autocast = false)"
        )


class Cuts:
    """The cuts of a lake that are being looked at; the newest follows each run."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._lock = Lock()
        self._kept: dict[int, Cut] = {}
        self._manifest: DeltaTable | None = None
        self._newest: int | None = None

    def cut(self, run_seq: int | None = None) -> Cut:
        """The cut of a run, the newest one if none is named.

        Raises:
            NothingPublished: no run has ended well.
            UnknownCut: the run has no manifest.
        """
        with self._lock:
            if run_seq is None:
                run_seq = self._find_newest()
            if run_seq not in self._kept:
                self._kept[run_seq] = self._open(run_seq)
                for old in sorted(self._kept)[:-_CUTS_KEPT]:
                    del self._kept[old]
            return self._kept[run_seq]

    def _find_newest(self) -> int:
        if self._manifest is None:
            if not self.lake.exists(_MANIFEST):
                raise NothingPublished
            self._manifest = self.lake.delta(_MANIFEST)
            self._newest = None
        before = self._manifest.version()
        self._manifest.update_incremental()
        if self._newest is None or self._manifest.version() != before:
            rows = self.lake.read(_MANIFEST, "select max(run_seq) as seq from t")
            self._newest = rows["seq"][0].as_py()
        if self._newest is None:
            raise NothingPublished
        return self._newest

    def _open(self, run_seq: int) -> Cut:
        rows = self.lake.read(
            _MANIFEST,
            "select table_name, delta_version, ended_at from t "
            f"where run_seq = {int(run_seq)}",
        ).to_pylist()
        if not rows:
            raise UnknownCut(run_seq)
        versions = {row["table_name"]: row["delta_version"] for row in rows}
        return Cut(self.lake, run_seq, rows[0]["ended_at"], versions)
