"""Read a reference list that is kept as YAML: `list`, `defaults`, `rows`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import yaml

from lakehouse.batches import Parsed
from lakehouse.delimited import NO_PARTS, reject, rejected_rows

REASONS = {
    "bad_yaml": (
        "Tệp YAML sai cú pháp hoặc không có danh mục",
        "The YAML is not well formed or holds no list",
    ),
    "bad_encoding": ("Không phải UTF-8", "The text is not UTF-8"),
    "bad_row": (
        "Dòng danh mục không phải các cặp tên và giá trị khác nhau",
        "The row is not a mapping of distinct names to values",
    ),
    "no_legal_basis": (
        "Dòng danh mục thiếu căn cứ pháp lý hoặc không nói rõ có phải dữ liệu mẫu",
        "The row names no legal basis, or not whether it is a sample",
    ),
}

_KEYS = {"list", "table", "edition", "defaults", "rows"}
_NULL = "tag:yaml.org,2002:null"
_CELL = pa.struct([("cell_name", pa.string()), ("cell_text", pa.string())])

Cells = dict[str, str | None]


def read_yaml_list(path: Path, version: str) -> Parsed:
    """Read one list file. A scalar stays the text that stands there (0.10, not 0.1)."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
        parts = _parts(yaml.compose(text, Loader=yaml.CSafeLoader))
        constants, defaults, row_nodes = _list_of(parts)
    except UnicodeDecodeError:
        return _refuse_file("bad_encoding", data)
    except (yaml.YAMLError, _NotAList):
        return _refuse_file("bad_yaml", data)
    constants["reader_version"] = version
    header = json.dumps([constants, defaults], ensure_ascii=False)
    rows: list[dict[str, object]] = []
    rejected: list[dict[str, object]] = []
    for node in row_nodes:
        payload = text[node.start_mark.index : node.end_mark.index].encode()
        offset = len(text[: node.start_mark.index].encode())
        try:
            cells = {**defaults, **_cells(node)}
        except _NotAList:
            rejected.append(reject("bad_row", offset, len(payload), payload, REASONS))
            continue
        row = {name: cells.pop(name, None) for name in ("legal_basis", "is_sample")}
        if None in row.values():
            code = "no_legal_basis"
            rejected.append(reject(code, offset, len(payload), payload, REASONS))
            continue
        rows.append(_row(offset, payload, header, {**constants, **row}, cells))
    return Parsed(_tables(rows), rejected_rows(rejected), NO_PARTS, len(row_nodes))


class _NotAList(Exception):
    """The YAML holds something else; never leaves this module."""


def _parts(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _NotAList
    parts = {key.value: value for key, value in node.value}
    if len(parts) != len(node.value):
        raise _NotAList
    return parts


def _list_of(parts: dict[str, yaml.Node]) -> tuple[Cells, Cells, list[yaml.Node]]:
    rows, code = parts.get("rows"), parts.get("list")
    if set(parts) - _KEYS or not isinstance(rows, yaml.SequenceNode):
        raise _NotAList
    if not isinstance(code, yaml.ScalarNode):
        raise _NotAList
    table = parts.get("table")
    edition = parts.get("edition")
    constants: Cells = {
        "table_name": str(table.value) if table else f"ref.{code.value}",
        "list_code": str(code.value),
        "list_edition": str(edition.value) if edition else "shipped with the product",
        "is_whole_list": "false",
        "is_gap": "false",
        "list_start_date": None,
        "edition_date": None,
        "repeat_rule_code": None,
    }
    defaults = _cells(parts["defaults"]) if "defaults" in parts else {}
    return constants, defaults, rows.value


def _cells(node: yaml.Node) -> Cells:
    return {name: _text(value) for name, value in _parts(node).items()}


def _text(node: yaml.Node) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == _NULL else str(node.value)
    return json.dumps(_plain(node), ensure_ascii=False)


def _plain(node: yaml.Node) -> object:
    """A nested value; its scalars stay texts."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {name: _plain(value) for name, value in _parts(node).items()}
    return None if node.tag == _NULL else node.value


def _row(
    offset: int, payload: bytes, header: str, row: Cells, cells: Cells
) -> dict[str, object]:
    pairs = [{"cell_name": name, "cell_text": text} for name, text in cells.items()]
    return {
        "_source_offset": offset,
        "_record_hash": hashlib.sha256(payload).hexdigest(),
        "message_labels": header,
        "message_payload": payload,
        "cells": pairs,
        **row,
    }


def _tables(rows: list[dict[str, object]]) -> dict[str, pa.RecordBatch]:
    if not rows:
        return {}
    cells = pa.array([row.pop("cells") for row in rows], pa.list_(_CELL))
    place = ["_source_offset", "_record_hash"]
    evidence = ["message_labels", "message_payload"]
    whole = pa.RecordBatch.from_pylist(rows)
    others = [name for name in whole.schema.names if name not in evidence]
    return {
        "ref__message": whole.select([*place, *evidence]),
        "ref__row": whole.select(others).append_column("cells", cells),
    }


def _refuse_file(code: str, data: bytes) -> Parsed:
    refusal = reject(code, 0, len(data), data, REASONS)
    return Parsed({}, rejected_rows([refusal]), NO_PARTS, 1)
