"""Rows of one batch as files of the raw tables: written by many, committed by one.

A piece is one file for each table that has rows. All pieces of a batch become part of
a table in one commit with the number of the batch; a batch that is driven again after a
crash writes its files again, and commits those of the tables that lack it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from lakehouse.batches import (
    PENDING_SCHEMA,
    BatchPlan,
    BatchResult,
    FilePlan,
    Parsed,
    Reader,
)
from lakehouse.table_file import TableFile
from lakehouse.tables import Lake

PIECE_BYTES = 64 * 1024**2
"""Rows are written out whenever so many bytes of messages are at hand."""


class Piece(NamedTuple):
    """Rows that lie in the folders of their tables and wait to be committed.

    Attributes:
        files: by full name of the table.
        result: what was counted while they were made.
        parts: parts of divided messages among them, rows of `PENDING_SCHEMA`.
    """

    files: dict[str, TableFile]
    result: BatchResult
    parts: pa.Table


def write_pieces(
    lake: Lake, plan: BatchPlan, read: Reader, files: Sequence[FilePlan]
) -> Iterator[Piece]:
    """Read some files of a batch and write what stands in them, in bounded memory.

    Raises:
        DataRefused: rows do not fit the contracts.
        EnvironmentFault: the lake cannot be written.
    """
    rows = PieceRows(lake, plan)
    for file in files:
        for parsed in read(file.path):
            rows.add(parsed, file)
            if rows.bytes >= PIECE_BYTES:
                yield rows.write()
    yield rows.write()


class BatchWriter:
    """Gathers the pieces of one batch, and commits them together.

    Attributes:
        result: counts so far.
        parts: parts of divided messages that the files of this batch hold.
    """

    def __init__(self, lake: Lake, plan: BatchPlan) -> None:
        self.lake = lake
        self.plan = plan
        self.result = BatchResult()
        self.parts: list[pa.Table] = []
        self._files: dict[str, list[TableFile]] = {}

    def sweep(self) -> None:
        """Forget what an earlier drive of the batch wrote and did not commit."""
        for name in self.lake.contracts.tables:
            if name == "ops.rejected" or name.startswith(f"raw.{self.plan.source}__"):
                self.lake.sweep_files(name, prefix_of(self.plan))

    def add(self, piece: Piece) -> None:
        """Take a piece into the batch."""
        for name, file in piece.files.items():
            self._files.setdefault(name, []).append(file)
        self.result = self.result.plus(piece.result)
        if len(piece.parts):
            self.parts.append(piece.parts)

    def commit(self) -> None:
        """Make the batch visible, in the tables that do not have it yet.

        Raises:
            EnvironmentFault: the lake cannot be written.
        """
        for name, files in sorted(self._files.items()):
            # A name of its own: earlier versions numbered pieces under the shorter one.
            application = f"customs/{self.plan.source}/{name}/batch_seq"
            self.lake.add_files(name, files, (application, self.plan.seq))


class PieceRows:
    """Collects the rows of one batch until they are written as a piece.

    Attributes:
        bytes: of messages at hand.
    """

    def __init__(self, lake: Lake, plan: BatchPlan) -> None:
        self.bytes = 0
        self._lake = lake
        self._plan = plan
        self._evidence = f"{plan.source}__message"
        self._start()

    def _start(self) -> None:
        self.bytes = 0
        self._rows: dict[str, list[pa.Table]] = {}
        self._parts = [PENDING_SCHEMA.empty_table()]
        self._result = BatchResult()

    def add(self, parsed: Parsed, file: FilePlan) -> None:
        """Take over what a reader found in a part of a file."""
        self._take_over(parsed, file)
        if parsed.pending.num_rows:
            self._parts.append(_filled(pa.table(parsed.pending), file))
        self._result = self._result.plus(
            BatchResult(
                messages=parsed.messages,
                accepted=self._evidence_rows(parsed),
                rejected=parsed.rejected.num_rows,
                pending=parsed.pending.num_rows,
            )
        )

    def add_joined(self, whole: Parsed, parts_used: int) -> None:
        """Take over messages that were made of parts."""
        self._take_over(whole, None)
        self._result = self._result.plus(
            BatchResult(
                accepted=self._evidence_rows(whole),
                rejected=whole.rejected.num_rows,
                pending=-parts_used,
                resolved=parts_used,
                joined=whole.messages,
            )
        )

    def write(self) -> Piece:
        """Write what has been collected beside its tables, and begin anew.

        Raises:
            DataRefused: rows do not fit the contracts.
            EnvironmentFault: the lake cannot be written.
        """
        files = {}
        for name, pieces in sorted(self._rows.items()):
            rows = pa.concat_tables(pieces, promote_options="default")
            files[name] = self._lake.write_file(name, rows, prefix_of(self._plan))
        piece = Piece(files, self._result, pa.concat_tables(self._parts))
        self._start()
        return piece

    def _take_over(self, parsed: Parsed, file: FilePlan | None) -> None:
        for name, rows in parsed.tables.items():
            if rows.num_rows:
                collected = self._rows.setdefault(f"raw.{name}", [])
                collected.append(self._envelope(pa.Table.from_batches([rows]), file))
            if name == self._evidence:
                self.bytes += rows.nbytes
        if parsed.rejected.num_rows:
            rejected = self._rejected(pa.table(parsed.rejected), file)
            self._rows.setdefault("ops.rejected", []).append(rejected)

    def _evidence_rows(self, parsed: Parsed) -> int:
        evidence = parsed.tables.get(self._evidence)
        return evidence.num_rows if evidence is not None else 0

    def _envelope(self, rows: pa.Table, file: FilePlan | None) -> pa.Table:
        size = len(rows)
        rows = _with(rows, "_batch_seq", pa.repeat(pa.scalar(self._plan.seq), size))
        moment = pa.scalar(self._plan.planned_at, pa.timestamp("us", "UTC"))
        rows = _with(rows, "_ingested_at", pa.repeat(moment, size))
        return rows if file is None else _placed(rows, file)

    def _rejected(self, rows: pa.Table, file: FilePlan | None) -> pa.Table:
        rows = rows if file is None else _placed(rows, file)
        files = rows["_source_file"].to_pylist()
        # Rejected rows are few; their id must survive a second reading of the file.
        ids = [
            hashlib.sha256(f"{self._plan.source}|{f}|{o}|{c}".encode()).hexdigest()
            for f, o, c in zip(
                files,
                rows["source_offset"].to_pylist(),
                rows["code"].to_pylist(),
                strict=True,
            )
        ]
        return pa.table(
            {
                "rejection_id": pa.array(ids, pa.string()),
                "source_code": pa.repeat(pa.scalar(self._plan.source), len(rows)),
                "batch_seq": pa.repeat(pa.scalar(self._plan.seq), len(rows)),
                "rejection_code": rows["code"],
                "reason_vi": rows["reason_vi"],
                "reason_en": rows["reason_en"],
                "file_name": rows["_source_file"],
                "source_offset": rows["source_offset"],
                "source_length": rows["source_length"],
                "received_at": rows["_received_at"],
                "rejected_payload": rows["payload"],
            }
        )


def prefix_of(plan: BatchPlan) -> str:
    """How the names of the files of a batch begin."""
    return f"{plan.source}-{plan.seq}-"


def _filled(parts: pa.Table, file: FilePlan) -> pa.Table:
    size = len(parts)
    parts = _with(parts, "source_file", pa.repeat(pa.scalar(file.name), size))
    moment = pa.scalar(file.received_at, pa.timestamp("us", "UTC"))
    parts = _with(parts, "received_at", pa.repeat(moment, size))
    return parts.select(PENDING_SCHEMA.names).cast(PENDING_SCHEMA)


def _placed(rows: pa.Table, file: FilePlan) -> pa.Table:
    size = len(rows)
    rows = _with(rows, "_source_file", pa.repeat(pa.scalar(file.name), size))
    moment = pa.scalar(file.received_at, pa.timestamp("us", "UTC"))
    return _with(rows, "_received_at", pa.repeat(moment, size))


def _with(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    place = rows.schema.get_field_index(name)
    if place >= 0:
        return rows.set_column(place, name, values)
    return rows.append_column(name, values)
