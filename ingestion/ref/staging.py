"""Put a list file of an operator into the landing folder, with a cover sheet on it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from ingestion.ref.lists import load_sheet
from lakehouse.contracts import load_contracts
from lakehouse.errors import DataRefused, UsageError
from lakehouse.settings import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "ingestion" / "ref" / "sample"
"""Lists that come with the product, and covers of packages that hold others."""
_FILES = ".files"


def table_of(name: str) -> str:
    """The reference table of a list, or of a table named with or without `ref.`.

    Raises:
        UsageError: there is neither such a list nor such a table.
    """
    lists, tables = load_sheet().lists, load_contracts().tables
    table = f"ref.{name.removeprefix('ref.')}"
    if name in lists:
        return lists[name].table
    if table in tables:
        return table
    known = sorted({*lists, *(one[4:] for one in tables if one.startswith("ref."))})
    raise UsageError(
        "unknown_list", f"`{name}` is no list", f"Known lists: {', '.join(known)}"
    )


def stage(landing: Path, name: str, file: Path, stated: Mapping[str, str]) -> Path:
    """Copy a file to a hidden place and write the cover that names it.

    The name of a cover follows from its content, so the same file with the same dates
    is known again, and with other dates is another arrival.

    Args:
        stated: keys of a cover: `edition`, `is_part`, and the cells of `defaults`.

    Returns:
        The cover.

    Raises:
        DataRefused: the file is not there.
        UsageError: there is no such list.
    """
    table_of(name)
    if not file.is_file():
        raise DataRefused("file_missing", f"{file} is not there", "Name a list file")
    with file.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    kept = landing / _FILES / f"{digest}{file.suffix}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, kept)
    apart = ("edition", "is_part")
    sheet = {
        "list": name.removeprefix("ref."),
        **{key: value for key, value in stated.items() if key in apart},
        "defaults": {key: value for key, value in stated.items() if key not in apart},
        "file": f"{_FILES}/{kept.name}",
    }
    text = yaml.safe_dump(sheet, allow_unicode=True, sort_keys=False)
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    cover = landing / f"{sheet['list']}_{mark}.yml"
    cover.write_text(text, encoding="utf-8")
    return cover
