"""Rows of delimited text by the form of their source: each row is one message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.batches import Parsed
from lakehouse.delimited import (
    NO_PARTS,
    Rows,
    first_line,
    labels_of,
    read_delimited,
    reject,
    rejected_rows,
)
from lakehouse.delimited import Form as Written
from lakehouse.delimited_block import Cells
from lakehouse.documents.faults import MessageFault, refusal
from lakehouse.documents.form import Family, Form


def read_table(form: Form, path: Path) -> Iterator[Parsed]:
    """Read one file, plain or gzip, of the family whose labels its header has.

    Columns are found by label, so that a moved one does no harm; a file that lacks one
    is refused whole, for reading it by place would give plausible nonsense.
    """
    line = first_line(path)
    labels = {*labels_of(line, form.file.delimiter)}
    family = next((one for one in _families(form) if _labels(one) <= labels), None)
    if family is None:
        code = "missing_column" if line else "empty_file"
        refused = rejected_rows([reject(code, 0, len(line), line)])
        yield Parsed({}, refused, NO_PARTS, 1)
        return
    written = Written(form.file.delimiter)
    for found in read_delimited(path, frozenset(_labels(family)), written):
        rows = _complete(family, found)
        yield rows.parsed(_tables(form, family, rows) if rows.columns else {})


def _families(form: Form) -> list[Family]:
    """The one with most labels first: another's may be among them."""
    return sorted(form.families.values(), key=_width, reverse=True)


def _width(family: Family) -> int:
    return len(family.columns)


def _labels(family: Family) -> set[str]:
    return {*family.file.columns.values()}


def _complete(family: Family, rows: Rows) -> Rows:
    """Refuse the rows that lack what their table must have."""
    refused: list[dict[str, object]] = []
    for column, label in family.required.items():
        if column not in family.file.columns or not rows.columns:
            continue
        is_blank = pc.equal(pc.utf8_trim_whitespace(rows.columns[label]), "")
        for at in pc.indices_nonzero(is_blank).to_pylist():
            payload = rows.payload[at].as_py()
            offset = rows.offsets[at].as_py()
            fault = MessageFault("missing_item", label)
            refused.append(refusal(fault, offset, len(payload), payload))
        rows = _only(rows, pc.invert(is_blank))
    if not refused:
        return rows
    rejected = [*rows.rejected.to_pylist(), *refused]
    return rows._replace(rejected=rejected_rows(rejected))


def _only(rows: Rows, kept: Cells) -> Rows:
    return rows._replace(
        columns={label: cells.filter(kept) for label, cells in rows.columns.items()},
        offsets=rows.offsets.filter(kept),
        payload=rows.payload.filter(kept),
        hashes=rows.hashes.filter(kept),
    )


def _tables(form: Form, family: Family, rows: Rows) -> dict[str, pa.RecordBatch]:
    size = len(rows.offsets)
    place = {"_source_offset": rows.offsets, "_record_hash": rows.hashes}
    left_over = sorted({*rows.columns} - _labels(family))
    warned = " ".join(f"unmapped:{label}" for label in left_over) or None
    evidence = {
        "message_type_code": _repeated(family.kind, size),
        "message_labels": _repeated(rows.header, size),
        "warning_codes": _repeated(warned, size),
        "message_payload": rows.payload,
    }
    cells = {
        column: _filled(rows.columns[label])
        for column, label in family.file.columns.items()
    }
    given = {
        "content_hash": rows.hashes,
        "reader_version": _repeated(form.file.reader_version, size),
    }
    return {
        f"{form.source}__message": pa.RecordBatch.from_pydict({**place, **evidence}),
        family.name: pa.RecordBatch.from_pydict({**place, **cells, **given}),
    }


def _filled(cells: Cells) -> Cells:
    """An empty cell says nothing."""
    return pc.if_else(pc.equal(cells, ""), None, cells)


def _repeated(value: str | None, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), size)
