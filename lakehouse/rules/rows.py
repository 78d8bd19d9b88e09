"""Rows of a reference file of rules: `list`, `defaults` that every row gets, `rows`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from lakehouse.rules.errors import CriterionError
from lakehouse.yamlfile import parse_yaml, shown_path

Row = TypeVar("Row", bound=msgspec.Struct)
_PARTS = {"list", "table", "edition", "defaults", "rows"}


def read_rows(path: Path, into: type[Row]) -> list[Row]:
    """Read the rows of one file.

    Raises:
        UsageError: the file is not there or is not YAML.
        CriterionError: it has another shape, or a row does not fit; the message names
            the row by number and by its first value.
    """
    content = parse_yaml(path)
    where = shown_path(path)
    if not isinstance(content, dict) or set(content) - _PARTS or "rows" not in content:
        raise CriterionError(
            "bad_file", f"{where} needs the keys list, defaults and rows", "Add them"
        )
    defaults = content.get("defaults") or {}
    rows = [defaults | row for row in content["rows"] or []]
    return to_rows(rows, into, where)


def to_rows(rows: Sequence[dict[str, Any]], into: type[Row], where: str) -> list[Row]:
    """Convert rows of a file or of a table.

    Raises:
        CriterionError: a row does not fit.
    """
    converted: list[Row] = []
    for number, row in enumerate(rows, 1):
        try:
            converted.append(msgspec.convert(row, into))
        except msgspec.ValidationError as error:
            name = next(
                (str(value) for key, value in row.items() if key.endswith("_code")), "?"
            )
            raise CriterionError(
                "bad_row", f"{where}, row {number} ({name}): {error}", "Correct the row"
            ) from None
    return converted


def known_columns(
    rows: Sequence[dict[str, Any]], into: type[msgspec.Struct]
) -> list[dict[str, Any]]:
    """Rows of a table without the columns that the lake adds to every list."""
    names = {field.encode_name for field in msgspec.structs.fields(into)}
    return [{name: row[name] for name in row if name in names} for row in rows]
