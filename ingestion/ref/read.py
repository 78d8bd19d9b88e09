"""Read reference lists: published CSV files and the lists that are kept as YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.ref.lists import ListSpec, list_of_labels, load_sheet
from ingestion.ref.yaml_list import read_yaml_list
from lakehouse.batches import Parsed, SourceReader
from lakehouse.delimited import (
    NO_PARTS,
    Rows,
    header_labels,
    read_delimited,
    reject,
    rejected_rows,
)
from lakehouse.delimited_block import Cells, Places

VERSION = "1"
REASONS = {
    "unknown_list": (
        "Không nhận ra danh mục theo dòng tiêu đề",
        "The header line is of no list that source.yml names",
    ),
}
_SHOWN_BYTES = 4096


def read(path: Path) -> Iterator[Parsed]:
    """Read one list file; what is no list is one rejected row."""
    if path.suffix in (".yml", ".yaml"):
        yield read_yaml_list(path, VERSION)
        return
    code = list_of_labels(header_labels(path))
    if code is None:
        yield _refuse(path)
        return
    spec = load_sheet().lists[code]
    for rows in read_delimited(path, spec.labels):
        yield rows.parsed(_tables(code, spec, rows) if rows.columns else {})


def _refuse(path: Path) -> Parsed:
    with path.open("rb") as handle:
        shown = handle.read(_SHOWN_BYTES)
    refusal = reject("unknown_list", 0, path.stat().st_size, shown, REASONS)
    return Parsed({}, rejected_rows([refusal]), NO_PARTS, 1)


def _tables(code: str, spec: ListSpec, rows: Rows) -> dict[str, pa.RecordBatch]:
    size = len(rows.offsets)
    evidence = {
        "_source_offset": rows.offsets,
        "_record_hash": rows.hashes,
        "message_labels": pa.repeat(pa.scalar(rows.header), size),
        "message_payload": rows.payload,
    }
    cells = {name: rows.columns[label] for name, label in spec.columns.items()}
    place = np.flatnonzero(_is_row(spec, cells))
    looked_up = {
        name: _look_up(values.take(place), spec.lookups.get(name, {}))
        for name, values in cells.items()
    }
    places, split = _unpivot(spec, rows, place, looked_up)
    constants = {
        "table_name": spec.table,
        "list_code": code,
        "list_edition": spec.edition,
        "legal_basis": spec.legal_basis,
        "is_sample": _word(spec.is_sample),
        # A list with a row that could not be read says nothing of absent codes.
        "is_whole_list": _word(spec.is_whole and not rows.rejected.num_rows),
        "list_start_date": load_sheet().open_start if spec.is_whole else None,
        "reader_version": VERSION,
    }
    repeated = {
        name: pa.repeat(pa.scalar(value, pa.string()), len(places))
        for name, value in constants.items()
    }
    located = {
        "_source_offset": rows.offsets.take(places),
        "_record_hash": rows.hashes.take(places),
    }
    return {
        "ref__message": pa.RecordBatch.from_pydict(evidence),
        "ref__row": pa.RecordBatch.from_pydict({**located, **repeated, **split}),
    }


def _is_row(spec: ListSpec, cells: Mapping[str, Cells]) -> npt.NDArray[np.bool_]:
    known = np.ones(len(next(iter(cells.values()))), bool)
    for name, values in spec.ignore.items():
        ignored = pc.is_in(cells[name], value_set=pa.array(values))
        known &= ~ignored.to_numpy(zero_copy_only=False)
    return known


def _look_up(values: Cells, meant: Mapping[str, str]) -> Cells:
    for written, value in meant.items():
        values = pc.if_else(pc.equal(values, pa.scalar(written)), value, values)
    return values


def _unpivot(
    spec: ListSpec, rows: Rows, place: Places, cells: dict[str, Cells]
) -> tuple[Places, dict[str, Cells]]:
    """The place of each reference row in the block, its gap mark and its cells."""
    columns = {
        **cells,
        **{
            name: pa.repeat(pa.scalar(value), len(place))
            for name, value in spec.constants.items()
        },
    }
    if spec.unpivot is None:
        gaps = pa.repeat(pa.scalar("false"), len(place))
        return place, {"is_gap": gaps, "cells": _as_cells(columns)}
    labels = [name for name in rows.columns if name not in spec.columns.values()]
    pieces = [rows.columns[label].take(place) for label in labels]
    values = pa.concat_arrays(pieces)
    repeat = np.tile(np.arange(len(place)), len(labels))
    long = {name: column.take(repeat) for name, column in columns.items()}
    long[spec.unpivot.names] = pa.array(np.repeat(labels, len(place)), pa.string())
    is_gap = pc.is_in(values, value_set=pa.array(spec.unpivot.gaps))
    long[spec.unpivot.values] = pc.if_else(is_gap, pa.scalar(None, pa.string()), values)
    words = pc.if_else(is_gap, "true", "false")
    return place[repeat], {"is_gap": words, "cells": _as_cells(long)}


def _as_cells(columns: Mapping[str, Cells]) -> Cells:
    """Columns as one list of named cells per row."""
    size, width = len(next(iter(columns.values()))), len(columns)
    by_row = np.arange(size)[:, None] + size * np.arange(width)
    text = pa.concat_arrays([*columns.values()]).take(by_row.ravel())
    names = pa.array(np.tile([*columns], size), pa.string())
    pairs = pa.StructArray.from_arrays([names, text], ["cell_name", "cell_text"])
    offsets = pa.array(np.arange(size + 1) * width, pa.int32())
    return pa.ListArray.from_arrays(offsets, pairs)


def _word(value: bool) -> str:
    return "true" if value else "false"


READER = SourceReader("ref", VERSION, read)
