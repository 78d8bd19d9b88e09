"""Rows of a list file as rows of `raw.ref__message` and `raw.ref__row`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.ref.cover import Cover, filled
from ingestion.ref.lists import ListSpec, load_sheet
from lakehouse.batches import Parsed
from lakehouse.delimited import NO_PARTS, Rows
from lakehouse.delimited_block import Cells, Places

VERSION = "2"
"""Of the reader; files that an older one could not place are read again."""


def parsed_rows(code: str, spec: ListSpec, rows: Rows, cover: Cover | None) -> Parsed:
    """What the reader hands over for one block of rows of a list."""
    messages = len(rows.offsets) + rows.rejected.num_rows
    if not rows.columns:
        return Parsed({}, rows.rejected, NO_PARTS, messages)
    size = len(rows.offsets)
    header = f"{cover.text}\n{rows.header}" if cover else rows.header
    evidence = {
        "_source_offset": rows.offsets,
        "_record_hash": rows.hashes,
        "message_labels": pa.repeat(pa.scalar(header), size),
        "message_payload": rows.payload,
    }
    tables = {
        "ref__message": pa.RecordBatch.from_pydict(evidence),
        "ref__row": _split(code, spec, rows, cover),
    }
    return Parsed(tables, rows.rejected, NO_PARTS, messages)


def _split(
    code: str, spec: ListSpec, rows: Rows, cover: Cover | None
) -> pa.RecordBatch:
    defaults = filled(cover, spec)
    cells = {name: _cell(rows, label) for name, label in spec.columns.items()}
    place = np.flatnonzero(_is_row(spec, rows, cells))
    columns: dict[str, Cells] = {}
    for name, values in cells.items():
        looked_up = _look_up(values.take(place), spec.lookups.get(name, {}))
        columns[name] = _fill(looked_up, defaults.get(name))
    for name, value in {**defaults, **spec.constants}.items():
        columns.setdefault(name, pa.repeat(pa.scalar(value), len(place)))
    places, split = _unpivot(spec, rows, place, columns)
    told = _of_list(code, spec, cover, whole=not rows.rejected.num_rows)
    if "valid_from" in defaults:
        told |= {"is_whole_list": "false", "list_start_date": None}
    repeated = {
        name: pa.repeat(pa.scalar(value, pa.string()), len(places))
        for name, value in told.items()
    }
    own = {
        name: _fill(rows.columns[name].take(places), told[name])
        for name in ("legal_basis", "is_sample")
        if name in rows.columns and name not in spec.columns
    }
    located = {
        "_source_offset": rows.offsets.take(places),
        "_record_hash": rows.hashes.take(places),
    }
    return pa.RecordBatch.from_pydict({**located, **repeated, **own, **split})


def _of_list(
    code: str, spec: ListSpec, cover: Cover | None, *, whole: bool
) -> dict[str, str | None]:
    """What holds for every row of the file."""
    is_part = cover is not None and cover.is_part
    start = spec.start_date or load_sheet().open_start
    return {
        "table_name": spec.table,
        "list_code": code,
        "list_edition": spec.edition,
        "edition_date": cover.holds_from if cover and spec.is_whole else None,
        "legal_basis": spec.legal_basis,
        "is_sample": _word(spec.is_sample),
        # A list with a row that could not be read says nothing of absent codes.
        "is_whole_list": _word(spec.is_whole and whole and not is_part),
        "list_start_date": start if spec.is_whole else None,
        "repeat_rule_code": spec.repeats,
        "reader_version": VERSION,
    }


def _cell(rows: Rows, label: str | list[str]) -> Cells:
    if isinstance(label, str):
        return rows.columns[label]
    pieces = [rows.columns[one] for one in label]
    joined: Cells = pc.binary_join_element_wise(*pieces, "")
    return joined


def _is_row(
    spec: ListSpec, rows: Rows, cells: Mapping[str, Cells]
) -> npt.NDArray[np.bool_]:
    known = np.ones(len(rows.offsets), bool)
    for name, values in spec.ignore.items():
        found = cells[name] if name in cells else rows.columns[name]
        ignored = pc.is_in(found, value_set=pa.array(values))
        known &= ~ignored.to_numpy(zero_copy_only=False)
    return known


def _look_up(values: Cells, meant: Mapping[str, str]) -> Cells:
    for written, value in meant.items():
        values = pc.if_else(pc.equal(values, pa.scalar(written)), value, values)
    return values


def _fill(values: Cells, default: str | None) -> Cells:
    if default is None:
        return values
    blank = pc.equal(pc.utf8_trim_whitespace(values), "")
    return pc.if_else(pc.fill_null(blank, True), pa.scalar(default), values)


def _unpivot(
    spec: ListSpec, rows: Rows, place: Places, columns: dict[str, Cells]
) -> tuple[Places, dict[str, Cells]]:
    """The place of each reference row in the block, its gap mark and its cells."""
    if spec.unpivot is None:
        gaps = pa.repeat(pa.scalar("false"), len(place))
        return place, {"is_gap": gaps, "cells": _as_cells(columns)}
    labels = [name for name in rows.columns if name not in spec.sources]
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
