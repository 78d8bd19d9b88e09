"""Delimited text as columns of strings with the place and bytes of each row.

Nothing is guessed: a cell is the text between two delimiters, `NA` is a text and a
leading zero stays. A row that cannot be split is rejected and the next one is read.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa

from lakehouse.batches import PENDING_SCHEMA, REJECTED_SCHEMA, Parsed
from lakehouse.delimited_block import (
    Cells,
    find_cuts,
    find_lines,
    find_not_text,
    take_cells,
    take_slices,
)

BLOCK_BYTES = 16 * 1024**2
MAX_ROW_BYTES = 1024**2
"""A longer stretch without a line end is no row of a list or of a declaration."""
KEPT_BYTES = 64 * 1024
"""So much of a rejected row is kept."""

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


Reasons = Mapping[str, tuple[str, str]]
"""Code → reason in Vietnamese and in English."""

REASONS: Reasons = {
    "empty_file": ("Tệp rỗng", "The file is empty"),
    "bad_gzip": ("Tệp nén bị hỏng", "The compressed file is damaged"),
    "bad_encoding": ("Không phải UTF-8", "The text is not UTF-8"),
    "missing_column": (
        "Thiếu cột bắt buộc hoặc cột bị lặp",
        "A column is missing or stands twice",
    ),
    "row_too_long": ("Dòng quá dài", "The row is too long"),
    "unbalanced_quote": ("Dấu nháy kép không đóng", "A quotation mark is not closed"),
    "cell_count": (
        "Số ô khác số cột của dòng tiêu đề",
        "The row has more or fewer cells than the header",
    ),
}


class Rows(NamedTuple):
    """Rows of one block.

    Attributes:
        header: the header line of the file, as text.
        columns: label → cells; a label that stands twice is left out.
        offsets: byte at which each row begins, in the unpacked file.
        payload: bytes of each row without its line end.
        hashes: SHA-256 of each payload.
        rejected: rows of `REJECTED_SCHEMA`.
    """

    header: str
    columns: dict[str, Cells]
    offsets: Cells
    payload: Cells
    hashes: Cells
    rejected: pa.RecordBatch

    def parsed(self, tables: dict[str, pa.RecordBatch]) -> Parsed:
        """What a reader hands over for these rows."""
        messages = len(self.offsets) + self.rejected.num_rows
        return Parsed(tables, self.rejected, NO_PARTS, messages)


NO_PARTS = pa.RecordBatch.from_pylist([], schema=PENDING_SCHEMA)


class Form(NamedTuple):
    """How a delimited file is written.

    Attributes:
        delimiter: one letter.
        encoding: UTF-8, or the legacy one that the source declares.
        labels: names of the columns of a file that has no header line.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    labels: tuple[str, ...] = ()


PLAIN = Form()


def read_delimited(
    path: Path, required: frozenset[str], form: Form = PLAIN
) -> Iterator[Rows]:
    """Read a plain or gzip file block by block.

    Args:
        required: labels that the header must hold, each once. A file without them is
            rejected whole: reading it by place would give plausible nonsense.
    """
    with path.open("rb") as plain:
        packed = plain.read(2) == _GZIP
        plain.seek(0)
        if not packed:
            yield from _read(plain, required, form)
            return
        with gzip.GzipFile(fileobj=plain) as unpacked:
            yield from _read(unpacked, required, form)


def reject(
    code: str, offset: int, length: int, payload: bytes, reasons: Reasons = REASONS
) -> dict[str, object]:
    """One rejected stretch of a file, for `rejected_rows`."""
    vietnamese, english = reasons[code]
    return {
        "code": code,
        "reason_vi": vietnamese,
        "reason_en": english,
        "source_offset": offset,
        "source_length": length,
        "payload": payload[:KEPT_BYTES],
    }


def rejected_rows(rows: list[dict[str, object]]) -> pa.RecordBatch:
    """Rejected stretches as a reader hands them over."""
    return pa.RecordBatch.from_pylist(rows, schema=REJECTED_SCHEMA)


