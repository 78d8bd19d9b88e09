"""Rows of list files as typed columns of their table; what cannot be typed apart."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Column, Table
from lakehouse.derive.types import forms_of

Values: TypeAlias = "pa.Array[Any]"

REASONS = {
    "unknown_list": (
        "Danh mục không có bảng tham chiếu tương ứng",
        "The list names no reference table",
    ),
    "unknown_column": (
        "Danh mục có cột mà bảng không có",
        "The list has a column that the table does not have",
    ),
    "bad_value": (
        "Giá trị không đúng kiểu hoặc ngày không tồn tại",
        "A value is not of its type, or a date does not exist",
    ),
    "missing_value": ("Thiếu giá trị bắt buộc", "A required value is missing"),
    "overlap": (
        "Hai dòng của một mã có thời gian hiệu lực chồng nhau",
        "Two rows of one code hold at the same time",
    ),
    "repeated_code": (
        "Mã đã đứng ở dòng trước của tệp với nội dung khác; dòng đầu được giữ",
        "The code stands on an earlier row of the file, which is kept",
    ),
    "edition_out_of_order": (
        "Bản danh mục cũ hơn bản đã nạp; nạp lại, nêu ngày hết hiệu lực (--until)",
        "The edition is older than the one known; load it with its last day (--until)",
    ),
    "official_known": (
        "Đã có dòng chính thức, không nhận dòng mẫu",
        "An official row is known, a sample is not taken",
    ),
}

LIST_COLUMNS = ("list_code", "list_edition", "legal_basis", "is_sample")
"""What the reader says of the whole list, beside its cells."""
LAKE_COLUMNS = ("known_from", "known_until", "_record_hash", "_run_seq")
"""What the lake itself gives to a row."""

_DIGITS = ("hs_code",)
"""Elements whose digits a list may set apart: 0101.21.00, 0101 21 00."""
_SEPARATORS = "[ .\u00a0]"
_INTEGER = r"^-?[0-9]{1,18}$"
_DOUBLE = r"^-?[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?$"
_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


class Typed(NamedTuple):
    """Typed rows, and for each row its refusal code or null.

    Attributes:
        rows: columns of the table but for `LAKE_COLUMNS`, in contract order.
        codes: why a row cannot be taken.
    """

    rows: pa.Table
    codes: Values


def content_columns(table: Table) -> list[Column]:
    """Columns that the cells of a list fill."""
    apart = (*LIST_COLUMNS, *LAKE_COLUMNS)
    return [column for name, column in table.columns.items() if name not in apart]


def type_rows(raw: pa.Table, table: Table) -> Typed:
    """Type the rows of `raw.ref__row` that are for one table.

    An undated row keeps an empty `valid_from`: the edition dates it. A gap has no
    value where others must.
    """
    raw = raw.combine_chunks()
    cells = raw["cells"].combine_chunks()
    owners = np.asarray(pc.list_parent_indices(cells))
    pairs = pc.list_flatten(cells)
    names, texts = (
        pc.struct_field(pairs, "cell_name"),
        pc.struct_field(pairs, "cell_text"),
    )
    is_gap = pc.equal(raw["is_gap"].combine_chunks(), pa.scalar("true"))
    codes = _unknown_columns(names, owners, table, len(raw))
    columns: dict[str, Values] = {}
    for column in content_columns(table):
        text = _gather(names, texts, owners, column.name, len(raw))
        if column.element in _DIGITS:
            text = pc.replace_substring_regex(text, _SEPARATORS, "")
        value = _typed(text, column)
        bad = pc.and_(pc.is_valid(text), pc.is_null(value))
        codes = _first(codes, bad, "bad_value")
        if column.required and column.name != "valid_from":
            missing = pc.and_not(pc.is_null(text), is_gap)
            codes = _first(codes, missing, "missing_value")
        columns[column.name] = value
    for name in LIST_COLUMNS:
        columns[name] = _typed(raw[name].combine_chunks(), table.columns[name])
    order = [name for name in table.columns if name not in LAKE_COLUMNS]
    rows = pa.table({name: columns[name] for name in order})
    return Typed(rows, codes)


def _gather(
    names: Values, texts: Values, owners: np.ndarray[Any, Any], name: str, size: int
) -> Values:
    """The cell of one name in each row, trimmed; blank is null."""
    mine = np.asarray(pc.equal(names, pa.scalar(name)).cast(pa.uint8())) == 1
    place = np.full(size, -1)
    place[owners[mine]] = np.flatnonzero(mine)
    text = texts.take(pa.array(place, mask=place < 0))
    text = pc.utf8_trim_whitespace(text)
    blank = pc.equal(text, pa.scalar(""))
    found: Values = pc.if_else(blank, pa.scalar(None, pa.string()), text)
    return found


def _typed(text: Values, column: Column) -> Values:
    kind = forms_of(column.type).arrow
    if column.type == "string":
        return text
    if column.type == "date":
        return _dates(text, at_end=column.name == "valid_to")
    if column.type == "boolean":
        return _matching(text, "^(true|false)$").cast(kind)
    if column.type in ("integer", "bigint"):
        return _matching(text, _INTEGER).cast(kind)
    if pa.types.is_decimal(kind):
        whole, part = kind.precision - kind.scale, kind.scale
        fraction = rf"(\.[0-9]{{1,{part}}})?" if part else ""
        return _matching(text, rf"^-?[0-9]{{1,{whole}}}{fraction}$").cast(kind)
    return _matching(text, _DOUBLE).cast(kind)


def _matching(text: Values, pattern: str) -> Values:
    fits = pc.match_substring_regex(text, pattern)
    found: Values = pc.if_else(fits, text, pa.scalar(None, pa.string()))
    return found


def _dates(text: Values, *, at_end: bool) -> Values:
    """Dates; a year or a month alone is its first day, or its last as an end."""
    known = _matching(text, _DATE)
    length = np.asarray(pc.fill_null(pc.utf8_length(known), 0))
    tails = np.array(["-01-01", "-12-01", "-01", ""])
    of_year = 1 if at_end else 0
    tail = tails[np.select([length == 4, length == 7], [of_year, 2], 3)]
    padded = pc.binary_join_element_wise(known, pa.array(tail), "")
    parsed = pc.strptime(padded, format="%Y-%m-%d", unit="s", error_is_null=True)
    # The parser rolls 30 February over to March; such a day does not exist.
    exists = pc.equal(pc.strftime(parsed, format="%Y-%m-%d"), padded)
    days: Values = pc.if_else(exists, parsed, pa.scalar(None, parsed.type)).cast(
        pa.date32()
    )
    if not at_end:
        return days
    months = np.asarray(days.cast(pa.timestamp("s"))).astype("datetime64[M]")
    last = (months + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    ends = pa.array(last, pa.date32(), mask=np.asarray(pc.is_null(days)))
    found: Values = pc.if_else(pa.array(length < 10), ends, days)
    return found


def _unknown_columns(
    names: Values, owners: np.ndarray[Any, Any], table: Table, size: int
) -> Values:
    known = pa.array([column.name for column in content_columns(table)])
    strange = np.asarray(pc.invert(pc.is_in(names, value_set=known)))
    hit = np.zeros(size, bool)
    hit[owners[strange]] = True
    return _first(pa.nulls(size, pa.string()), pa.array(hit), "unknown_column")


def _first(codes: Values, wrong: Values, code: str) -> Values:
    """The code where a row is wrong and has none yet."""
    found: Values = pc.if_else(
        pc.and_(pc.is_null(codes), wrong), pa.scalar(code), codes
    )
    return found


def payload_of(cells: Values, codes: Values) -> Values:
    """Cells of each refused row as JSON, null elsewhere."""
    refused = np.flatnonzero(np.asarray(pc.is_valid(codes)))
    shown: list[str | None] = [None] * len(codes)
    for place, row in zip(refused, cells.take(refused).to_pylist(), strict=True):
        pairs = {cell["cell_name"]: cell["cell_text"] for cell in row}
        shown[place] = json.dumps(pairs, ensure_ascii=False)
    return pa.array(shown, pa.string())
