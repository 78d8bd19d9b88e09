"""Rows of the evidence table: header fields, hash and bytes of each message."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.vnaccs.lines import Bools, Bytes
from lakehouse.messages import Header


def hashes_of(payloads: pa.BinaryArray) -> list[str]:
    """SHA-256 of each message; no columnar library has it, so one C call each."""
    _, offsets, data = payloads.buffers()
    view = memoryview(data or b"")
    places = np.frombuffer(offsets, np.int32)[: len(payloads) + 1].tolist()
    return [
        hashlib.sha256(view[start:end]).hexdigest() for start, end in pairwise(places)
    ]


def header_columns(heads: Bytes, header: Header) -> dict[str, pa.StringArray]:
    """Header fields as text without filling blanks, null where empty."""
    out = {}
    is_used = (heads != ord(" ")).any(axis=0)
    for field in header.fields.values():
        if field.column:
            used = np.flatnonzero(is_used[field.offset : field.offset + field.length])
            width = int(used[-1]) + 1 if len(used) else 0
            out[field.column] = _texts(heads[:, field.offset : field.offset + width])
    return out


def _texts(part: Bytes) -> pa.StringArray:
    rows, width = part.shape
    if not width:
        return pa.nulls(rows, pa.string())
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(width), rows, [None, pa.py_buffer(np.ascontiguousarray(part))]
    )
    texts = pc.ascii_trim(fixed.cast(pa.binary()).view(pa.string()), characters=" ")
    return pc.if_else(pc.equal(pc.binary_length(texts), 0), None, texts)


def repeated(hashes: list[str], seen: set[str]) -> Bools:
    """Which messages came before, in this piece or an earlier one; `seen` grows."""
    size = len(hashes)
    marks = np.fromiter(map(seen.__contains__, hashes), bool, size)
    first = dict(zip(reversed(hashes), range(size - 1, -1, -1), strict=True))
    if len(first) < size:
        places = np.fromiter(map(first.__getitem__, hashes), np.int64, size)
        marks |= places != np.arange(size)
    seen.update(first)
    return marks


def warning_words(marks: dict[str, Bools]) -> pa.StringArray:
    """The words of the marks that are set, separated by blanks; null if none."""
    words = list(marks)
    texts = [
        " ".join(word for bit, word in enumerate(words) if number >> bit & 1) or None
        for number in range(2 ** len(words))
    ]
    number = sum(marks[word].astype(np.int64) << bit for bit, word in enumerate(words))
    return pa.array(texts, pa.string()).take(pa.array(number))
