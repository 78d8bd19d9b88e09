"""Divided messages: their parts joined, from one file or from many."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ingestion.vnaccs.frame import frames_at
from ingestion.vnaccs.lines import find_lines
from ingestion.vnaccs.parse import Content, Origin, parse
from ingestion.vnaccs.pieces import Piece
from ingestion.vnaccs.rows import Rows, pending_rows, rejected_rows
from ingestion.vnaccs.source import source
from lakehouse.batches import Joined, Parsed
from lakehouse.messages import Layouts, load_layouts

Part = dict[str, Any]


class Assembly(NamedTuple):
    """Parts that belong together, in the order in which they came.

    Attributes:
        by_number: part number → part.
        last: number of the part with the end flag; 0 while it is not there.
    """

    by_number: dict[int, Part]
    last: int

    @property
    def is_whole(self) -> bool:
        """Whether all parts are there."""
        return self.last > 0 and set(self.by_number) == set(range(1, self.last + 1))

    @property
    def first(self) -> Part:
        """The part that came first."""
        return next(iter(self.by_number.values()))


def assemble(parts: Iterable[Part]) -> list[Assembly]:
    """Put parts together, each into the first open message of its key that lacks it.

    A part that comes twice begins a second message, so nothing is dropped.
    """
    out: list[Assembly] = []
    open_by_key: dict[str, list[int]] = {}
    for part in parts:
        number = part["part_no"]
        places = open_by_key.setdefault(part["part_key"], [])
        place = next((p for p in places if number not in out[p].by_number), None)
        if place is None:
            place = len(out)
            out.append(Assembly({}, 0))
            places.append(place)
        last = number if part["is_last"] else out[place].last
        out[place] = Assembly({**out[place].by_number, number: part}, last)
        if out[place].is_whole:
            places.remove(place)
    return out


def join_parts(pending: pa.Table) -> Joined:
    """Join parts, in order of arrival, place by place; see `lakehouse.batches`."""
    order = [("received_at", "ascending"), ("source_file", "ascending")]
    ordered = pending.sort_by([*order, ("source_offset", "ascending")])
    found = assemble(ordered.to_pylist())
    still = [
        part for one in found if not one.is_whole for part in one.by_number.values()
    ]
    whole = [one for one in found if one.is_whole]
    layouts = load_layouts()
    content, origin = joined(whole, layouts)
    # While rows are made, the number of a message stands for its place.
    numbered = origin._replace(offsets=np.arange(len(whole)))
    evidence, *families = Rows(layouts).parsed(content, numbered)
    tables: dict[str, list[pa.RecordBatch]] = {}
    for name, rows in (
        pair for one in [evidence, *families] for pair in one.tables.items()
    ):
        tables.setdefault(name, []).append(_placed(rows, "_source_offset", whole))
    parsed = Parsed(
        {name: pa.concat_batches(batches) for name, batches in tables.items()},
        _placed(evidence.rejected, "source_offset", whole),
        pending_rows([]),
        len(whole),
    )
    return Joined(parsed, pending_rows(still))


def joined(whole: list[Assembly], layouts: Layouts) -> tuple[Content, Origin]:
    """Read messages made of parts; each stands where its first part stood."""
    header = layouts.header
    divide, flag = header.fields["divide_no"], header.fields["end_flag"]
    data, starts, ends, payloads = io.BytesIO(), [], [], []
    for one in whole:
        parts = [one.by_number[number]["payload"] for number in sorted(one.by_number)]
        starts.append(data.tell())
        data.write(parts[0])
        for part in parts[1:]:
            data.write(part[_body(part, header.length) :])
        ends.append(data.tell())
        payloads.append(b"".join(parts))
    whole_bytes = np.frombuffer(data.getvalue(), np.uint8).copy()
    start = np.array(starts, np.int64)
    heads = whole_bytes[start[:, None] + np.arange(header.length)]
    heads[:, divide.offset : flag.offset + flag.length] = ord(" ")
    lines = find_lines(whole_bytes, header.length)
    frames = frames_at(lines, start, np.array(ends, np.int64), heads, header)
    content = parse(Piece(0, whole_bytes, lines, frames, []), layouts)
    offsets = np.array([one.first["source_offset"] for one in whole], np.int64)
    return content, Origin(offsets, pa.array(payloads, pa.binary()), 1)


def _body(part: bytes, header_length: int) -> int:
    return header_length + (
        2 if part[header_length : header_length + 2] == b"\r\n" else 1
    )


def give_up(pending: pa.Table) -> Parsed:
    """Parts that waited too long, each a rejected row."""
    vi, en = source().reason("missing_part", ())
    parts = pending.to_pylist()
    rows = [
        {
            "code": "missing_part",
            "reason_vi": vi,
            "reason_en": en,
            "source_offset": part["source_offset"],
            "source_length": len(part["payload"]),
            "payload": part["payload"],
        }
        for part in parts
    ]
    found = rejected_rows(rows)
    found = found.append_column("_source_file", pending["source_file"].combine_chunks())
    found = found.append_column("_received_at", pending["received_at"].combine_chunks())
    # Each counts as a message made of one part, or the balance would hold it twice.
    return Parsed({}, found, pending_rows([]), len(parts))


def _placed(rows: pa.RecordBatch, column: str, whole: list[Assembly]) -> pa.RecordBatch:
    """Rows with the file and offset of the first part, and the time of the last."""
    mine = [whole[number] for number in rows[column].to_pylist()]
    offsets = pa.array([one.first["source_offset"] for one in mine], pa.int64())
    files = pa.array([one.first["source_file"] for one in mine], pa.string())
    moments = [
        max((part["received_at"] for part in one.by_number.values()), default=None)
        for one in mine
    ]
    place = rows.schema.get_field_index(column)
    rows = rows.set_column(place, rows.schema.field(place), offsets)
    rows = rows.append_column("_source_file", files)
    return rows.append_column("_received_at", pa.array(moments, _MOMENT))


_MOMENT = pa.timestamp("us", tz="UTC")
