"""Write the rows of one batch into the raw tables, in pieces that are never doubled."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import pyarrow as pa

from lakehouse.batches import (
    PENDING_SCHEMA,
    BatchPlan,
    BatchResult,
    FilePlan,
    Parsed,
)
from lakehouse.tables import Lake

PIECE_BYTES = 64 * 1024**2
"""Rows are written out whenever so many bytes of messages are at hand."""
_PIECES_PER_BATCH = 1_000_000
"""A transaction number is batch x this + piece, so it rises over batches."""


class BatchWriter:
    """Collects the rows of one batch and appends them piece by piece.

    A piece is one append per table with a transaction number that follows from the
    batch and the place of the piece in it. Driven again after a crash, the same files
    give the same pieces, and those that are there already are skipped.

    Attributes:
        result: counts so far.
        parts: parts of divided messages that the files of this batch hold.
    """

    def __init__(self, lake: Lake, plan: BatchPlan) -> None:
        self.lake = lake
        self.plan = plan
        self.result = BatchResult()
        self.parts: list[pa.Table] = []
        self._evidence = f"{plan.source}__message"
        self._rows: dict[str, list[pa.Table]] = {}
        self._bytes = 0
        self._piece = 0
        self._writer = ThreadPoolExecutor(1, "append")
        self._writing: Future[None] | None = None

    def add(self, parsed: Parsed, file: FilePlan) -> None:
        """Take over what a reader found in a piece of a file."""
        self._take_over(parsed, file)
        if parsed.pending.num_rows:
            self.parts.append(_filled(pa.table(parsed.pending), file))
        self.result = self.result.plus(
            BatchResult(
                messages=parsed.messages,
                accepted=self._evidence_rows(parsed),
                rejected=parsed.rejected.num_rows,
                pending=parsed.pending.num_rows,
            )
        )
        if self._bytes >= PIECE_BYTES:
            self.flush()

    def add_joined(self, whole: Parsed, parts_used: int) -> None:
        """Take over messages that were made of parts."""
        self._take_over(whole, None)
        self.result = self.result.plus(
            BatchResult(
                accepted=self._evidence_rows(whole),
                rejected=whole.rejected.num_rows,
                pending=-parts_used,
                resolved=parts_used,
                joined=whole.messages,
            )
        )

    def flush(self) -> None:
        """Append what has been collected, while the reader goes on.

        Pieces follow one another, so that a transaction number says what is there.
        """
        self.finish()
        self._piece += 1
        number = self.plan.seq * _PIECES_PER_BATCH + self._piece
        self._writing = self._writer.submit(self._append, self._rows, number)
        self._rows, self._bytes = {}, 0

    def finish(self) -> None:
        """Wait until all that was flushed is in the lake.

        Raises:
            DataRefused: rows do not fit the contracts.
            EnvironmentFault: the lake cannot be written.
        """
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def __enter__(self) -> BatchWriter:
        """Ready to take rows."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave no append under way."""
        self._writer.shutdown()

    def _append(self, collected: dict[str, list[pa.Table]], number: int) -> None:
        for name, pieces in sorted(collected.items()):
            rows = pa.concat_tables(pieces, promote_options="default")
            self.lake.append(name, rows, (self._application(name), number))

    def _application(self, table: str) -> str:
        return f"customs/{self.plan.source}/{table}"

    def _take_over(self, parsed: Parsed, file: FilePlan | None) -> None:
        for name, rows in parsed.tables.items():
            if rows.num_rows:
                collected = self._rows.setdefault(f"raw.{name}", [])
                collected.append(self._envelope(pa.Table.from_batches([rows]), file))
            if name == self._evidence:
                self._bytes += rows.nbytes
        if parsed.rejected.num_rows:
            rejected = self._rejected(pa.table(parsed.rejected), file)
            self._rows.setdefault("ops.rejected", []).append(rejected)

    def _evidence_rows(self, parsed: Parsed) -> int:
        evidence = parsed.tables.get(self._evidence)
        return evidence.num_rows if evidence is not None else 0

    def _envelope(self, rows: pa.Table, file: FilePlan | None) -> pa.Table:
        size = len(rows)
        rows = _with(rows, "_batch_seq", pa.repeat(pa.scalar(self.plan.seq), size))
        moment = pa.scalar(self.plan.planned_at, pa.timestamp("us", "UTC"))
        rows = _with(rows, "_ingested_at", pa.repeat(moment, size))
        return rows if file is None else _placed(rows, file)

    def _rejected(self, rows: pa.Table, file: FilePlan | None) -> pa.Table:
        rows = rows if file is None else _placed(rows, file)
        files = rows["_source_file"].to_pylist()
        # Rejected rows are few; their id must survive a second reading of the file.
        ids = [
            hashlib.sha256(f"{self.plan.source}|{f}|{o}|{c}".encode()).hexdigest()
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
                "source_code": pa.repeat(pa.scalar(self.plan.source), len(rows)),
                "batch_seq": pa.repeat(pa.scalar(self.plan.seq), len(rows)),
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
