"""VNACCS parsing with validation on one core, beside a plain Python loop over lines."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import pyarrow as pa

from ingestion.vnaccs.forms import Form, form_of
from ingestion.vnaccs.read import read, read_stream
from ingestion.vnaccs.rows import table_schema
from lakehouse.messages import load_layouts
from simulator.nationwide import Plan, simulate
from simulator.quirks import quirk_rates

DAY = date(2026, 11, 4)
SCALE, SHORT_SCALE = 0.05, 0.004
TRIES = 5
PLAIN_BYTES = 8_000_000
"""The plain loop reads so much of the same files: it takes its time."""


def run() -> dict[str, object]:
    """Megabytes a second of processor time; the same files, the same checks."""
    short = bool(os.environ.get("BENCH_SHORT"))
    tries = 1 if short else TRIES
    threads = pa.cpu_count()
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as folder:
        files = _files(Path(folder), SHORT_SCALE if short else SCALE)
        data = b"".join(path.read_bytes() for path in files)
        part = data[:PLAIN_BYTES]
        landed = _rate(len(data), lambda: _read_files(files), tries)
        stream = _rate(len(data), lambda: _read_bytes(data), tries)
        plain = _rate(len(part), lambda: plain_loop(part), tries)
        same = _rate(len(part), lambda: _read_bytes(part), tries)
    pa.set_cpu_count(threads)
    return {
        "megabytes": round(len(data) / 1e6, 1),
        "files": len(files),
        "landing_files_mb_per_s": round(landed, 1),
        "one_stream_mb_per_s": round(stream, 1),
        "plain_loop_mb_per_s": round(plain, 2),
        "plain_loop_ratio": round(same / plain, 1),
    }


def _files(folder: Path, scale: float) -> list[Path]:
    plan = Plan(
        seed=1, scale=scale, first=DAY, days=1, rates=quirk_rates([]), out=folder
    )
    for _ in simulate(plan):
        pass
    return sorted(folder.rglob("*.msg"))


def _rate(size: int, work: Callable[[], object], tries: int) -> float:
    seconds = []
    for _ in range(tries + 1):
        begun = process_time()
        work()
        seconds.append(process_time() - begun)
    # The first try loads layouts and contracts.
    return size / 1e6 / min(seconds[1:])


def _read_files(files: list[Path]) -> None:
    for path in files:
        for _ in read(path):
            pass


def _read_bytes(data: bytes) -> None:
    for _ in read_stream(io.BytesIO(data), load_layouts()):
        pass


def plain_loop(data: bytes) -> dict[str, pa.RecordBatch]:
    """Read messages line by line into rows, and the rows into tables.

    It does what comes easily: junk is passed over, reasons are not told, parts are not
    joined, the bytes and the header are not kept.
    """
    layouts = load_layouts()
    field = layouts.header.fields["length"]
    rows: dict[str, list[dict[str, Any]]] = {}
    at = 0
    while at < len(data):
        length = data[at + field.offset : at + field.offset + field.length]
        end = at + int(length) if length.isdigit() else 0
        if end <= at or data[end - 2 : end] != b"\r\n":
            at = data.find(b"\n", at) + 1 or len(data)
            continue
        head, *lines = data[at:end].split(b"\r\n")
        layout = layouts.find(head[3:8].decode("latin-1"), head[8:15].decode("latin-1"))
        if layout is not None and layout.family != "other":
            row = _row(form_of(layout), lines)
            if row is not None:
                row["_record_hash"] = hashlib.sha256(data[at:end]).hexdigest()
                rows.setdefault(f"vnaccs__{layout.family}", []).append(row)
        at = end
    return {
        name: pa.RecordBatch.from_pylist(found, schema=_nullable(table_schema(name)))
        for name, found in rows.items()
    }


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in schema])


def _row(form: Form, lines: list[bytes]) -> dict[str, Any] | None:
    row: dict[str, Any] = {"template": form.layout.template}
    group = form.sections[-1]
    for number, line in enumerate(lines):
        value = line.rstrip(b" ")
        if not value:
            continue
        if number >= len(form.item_of_line):
            return None
        item = form.items[form.item_of_line[number]]
        if len(value) > item.length or not _fits(item.kind, value):
            return None
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            return None
        into = row
        if group.is_group and number >= group.start:
            repetition = (number - group.start) // group.width
            into = _entry(row, str(group.list_name), repetition)
        if item.list_name:
            into = _entry(into, item.list_name, item.list_index)
        if item.column:
            into[item.column] = text
    return row


def _entry(row: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    entries: list[dict[str, Any]] = row.setdefault(name, [])
    while len(entries) <= number:
        entries.append({})
    return entries[number]


def _fits(kind: str, value: bytes) -> bool:
    if kind == "I":
        return value.isdigit()
    if kind == "F":
        return value.replace(b".", b"", 1).isdigit()
    return kind == "W" or value.isascii()
