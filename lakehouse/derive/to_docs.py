"""Page of a table in the data dictionary, in Vietnamese or English, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from lakehouse.contracts import Column, Element, Table

Language = Literal["vi", "en"]
Words = Mapping[str, str]

_WORDS: dict[Language, Words] = {
    "vi": {
        "facts": "Thông tin chung",
        "columns": "Các cột",
        "checks": "Kiểm tra chất lượng",
        "warnings": "Lưu ý khi dùng",
        "references": "Tham chiếu",
        "owner": "Đơn vị quản lý",
        "version": "Phiên bản",
        "classification": "Mức bảo mật",
        "key": "Khóa",
        "history": "Cách lưu lịch sử",
        "partition": "Phân vùng",
        "sources": "Nguồn",
        "consumers": "Nơi dùng",
        "freshness": "Độ trễ cho phép (giờ)",
        "retention": "Thời hạn lưu (năm)",
        "column": "Cột",
        "label": "Tên chỉ tiêu",
        "type": "Kiểu",
        "unit": "Đơn vị",
        "required": "Bắt buộc",
        "meaning": "Ý nghĩa (tiếng Anh)",
        "basis": "Căn cứ",
        "code": "Mã",
        "severity": "Mức",
        "message": "Thông báo",
        "holds": "Điều kiện phải đúng",
        "yes": "có",
        "table": "Bảng",
        "title": "Tên",
        "dictionary": "Từ điển dữ liệu",
    },
    "en": {
        "facts": "Facts",
        "columns": "Columns",
        "checks": "Checks",
        "warnings": "Mind when using it",
        "references": "References",
        "owner": "Owner",
        "version": "Version",
        "classification": "Classification",
        "key": "Key",
        "history": "History",
        "partition": "Partitioned by",
        "sources": "Sources",
        "consumers": "Consumers",
        "freshness": "Expected delay (hours)",
        "retention": "Kept (years)",
        "column": "Column",
        "label": "Data element",
        "type": "Type",
        "unit": "Unit",
        "required": "Required",
        "meaning": "Meaning",
        "basis": "Legal basis",
        "code": "Code",
        "severity": "Severity",
        "message": "Message",
        "holds": "What must hold",
        "yes": "yes",
        "table": "Table",
        "title": "Title",
        "dictionary": "Data dictionary",
    },
}


def to_docs(table: Table, elements: Mapping[str, Element], language: Language) -> str:
    """The page of one table."""
    words, spec = _WORDS[language], table.spec
    parts = [
        f"# {table.name}: {_title(table, language)}",
        _line(spec.description),
        f"## {words['facts']}\n\n{_facts(table, words)}",
        f"## {words['columns']}\n\n{_columns(table, elements, language)}",
    ]
    if spec.references:
        rows = [(column, f"`{to}`") for column, to in spec.references.items()]
        text = _grid([words["column"], words["references"]], rows)
        parts.append(f"## {words['references']}\n\n{text}")
    if spec.checks:
        parts.append(f"## {words['checks']}\n\n{_checks(table, language)}")
    if spec.usage_warnings:
        lines = "\n".join(f"- {_line(one)}" for one in spec.usage_warnings)
        parts.append(f"## {words['warnings']}\n\n{lines}")
    return "\n\n".join(parts) + "\n"


def to_index(tables: Iterable[Table], language: Language) -> str:
    """The first page of the dictionary: every table with title and grain."""
    words = _WORDS[language]
    rows = [
        (f"[`{table.name}`]({table.name}.md)", _title(table, language), table.grain)
        for table in tables
    ]
    heads = [words["table"], words["title"], words["meaning"]]
    return f"# {words['dictionary']}\n\n{_grid(heads, rows)}\n"


def _facts(table: Table, words: Words) -> str:
    spec = table.spec
    freshness = spec.freshness.expected_delay_hours if spec.freshness else "–"
    rows = [
        (words["owner"], spec.owner),
        (words["version"], spec.version),
        (words["classification"], spec.classification),
        (words["key"], _names(table.key)),
        (words["history"], spec.history),
        (words["partition"], _names(spec.partition_by)),
        (words["sources"], _names(spec.sources)),
        (words["consumers"], ", ".join(spec.consumers) or "–"),
        (words["freshness"], freshness),
        (words["retention"], f"{spec.retention.years} ({spec.retention.legal_basis})"),
    ]
    return "\n".join(f"- {name}: {value}" for name, value in rows)


def _columns(table: Table, elements: Mapping[str, Element], language: Language) -> str:
    words = _WORDS[language]
    heads = ["column", "label", "type", "unit", "required", "meaning", "basis"]
    rows = [
        _column(name, column, elements, language)
        for name, column in _flat("", table.columns.values())
    ]
    return _grid([words[head] for head in heads], rows)


def _flat(prefix: str, columns: Iterable[Column]) -> Iterable[tuple[str, Column]]:
    """Columns in order; those inside a list follow it under its name."""
    for column in columns:
        yield prefix + column.name, column
        yield from _flat(f"{prefix}{column.name}[].", column.items)


def _column(
    name: str, column: Column, elements: Mapping[str, Element], language: Language
) -> tuple[object, ...]:
    element = elements.get(column.element or "")
    required = _WORDS[language]["yes"] if column.required else ""
    if element is None:
        return (f"`{name}`", "", column.type, "", required, column.note or "", "")
    label = element.label_vi if language == "vi" else element.label_en
    label += f" ({column.role})" if column.role else ""
    meaning = f"{element.description} {column.note or ''}".strip()
    return (
        f"`{name}`",
        label,
        column.type,
        element.unit or "",
        required,
        meaning,
        element.legal_basis,
    )


def _checks(table: Table, language: Language) -> str:
    words = _WORDS[language]
    rows = [
        (
            check.code,
            check.severity,
            check.message_vi if language == "vi" else check.message_en,
            f"`{_line(check.expression)}`",
        )
        for check in table.spec.checks
    ]
    heads = ["code", "severity", "message", "holds"]
    return _grid([words[head] for head in heads], rows)


def _title(table: Table, language: Language) -> str:
    return table.spec.title_vi if language == "vi" else table.spec.title_en


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _grid(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    return _line(str(value)).replace("|", "\\|")


def _line(text: str) -> str:
    return " ".join(text.split())
