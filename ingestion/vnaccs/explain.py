"""What the reader makes of one file, for a person: each message with items or reasons.

`python -m ingestion.vnaccs.explain FILE` prints it as JSON.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ingestion.vnaccs.batch import Batch, Grid
from ingestion.vnaccs.errors import NoFile
from ingestion.vnaccs.parse import Accepted, Content, Origin, Rejected, parse
from ingestion.vnaccs.parts import Assembly, assemble, joined
from ingestion.vnaccs.pieces import Stretch
from ingestion.vnaccs.read import origin_of, pieces
from ingestion.vnaccs.rows import part_rows
from lakehouse.messages import Header, Layouts, load_layouts

Entry = dict[str, Any]


def explain(path: Path, layouts: Layouts | None = None) -> dict[str, list[Entry]]:
    """Every message of a file in its order, and every stretch that is none.

    Raises:
        NoFile: there is nothing to read.
    """
    if not path.is_file():
        raise NoFile(path)
    layouts = layouts or load_layouts()
    entries: list[tuple[int, Entry]] = []
    parts: list[dict[str, Any]] = []
    seen: set[bytes] = set()
    with path.open("rb") as handle:
        for piece in pieces(handle, layouts):
            content, origin = parse(piece, layouts), origin_of(piece)
            entries += _entries(content, origin, layouts.header)
            entries += [_stretch(one, layouts.header) for one in piece.stretches]
            parts += part_rows(content, origin, layouts.header.fields)
    found = assemble(parts)
    content, origin = joined([one for one in found if one.is_whole], layouts)
    entries += _entries(content, origin, layouts.header)
    entries += [_missing(one, layouts.header) for one in found if not one.is_whole]
    entries.sort(key=lambda entry: entry[0])
    messages = [entry for _, entry in entries]
    for message in messages:
        payload = message.pop("payload", None)
        if payload in seen and message["outcome"] == "accepted":
            message["warnings"].append("duplicate")
        if payload is not None:
            seen.add(payload)
    return {"messages": messages}


def _entries(
    content: Content, origin: Origin, header: Header
) -> Iterator[tuple[int, Entry]]:
    for accepted in content.accepted:
        for place, message in enumerate(accepted.batch.messages):
            entry = _accepted(content, accepted, place, header)
            entry["payload"] = origin.payloads_of(np.array([message]))[0].as_py()
            yield int(origin.offsets[message]), entry
    for rejected in content.rejected:
        yield _rejected(content, rejected, origin, header)


def _accepted(
    content: Content, accepted: Accepted, place: int, header: Header
) -> Entry:
    batch, frames = accepted.batch, content.piece.frames
    message = int(batch.messages[place])
    said = _header(bytes(frames.heads[message]), header)
    warnings = ["line_ends"] if frames.has_lf[message] else []
    warnings += ["not_nfc"] if accepted.is_not_nfc[place] else []
    warnings += ["assumed_layout"] if accepted.batch.form.layout.is_assumed else []
    items: dict[str, str] = {}
    groups: dict[str, list[dict[str, str]]] = {}
    for grid in batch.grids:
        if grid.until is None:
            items |= _values(batch, grid, place)
            continue
        rows = [
            _values(batch, grid, column)
            for column in range(grid.until[place], grid.until[place + 1])
        ]
        if rows:
            groups[batch.form.items[grid.section.first_item].id] = rows
    return {
        "outcome": "accepted",
        "procedure": said["procedure"],
        "output": said["output"],
        "template": batch.form.layout.template,
        "header": said,
        "items": items,
        "groups": groups,
        "warnings": warnings,
    }


def _values(batch: Batch, grid: Grid, column: int) -> dict[str, str]:
    out = {}
    for row in np.argsort(grid.items):
        item = grid.items[row]
        value = int(grid.places[row, column])
        if value >= 0:
            text = batch.values.array[2 * value].as_py().decode("utf-8")
            out[batch.form.items[item].id] = text
    return out


def _rejected(
    content: Content, rejected: Rejected, origin: Origin, header: Header
) -> tuple[int, Entry]:
    said = _header(bytes(content.piece.frames.heads[rejected.message]), header)
    entry = {
        "outcome": "rejected",
        "procedure": said["procedure"],
        "output": said["output"],
        "reasons": list(rejected.codes),
        "items": {code: list(items) for code, items in rejected.items.items()},
    }
    return int(origin.offsets[rejected.message]), entry


def _stretch(stretch: Stretch, header: Header) -> tuple[int, Entry]:
    reasons = [stretch.code]
    if stretch.code == "empty_file":
        reasons.append("not_a_message")
    if re.search(rb"\r(?!\n)", stretch.kept) and stretch.has_header:
        reasons.append("bad_line_ends")
    entry: Entry = {"outcome": "rejected", "reasons": reasons}
    if stretch.has_header:
        said = _header(stretch.kept, header)
        entry |= {"procedure": said["procedure"], "output": said["output"]}
    return stretch.offset, entry | {"bytes": stretch.size}


def _missing(assembly: Assembly, header: Header) -> tuple[int, Entry]:
    said = _header(assembly.first["payload"], header)
    entry = {
        "outcome": "rejected",
        "procedure": said["procedure"],
        "output": said["output"],
        "reasons": ["missing_part"],
        "parts": sorted(assembly.by_number),
    }
    return assembly.first["source_offset"], entry


def _header(head: bytes, header: Header) -> dict[str, Any]:
    out: dict[str, Any] = {
        field.name: head[field.offset : field.offset + field.length]
        .decode("ascii", "replace")
        .strip()
        for field in header.fields.values()
        if field.column
    }
    if out["length"].isdigit():
        out["length"] = int(out["length"])
    return out


if __name__ == "__main__":
    json.dump(explain(Path(sys.argv[1])), sys.stdout, ensure_ascii=False, indent=1)
