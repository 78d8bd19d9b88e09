"""VNACCS parsing with validation, on one core, beside a plain Python loop over lines."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from time import process_time

import pyarrow as pa

from ingestion.vnaccs.forms import Form, form_of
from ingestion.vnaccs.read import read, read_stream
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
        plain = _rate(len(part), lambda: sum(1 for _ in plain_loop(part)), tries)
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


def plain_loop(data: bytes) -> Iterator[dict[str, str] | None]:
    """Read messages line by line: item texts, or None where one is wrong."""
    layouts = load_layouts()
    field = layouts.header.fields["length"]
    at = 0
    while at < len(data):
        length = data[at + field.offset : at + field.offset + field.length]
        end = at + int(length) if length.isdigit() else 0
        if end <= at or data[end - 2 : end] != b"\r\n":
            # To the next line; junk and broken messages are not looked into.
            at = data.find(b"\n", at) + 1 or len(data)
            continue
        head, *lines = data[at:end].split(b"\r\n")
        layout = layouts.find(head[3:8].decode("latin-1"), head[8:15].decode("latin-1"))
        hashlib.sha256(data[at:end]).hexdigest()
        yield _items(form_of(layout), lines) if layout else None
        at = end


def _items(form: Form, lines: list[bytes]) -> dict[str, str] | None:
    out: dict[str, str] = {}
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
            out[f"{item.id} {number}"] = value.decode("utf-8")
        except UnicodeDecodeError:
            return None
    return out


def _fits(kind: str, value: bytes) -> bool:
    if kind == "I":
        return value.isdigit()
    if kind == "F":
        return value.replace(b".", b"", 1).isdigit()
    return kind == "W" or value.isascii()
