"""Write the rows of one batch into the raw tables, in pieces that are never doubled."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.batches import (
    PENDING_SCHEMA,
    BatchPlan,
    BatchResult,
    FilePlan,
    Parsed,
    SourceReader,
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
                collected.append(self._envelope(pa.table(rows), file))
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


def settle_parts(writer: BatchWriter, reader: SourceReader) -> None:
    """Join the parts of this batch with those that waited, and give up old ones.

    The waiting parts of earlier batches are read as they stood before this batch, so
    that a batch driven again comes to the same messages.
    """
    plan, lake = writer.plan, writer.lake
    mine = f"source_code = '{plan.source}'"
    kept = lake.read("ops.pending", f"select * from t where {mine}")
    before = kept.filter(pc.less(kept["batch_seq"], plan.seq))
    open_then = pc.or_kleene(
        pc.is_null(before["resolved_batch_seq"]),
        pc.equal(before["resolved_batch_seq"], plan.seq),
    )
    waited = _as_parts(before.filter(open_then))
    parts = pa.concat_tables([waited, *writer.parts])
    if not len(parts):
        return
    assert reader.join_parts is not None
    joined = reader.join_parts(parts)
    still = pa.table(joined.still_pending)
    writer.add_joined(joined.whole, len(parts) - len(still))
    still = _give_up(writer, reader, still)
    application = f"customs/{plan.source}/ops.pending"
    if lake.transaction("ops.pending", application) >= plan.seq:
        return
    # Raw first: if the process ends here, the next drive joins the same parts again
    # and finds their rows written.
    writer.flush()
    writer.finish()
    rows = _resolved(before, parts, still, writer)
    lake.overwrite("ops.pending", rows, (application, plan.seq), mine)


def _give_up(writer: BatchWriter, reader: SourceReader, still: pa.Table) -> pa.Table:
    # Waiting is measured between arrivals, so that loading an old archive gives the
    # same outcome as taking it day by day.
    newest = max(file.received_at for file in writer.plan.files)
    limit = newest - timedelta(hours=reader.parts_expire_hours)
    old = pc.less(still["received_at"], pa.scalar(limit, pa.timestamp("us", "UTC")))
    if not pc.any(old).as_py():
        return still
    assert reader.give_up is not None
    gone = still.filter(old)
    writer.add_joined(reader.give_up(gone), len(gone))
    return still.filter(pc.invert(old))


def _resolved(
    before: pa.Table, parts: pa.Table, still: pa.Table, writer: BatchWriter
) -> pa.Table:
    """All parts of the source: those that no longer wait say which batch took them."""
    waiting = set(_places(still))
    known = {
        (row["file_name"], row["source_offset"]): row for row in before.to_pylist()
    }
    rows = [row for row in known.values() if row["resolved_batch_seq"] is not None]
    for part in parts.to_pylist():
        place = (part["source_file"], part["source_offset"])
        old = known.get(place)
        if old is not None and old["resolved_batch_seq"] is not None:
            continue
        row = old or {
            "source_code": writer.plan.source,
            "batch_seq": writer.plan.seq,
            "part_key": part["part_key"],
            "part_no": part["part_no"],
            "is_last_part": part["is_last"],
            "file_name": part["source_file"],
            "source_offset": part["source_offset"],
            "received_at": part["received_at"],
            "part_payload": part["payload"],
        }
        taken = None if place in waiting else writer.plan.seq
        rows.append(row | {"resolved_batch_seq": taken})
    schema = writer.lake.conform("ops.pending", pa.table(before)[:0]).schema
    return pa.Table.from_pylist(rows, schema=schema)


def _places(parts: pa.Table) -> list[tuple[str, int]]:
    return list(
        zip(
            parts["source_file"].to_pylist(),
            parts["source_offset"].to_pylist(),
            strict=True,
        )
    )


def _as_parts(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "part_key": rows["part_key"],
            "part_no": rows["part_no"],
            "is_last": rows["is_last_part"],
            "source_offset": rows["source_offset"],
            "source_file": rows["file_name"],
            "received_at": rows["received_at"],
            "payload": rows["part_payload"],
        }
    ).cast(PENDING_SCHEMA)


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
