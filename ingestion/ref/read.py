"""Read reference lists: delimited text, spreadsheets, packages and YAML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingestion.ref.cover import Cover, read_cover, spec_of
from ingestion.ref.lists import (
    DELIMITERS,
    ListSpec,
    list_of_first_line,
    list_of_labels,
    load_sheet,
)
from ingestion.ref.packages import read_package
from ingestion.ref.rows import VERSION, parsed_rows
from ingestion.ref.workbook import headers, is_workbook, read_sheets, rows_below
from ingestion.ref.yaml_list import read_yaml_list
from lakehouse.batches import Parsed, SourceReader
from lakehouse.delimited import (
    NO_PARTS,
    Form,
    first_line,
    labels_of,
    read_delimited,
    reject,
    rejected_rows,
)

REASONS = {
    "unknown_list": (
        "Không nhận ra danh mục theo dòng tiêu đề",
        "The header line is of no list that source.yml names",
    ),
    "missing_column": (
        "Tệp thiếu cột của danh mục đã nêu",
        "The file has not the columns of the list that is named",
    ),
    "bad_workbook": ("Không mở được bảng tính", "The spreadsheet cannot be opened"),
    "no_legal_basis": (
        "Danh mục không có căn cứ pháp lý",
        "The list names no legal basis",
    ),
    "file_missing": (
        "Không có tệp mà tờ bìa nêu",
        "The file that the cover names is not there",
    ),
    "unknown_package": (
        "Không có gói dữ liệu hoặc phiên bản mà tờ bìa nêu",
        "The package or its version that the cover names is not installed",
    ),
}
_SHOWN_BYTES = 4096


def read(path: Path) -> Iterator[Parsed]:
    """Read one list file; what is no list is one rejected row."""
    if path.suffix not in (".yml", ".yaml"):
        yield from _read_file(path, None)
        return
    cover = read_cover(path)
    if cover is None:
        yield read_yaml_list(path, VERSION)
    elif cover.package:
        yield _read_package(path, cover)
    elif cover.file is not None and cover.file.is_file():
        yield from _read_file(cover.file, cover)
    else:
        yield _refuse(path, "file_missing")


def _read_package(path: Path, cover: Cover) -> Parsed:
    rows = read_package(cover.list_code, str(cover.package))
    if rows is None:
        return _refuse(path, "unknown_package")
    return parsed_rows(cover.list_code, spec_of(cover, [*rows.columns]), rows, cover)


def _read_file(path: Path, cover: Cover | None) -> Iterator[Parsed]:
    if is_workbook(path):
        yield from _read_workbook(path, cover)
        return
    found = _recognise(path, cover)
    if isinstance(found, str):
        yield _refuse(path, found)
        return
    code, spec = found
    names = tuple(spec.headless.labels) if spec.headless else ()
    form = Form(spec.delimiter, spec.encoding, names)
    for rows in read_delimited(path, spec.labels, form):
        yield parsed_rows(code, spec, rows, cover)


def _recognise(path: Path, cover: Cover | None) -> tuple[str, ListSpec] | str:
    """The list of a delimited file, or why there is none."""
    line = first_line(path)
    ways = {mark: labels_of(line, mark) for mark in DELIMITERS}
    if cover:
        mark = max(ways, key=lambda one: len(ways[one]))
        spec = spec_of(cover, ways[mark], mark)
        if not spec.legal_basis and "legal_basis" not in ways[mark]:
            return "no_legal_basis"
        return cover.list_code, spec
    headless = list_of_first_line(line.decode("latin-1"))
    for mark, labels in ways.items():
        code = list_of_labels(labels) or headless
        if code and (code == headless or load_sheet().lists[code].delimiter == mark):
            return code, load_sheet().lists[code]
    return "unknown_list"


def _read_workbook(path: Path, cover: Cover | None) -> Iterator[Parsed]:
    """Every sheet that holds a list; a workbook without one is refused."""
    sheets = read_sheets(path)
    refusal = "bad_workbook" if sheets is None else "unknown_list"
    found = False
    for sheet in sheets or []:
        for at, labels in headers(sheet):
            code = cover.list_code if cover else list_of_labels(labels)
            if code is None:
                continue
            spec = spec_of(cover, labels) if cover else load_sheet().lists[code]
            if not spec.labels <= {*labels}:
                refusal = "missing_column"
                continue
            if not spec.legal_basis:
                refusal = "no_legal_basis"
                break
            found = True
            yield parsed_rows(code, spec, rows_below(sheet, at, labels), cover)
            break
    if not found:
        yield _refuse(path, refusal)


def _refuse(path: Path, code: str) -> Parsed:
    with path.open("rb") as handle:
        shown = handle.read(_SHOWN_BYTES)
    refusal = reject(code, 0, path.stat().st_size, shown, REASONS)
    return Parsed({}, rejected_rows([refusal]), NO_PARTS, 1)


READER = SourceReader("ref", VERSION, read)
