"""A tiny source for tests: one message a line, `part k/n of KEY` lines are parts."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pyarrow as pa

from lakehouse.batches import (
    PENDING_SCHEMA,
    REJECTED_SCHEMA,
    Joined,
    Parsed,
    SourceReader,
)
from lakehouse.contracts import load_contracts
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake

_CONTRACT = """
name: raw.toy__message
version: "1.0"
layer: raw
title_vi: Thông điệp thử
title_en: Toy message
description: One row per message of the toy source.
owner: Thử nghiệm
sources: []
classification: internal
key: [_batch_seq, _source_file, _source_offset]
history: append
partition_by: []
columns:
  part_key: {}
  _batch_seq: {type: bigint, required: true}
  _source_file: {type: string, required: true}
  _source_offset: {type: bigint, required: true}
  _received_at: {type: timestamp, required: true}
  _ingested_at: {type: timestamp, required: true}
  _record_hash: {type: string, required: true}
references: {}
checks: []
volume: null
freshness: null
lateness: null
retention: {years: 1, legal_basis: none}
on_new_column: refuse
usage_warnings: []
consumers: []
"""


def toy_lake(root: Path) -> Lake:
    """A lake whose contracts are the operational ones and the toy's."""
    folder = root / "contracts"
    shutil.copytree(PROJECT_ROOT / "contracts" / "elements", folder / "elements")
    shutil.copytree(
        PROJECT_ROOT / "contracts" / "tables" / "ops", folder / "tables" / "ops"
    )
    (folder / "tables" / "raw").mkdir()
    (folder / "tables" / "raw" / "toy__message.yml").write_text(_CONTRACT)
    return Lake(root / "lake", load_contracts(folder))


def read_toy(path: Path):
    """Every line is a message; `bad` lines are rejected, `part` lines wait."""
    accepted, rejected, pending, offset = [], [], [], 0
    lines = path.read_bytes().splitlines(keepends=True)
    for line in lines:
        text = line.decode().strip()
        if text.startswith("part"):
            _, place, key = text.split()
            number, count = place.split("/")
            pending.append(
                {
                    "part_key": key,
                    "part_no": int(number),
                    "is_last": number == count,
                    "source_offset": offset,
                    "payload": line,
                }
            )
        elif text.startswith("bad"):
            rejected.append(_refusal("bad_line", offset, line))
        else:
            accepted.append(_row(text, offset))
        offset += len(line)
    yield Parsed(
        {"toy__message": _accepted(accepted)},
        pa.RecordBatch.from_pylist(rejected, schema=REJECTED_SCHEMA),
        pa.RecordBatch.from_pylist(pending, schema=PENDING_SCHEMA),
        len(lines),
    )


def join_toy(parts: pa.Table) -> Joined:
    """Parts of one key become one message when all have come."""
    rows = parts.to_pylist()
    whole, still = [], []
    for key in sorted({row["part_key"] for row in rows}):
        mine = sorted(
            (r for r in rows if r["part_key"] == key), key=lambda r: r["part_no"]
        )
        last = next((r["part_no"] for r in mine if r["is_last"]), None)
        if last is None or [r["part_no"] for r in mine] != list(range(1, last + 1)):
            still += mine
            continue
        row = _row(key, mine[0]["source_offset"])
        row["_source_file"] = mine[0]["source_file"]
        row["_received_at"] = max(r["received_at"] for r in mine)
        whole.append(row)
    return Joined(
        Parsed(
            {"toy__message": _accepted(whole)}, _refused([]), _waiting([]), len(whole)
        ),
        _waiting(still),
    )


def give_up_toy(parts: pa.Table) -> Parsed:
    """Each part that waited too long is one rejected row."""
    rows = [
        _refusal("missing_part", part["source_offset"], part["payload"])
        | {"_source_file": part["source_file"], "_received_at": part["received_at"]}
        for part in parts.to_pylist()
    ]
    return Parsed({}, _refused(rows), _waiting([]), len(rows))


TOY = SourceReader("toy", "1", read_toy, join_toy, 24, give_up_toy)

_PLACES = [
    pa.field("_source_file", pa.string()),
    pa.field("_received_at", pa.timestamp("us", "UTC")),
]


def _row(text: str, offset: int) -> dict[str, object]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"part_key": text, "_source_offset": offset, "_record_hash": digest}


def _accepted(rows: list[dict[str, object]]) -> pa.RecordBatch:
    fields = [
        pa.field("part_key", pa.string()),
        pa.field("_source_offset", pa.int64()),
        pa.field("_record_hash", pa.string()),
    ]
    placed = _PLACES if rows and "_source_file" in rows[0] else []
    return pa.RecordBatch.from_pylist(rows, schema=pa.schema([*fields, *placed]))


def _refused(rows: list[dict[str, object]]) -> pa.RecordBatch:
    schema = pa.schema([*REJECTED_SCHEMA, *_PLACES])
    return pa.RecordBatch.from_pylist(rows, schema=schema)


def _refusal(code: str, offset: int, payload: bytes) -> dict[str, object]:
    return {
        "code": code,
        "reason_vi": "dòng hỏng",
        "reason_en": "bad line",
        "source_offset": offset,
        "source_length": len(payload),
        "payload": payload,
    }


def _waiting(rows: list[dict[str, object]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=PENDING_SCHEMA)
