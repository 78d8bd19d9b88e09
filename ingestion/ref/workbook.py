"""Sheets of a spreadsheet (xls, xlsx, ods) as rows of text, each with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from lakehouse.delimited import Rows, hashes_of, rejected_rows

_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_HEAD_ROWS = 60
"""Titles and notes stand above the header; it is looked for in so many rows."""
_ROWS_A_SHEET = 2**20


class Sheet(NamedTuple):
    """A sheet with text.

    Attributes:
        number: of the sheet in its workbook, from 0.
        lines: texts of each row that holds any, with the row's number from 1.
    """

    number: int
    lines: list[tuple[int, list[str]]]


def is_workbook(path: Path) -> bool:
    """True for the two packings in which spreadsheets come."""
    with path.open("rb") as handle:
        return handle.read(4) in _MAGIC


def read_sheets(path: Path) -> list[Sheet] | None:
    """All sheets; None if the file cannot be opened."""
    try:
        book = CalamineWorkbook.from_path(path)
        grids = [book.get_sheet_by_index(at) for at in range(len(book.sheet_names))]
        tables = [grid.to_python(skip_empty_area=False) for grid in grids]
    except CalamineError:
        return None
    return [Sheet(at, _lines(table)) for at, table in enumerate(tables)]


def headers(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Places that may be the header, with their labels; a blank one is named #place."""
    for at, (_, texts) in enumerate(sheet.lines[:_HEAD_ROWS]):
        yield at, [text.strip() or f"#{n}" for n, text in enumerate(texts, 1)]


def rows_below(sheet: Sheet, at: int, labels: list[str]) -> Rows:
    """The rows below a header, as a reader of text would give them."""
    lines = sheet.lines[at + 1 :]
    payload = pa.array([_written(texts) for _, texts in lines], pa.binary())
    columns = {
        label: pa.array([texts[place] for _, texts in lines], pa.string())
        for place, label in enumerate(labels)
        if labels.count(label) == 1
    }
    # A spreadsheet has no bytes of a row: the place is the sheet and the row's number.
    offsets = [sheet.number * _ROWS_A_SHEET + number for number, _ in lines]
    return Rows(
        header=_written(labels).decode(),
        columns=columns,
        offsets=pa.array(offsets, pa.int64()),
        payload=payload,
        hashes=hashes_of(payload),
        rejected=rejected_rows([]),
    )


def _lines(table: list[list[Any]]) -> list[tuple[int, list[str]]]:
    width = max((len(row) for row in table), default=0)
    texts = [[_text(value) for value in row] for row in table]
    padded = [row + [""] * (width - len(row)) for row in texts]
    return [(number, row) for number, row in enumerate(padded, 1) if any(row)]


def _text(value: object) -> str:
    """A cell as a person reads it: 7, not 7.0; dates in the order of ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _written(texts: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(texts)
    return line.getvalue().encode()