def hashes_of(payload: Cells) -> Cells:
    """SHA-256 of each value; Arrow has no kernel for it, and hashing is its cost."""
    values = payload.to_pylist()
    return pa.array(
        [hashlib.sha256(value or b"").hexdigest() for value in values], pa.string()
    )


def first_line(path: Path) -> bytes:
    """First line of a plain or gzip file without its end; empty if it is damaged."""
    with path.open("rb") as plain:
        packed = plain.read(2) == _GZIP
        plain.seek(0)
        try:
            handle = gzip.GzipFile(fileobj=plain) if packed else plain
            line = handle.readline(MAX_ROW_BYTES)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            return b""
    return line.rstrip(b"\r\n")


def labels_of(line: bytes, delimiter: str = ",") -> list[str]:
    """Labels of a header line; none if it is no text."""
    return _labels(line, delimiter) or []


def _labels(line: bytes, delimiter: str) -> list[str] | None:
    try:
        text = line.removeprefix(_BOM).decode("utf-8")
        cells = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    return [cell.strip() for cell in cells]


def _read(
    handle: BinaryIO | gzip.GzipFile, required: frozenset[str], form: Form
) -> Iterator[Rows]:
    place = 0
    try:
        header, labels = b"", [*form.labels] or None
        if labels is None:
            header = handle.readline()
            stated = header[:MAX_ROW_BYTES].rstrip(b"\r\n")
            labels = _labels(stated, form.delimiter)
            refusal = _refuse_header(header, labels, required)
            if refusal or labels is None:
                yield _nothing(refusal)
                return
        place = len(header)
        while block := handle.read(BLOCK_BYTES):
            if not block.endswith(b"\n"):
                block += handle.readline()
            yield _split(block, place, header, labels, form)
            place += len(block)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        yield _nothing([reject("bad_gzip", place, 0, b"")])


def _refuse_header(
    header: bytes, labels: list[str] | None, required: frozenset[str]
) -> list[dict[str, object]]:
    if not header:
        return [reject("empty_file", 0, 0, b"")]
    if len(header) > MAX_ROW_BYTES:
        return [reject("row_too_long", 0, len(header), header)]
    if labels is None or b"\0" in header:
        return [reject("bad_encoding", 0, len(header), header)]
    if any(labels.count(label) != 1 for label in required):
        return [reject("missing_column", 0, len(header), header)]
    return []


def _nothing(rejected: list[dict[str, object]]) -> Rows:
    none = pa.array([], pa.string())
    return Rows(
        "",
        {},
        pa.array([], pa.int64()),
        pa.array([], pa.binary()),
        none,
        rejected_rows(rejected),
    )


def _split(
    block: bytes, place: int, header: bytes, labels: list[str], form: Form
) -> Rows:
    """Split a block of whole lines; line by line only where a line is bad."""
    letters = np.frombuffer(block, np.uint8)
    starts, ends = find_lines(letters)
    cuts, line_of_cut, is_open = find_cuts(letters, starts, ends, ord(form.delimiter))
    counts = np.bincount(line_of_cut, minlength=len(starts)) + 1
    faults = np.full(len(starts), "", object)
    faults[counts != len(labels)] = "cell_count"
    faults[is_open] = "unbalanced_quote"
    faults[ends - starts > MAX_ROW_BYTES] = "row_too_long"
    if form.encoding == "utf-8":
        faults[find_not_text(block, starts, ends)] = "bad_encoding"
    good = faults == ""
    bounds = (starts[good], ends[good], cuts[good[line_of_cut]])
    cells = take_cells(block, *bounds, encoding=form.encoding)
    payload = take_slices(block, np.stack([starts[good], ends[good]], 1))
    return Rows(
        header.removeprefix(_BOM).decode("utf-8").rstrip("\r\n"),
        {
            label: cells.take(np.arange(at, len(cells), len(labels)))
            for at, label in enumerate(labels)
            if labels.count(label) == 1
        },
        pa.array(starts[good] + place),
        payload,
        hashes_of(payload),
        rejected_rows(
            [
                reject(
                    faults[at],
                    int(starts[at]) + place,
                    int(ends[at] - starts[at]),
                    block[starts[at] : ends[at]],
                )
                for at in np.flatnonzero(~good)
            ]
        ),
    )
