"""What a reader hands over: accepted rows per table, rejected rows, parts that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

REJECTED_SCHEMA = pa.schema(
    [
        pa.field("code", pa.string(), nullable=False),
        pa.field("reason_vi", pa.string(), nullable=False),
        pa.field("reason_en", pa.string(), nullable=False),
        pa.field("source_offset", pa.int64(), nullable=False),
        pa.field("source_length", pa.int64(), nullable=False),
        pa.field("payload", pa.binary(), nullable=False),
    ]
)
"""Rows that cannot be read; `payload` may be cut, `source_length` never is."""

PENDING_SCHEMA = pa.schema(
    [
        pa.field("part_key", pa.string(), nullable=False),
        pa.field("part_no", pa.int32(), nullable=False),
        pa.field("is_last", pa.bool_(), nullable=False),
        pa.field("source_offset", pa.int64(), nullable=False),
        pa.field("source_file", pa.string()),
        pa.field("received_at", pa.timestamp("us", tz="UTC")),
        pa.field("payload", pa.binary(), nullable=False),
    ]
)
"""Parts of divided messages; `source_file`, `received_at` are filled by the run."""


class Parsed(NamedTuple):
    """One bounded piece of a source, read.

    Attributes:
        tables: raw table name without schema → rows; all but the evidence table
            are parsed strings. Rows carry `_source_offset` and `_record_hash`; the
            run adds the rest of the envelope.
        rejected: rows of `REJECTED_SCHEMA`.
        pending: rows of `PENDING_SCHEMA`.
        messages: messages found in this piece, accepted or not; a stretch of stray
            bytes is one.
    """

    tables: dict[str, pa.RecordBatch]
    rejected: pa.RecordBatch
    pending: pa.RecordBatch
    messages: int


Reader = Callable[[Path], Iterator[Parsed]]
"""`read(path)` of a source: it decodes and splits, and never cleans or guesses."""


class Joined(NamedTuple):
    """Waiting parts after a join: what became whole, and what still waits.

    Attributes:
        whole: rows made of parts; its tables and its rejected rows carry
            `_source_file` of the first part and `_received_at` of the last to come,
            since parts may stand in different files. `whole.messages` counts joined
            messages, accepted or rejected.
        still_pending: rows of the input that found no partner.
    """

    whole: Parsed
    still_pending: pa.RecordBatch


JoinParts = Callable[[pa.Table], Joined]
"""`join_parts(pending)` of a source with divided messages; rows of `PENDING_SCHEMA`."""

GiveUp = Callable[[pa.Table], Parsed]
"""`give_up(pending)`: parts that waited too long become rows rejected `missing_part`,
one for each row of `pending`, with `_source_file` and `_received_at` as above."""


class SourceReader(NamedTuple):
    """How one source is read.

    Attributes:
        code: short code of the source.
        version: of the reader; the same file is read again by a newer one.
        read: yields what stands in a file.
        join_parts: joins parts of divided messages, where the source has them.
        parts_expire_hours: after this a part that still waits is `missing_part`.
        give_up: turns parts that expired into rejected rows.
    """

    code: str
    version: str
    read: Reader
    join_parts: JoinParts | None = None
    parts_expire_hours: int = 24
    give_up: GiveUp | None = None


class FilePlan(NamedTuple):
    """A file of a batch, as it was when the batch was planned."""

    path: Path
    name: str
    content_hash: str
    size: int
    received_at: datetime


class BatchPlan(NamedTuple):
    """A bounded set of files of one source, with its fixed ingestion time."""

    source: str
    seq: int
    planned_at: datetime
    files: tuple[FilePlan, ...]


class BatchResult(NamedTuple):
    """What became of the messages of a batch; see `verify.py` for the equation."""

    messages: int = 0
    accepted: int = 0
    rejected: int = 0
    pending: int = 0
    resolved: int = 0
    joined: int = 0
    bytes: int = 0

    def plus(self, other: BatchResult) -> BatchResult:
        """Sum of two results."""
        return BatchResult(*(a + b for a, b in zip(self, other, strict=True)))
