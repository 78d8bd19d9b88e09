"""Read files of synthetic KCS declarations: each row is one message, all cells text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from lakehouse.batches import Parsed, SourceReader
from lakehouse.delimited import Rows, read_delimited
from lakehouse.yamlfile import parse_yaml

VERSION = "1"
COLUMNS: dict[str, str] = parse_yaml(Path(__file__).with_name("source.yml"))["columns"]
"""Header label → raw column."""


def read(path: Path) -> Iterator[Parsed]:
    """Read one CSV file, plain or gzip; offsets are places in the unpacked text."""
    for rows in read_delimited(path, frozenset(COLUMNS)):
        # A rejected file comes as rows without a header: nothing but the refusal.
        yield rows.parsed(_tables(rows) if rows.columns else {})


def _tables(rows: Rows) -> dict[str, pa.RecordBatch]:
    size = len(rows.offsets)
    place = {"_source_offset": rows.offsets, "_record_hash": rows.hashes}
    evidence = {
        "message_labels": pa.repeat(pa.scalar(rows.header), size),
        "message_payload": rows.payload,
    }
    cells = {column: rows.columns[label] for label, column in COLUMNS.items()}
    cells["reader_version"] = pa.repeat(pa.scalar(VERSION), size)
    return {
        "kcs__message": pa.RecordBatch.from_pydict({**place, **evidence}),
        "kcs__declaration": pa.RecordBatch.from_pydict({**place, **cells}),
    }


READER = SourceReader("kcs", VERSION, read)
