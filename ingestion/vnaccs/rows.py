"""Rows of raw tables, of rejections and of waiting parts from what a piece holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from ingestion.vnaccs import evidence
from ingestion.vnaccs.columns import Fields, family_columns, fields_of
from ingestion.vnaccs.composed import composed
from ingestion.vnaccs.lines import Ints
from ingestion.vnaccs.parse import Accepted, Content, Origin, Rejected
from ingestion.vnaccs.pieces import Stretch
from ingestion.vnaccs.source import source
from lakehouse.batches import PENDING_SCHEMA, REJECTED_SCHEMA, Parsed
from lakehouse.contracts import load_contracts
from lakehouse.derive.to_arrow import to_arrow
from lakehouse.messages import Layout, Layouts

VERSION = "2"
_FROM_EVIDENCE = (
    "_source_offset",
    "_record_hash",
    "procedure_code",
    "output_code",
    "server_time",
)
_CONSTANTS = (
    "template",
    "event_code",
    "content_rank",
    "actor_code",
    "reader_version",
)
_TEXT = pa.string()
_BY_RUN = {"_batch_seq", "_source_file", "_received_at", "_ingested_at"}


class Rows:
    """Makes rows; knows which messages of the stream came before."""

    def __init__(self, layouts: Layouts) -> None:
        """Start a stream."""
        self._header = layouts.header
        self._seen: set[str] = set()

    def parsed(self, content: Content, origin: Origin) -> Iterator[Parsed]:
        """Evidence, rejections and parts of a piece, then its layouts one by one."""
        numbers = [accepted.batch.messages for accepted in content.accepted]
        messages = np.sort(np.concatenate([*numbers, np.zeros(0, np.int64)]))
        columns = self._evidence(content, origin, messages)
        rejected = _rejections(content.rejected, origin)
        rejected += [_stretch_row(stretch) for stretch in content.piece.stretches]
        rejected.sort(key=lambda row: int(row["source_offset"]))
        parts = part_rows(content, origin, self._header.fields)
        yield Parsed(
            {"vnaccs__message": _table("vnaccs__message", columns)},
            rejected_rows(rejected),
            pending_rows(parts),
            len(messages) + len(rejected) + len(parts),
        )
        for accepted in content.accepted:
            if accepted.batch.form.layout.family != "other":
                places = np.searchsorted(messages, accepted.batch.messages)
                yield _family(accepted, columns, places)

    def _evidence(
        self, content: Content, origin: Origin, messages: Ints
    ) -> dict[str, pa.Array]:
        frames = content.piece.frames
        payloads = origin.payloads_of(messages)
        hashes = evidence.hashes_of(payloads)
        is_not_nfc, is_assumed = np.zeros((2, len(frames.start)), bool)
        template = np.zeros(len(frames.start), np.int64)
        for number, accepted in enumerate(content.accepted):
            is_not_nfc[accepted.batch.messages] = accepted.is_not_nfc
            is_assumed[accepted.batch.messages] = accepted.batch.form.layout.is_assumed
            template[accepted.batch.messages] = number
        names = [one.batch.form.layout.template for one in content.accepted]
        marks = {
            "duplicate": evidence.repeated(hashes, self._seen),
            "line_ends": frames.has_lf[messages],
            "not_nfc": is_not_nfc[messages],
            "assumed_layout": is_assumed[messages],
        }
        return {
            **evidence.header_columns(frames.heads[messages], self._header),
            "template": pa.array(names, pa.string()).take(pa.array(template[messages])),
            "_source_offset": pa.array(origin.offsets[messages], pa.int64()),
            "_record_hash": pa.array(hashes, pa.string()),
            "warning_codes": evidence.warning_words(marks),
            "message_payload": payloads,
        }


@lru_cache(maxsize=8)
def table_schema(name: str) -> pa.Schema:
    """Columns of a raw table that the reader fills."""
    schema = to_arrow(load_contracts().table(f"raw.{name}"))
    return pa.schema([field for field in schema if field.name not in _BY_RUN])


@lru_cache(maxsize=8)
def _parsed_fields(name: str) -> Fields:
    """The columns that come from items."""
    said = {*_FROM_EVIDENCE, *_CONSTANTS}
    return fields_of(field for field in table_schema(name) if field.name not in said)


@lru_cache(maxsize=1)
def _nothing() -> tuple[pa.RecordBatch, pa.RecordBatch]:
    return rejected_rows([]), pending_rows([])


def _table(name: str, columns: dict[str, pa.Array]) -> pa.RecordBatch:
    schema = table_schema(name)
    arrays = [columns[column] for column in schema.names]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _family(accepted: Accepted, columns: dict[str, pa.Array], places: Ints) -> Parsed:
    """Parsed rows of one layout; `places` are those of its messages in the evidence."""
    layout = accepted.batch.form.layout
    name = f"vnaccs__{layout.family}"
    at = pa.array(places)
    known = {column: columns[column].take(at) for column in _FROM_EVIDENCE}
    known |= _constants(layout, len(places))
    known |= family_columns(accepted.batch, accepted.texts, _parsed_fields(name))
    rows = _table(name, known)
    if accepted.is_not_nfc.any():
        rows = composed(rows)
    return Parsed({name: rows}, *_nothing(), 0)


def _constants(layout: Layout, size: int) -> dict[str, pa.Array]:
    words = (
        layout.template,
        layout.event_code,
        str(layout.content_rank),
        layout.actor_code,
        VERSION,
    )
    pairs = zip(_CONSTANTS, words, strict=True)
    return {name: pa.repeat(pa.scalar(word, _TEXT), size) for name, word in pairs}


def _rejections(rejected: list[Rejected], origin: Origin) -> list[dict[str, Any]]:
    numbers = np.array([one.message for one in rejected], np.int64)
    payloads = origin.payloads_of(numbers).to_pylist()
    return [
        _rejection(one, int(origin.offsets[one.message]), payload)
        for one, payload in zip(rejected, payloads, strict=True)
    ]


def _rejection(rejected: Rejected, offset: int, payload: bytes) -> dict[str, Any]:
    """Its first reason by the order of `source.yml` is the code of the row."""
    order = list(source().reasons)
    codes = sorted(rejected.codes, key=order.index)
    sentences = [source().reason(code, rejected.items.get(code, ())) for code in codes]
    return {
        "code": codes[0],
        "reason_vi": "; ".join(vi for vi, _ in sentences),
        "reason_en": "; ".join(en for _, en in sentences),
        "source_offset": offset,
        "source_length": len(payload),
        "payload": payload,
    }


def _stretch_row(stretch: Stretch) -> dict[str, Any]:
    vi, en = source().reason(stretch.code, ())
    return {
        "code": stretch.code,
        "reason_vi": vi,
        "reason_en": en,
        "source_offset": stretch.offset,
        "source_length": stretch.size,
        "payload": stretch.kept,
    }


def part_rows(
    content: Content, origin: Origin, fields: dict[str, Any]
) -> list[dict[str, Any]]:
    """Parts of divided messages, named by what all parts of a message share."""
    if not len(content.parts):
        return []
    payloads = origin.payloads_of(content.parts).to_pylist()
    offsets = origin.offsets[content.parts].tolist()
    return [
        part_row(payload, offset, fields)
        for payload, offset in zip(payloads, offsets, strict=True)
    ]


def part_row(payload: bytes, offset: int, fields: dict[str, Any]) -> dict[str, Any]:
    """One part of a divided message."""
    text = payload[: fields["length"].offset].decode("ascii")
    said = {
        name: text[field.offset : field.offset + field.length]
        for name, field in fields.items()
    }
    number = said["divide_no"].strip()
    names = (said["procedure"], said["output"], said["data_info"])
    return {
        "part_key": "|".join(name.strip() for name in names),
        "part_no": int(number) if number.isdigit() else 0,
        "is_last": said["end_flag"] == "E",
        "source_offset": offset,
        "source_file": None,
        "received_at": None,
        "payload": payload,
    }


def rejected_rows(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Rows of `REJECTED_SCHEMA`."""
    return pa.RecordBatch.from_pylist(rows, schema=REJECTED_SCHEMA)


def pending_rows(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Rows of `PENDING_SCHEMA`."""
    return pa.RecordBatch.from_pylist(rows, schema=PENDING_SCHEMA)
