"""A cover sheet: YAML that says which list a file or package holds, and from when."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from ingestion.ref.lists import ListSpec, load_sheet

_KEYS = {"list", "table", "edition", "defaults", "file", "package", "is_part"}
_ROW = ("legal_basis", "is_sample")

Defaults = dict[str, str]


class Cover(NamedTuple):
    """What an operator states of a list, beside its rows.

    Attributes:
        list_code: a list of `source.yml`, or the name of a table whose columns are the
            header labels.
        edition: as the publisher names it; None leaves what `source.yml` says.
        defaults: cells of the rows that leave them blank.
        file: where the rows stand; None where a package holds them.
        package: name and version of the package that holds them.
        is_part: True where a code that is not in the file has not ended.
        text: the sheet itself, kept as evidence.
    """

    list_code: str
    edition: str | None
    defaults: Defaults
    file: Path | None
    package: str | None
    is_part: bool
    text: str

    @property
    def holds_from(self) -> str | None:
        """First day of an edition that is the state of all codes from then on."""
        if self.is_part or self.defaults.get("valid_to"):
            return None
        return self.defaults.get("valid_from")


def read_cover(path: Path) -> Cover | None:
    """The cover sheet in a YAML file; None if the file is something else."""
    try:
        text = path.read_text("utf-8")
        sheet = yaml.load(text, Loader=yaml.CBaseLoader)
    except (UnicodeDecodeError, yaml.YAMLError):
        return None
    if not isinstance(sheet, dict) or set(sheet) - _KEYS or "list" not in sheet:
        return None
    defaults = sheet.get("defaults", {})
    if "rows" in sheet or ("file" in sheet) == ("package" in sheet):
        return None
    if not isinstance(defaults, dict):
        return None
    return Cover(
        list_code=str(sheet["list"]),
        edition=sheet.get("edition"),
        defaults={name: str(value) for name, value in defaults.items()},
        file=path.parent / sheet["file"] if "file" in sheet else None,
        package=sheet.get("package"),
        is_part=sheet.get("is_part") == "true",
        text=text,
    )


def spec_of(cover: Cover, labels: list[str], delimiter: str = ",") -> ListSpec:
    """The list as `source.yml` knows it, changed by what the cover states.

    A list that it does not know is a table: each label is a column of it, and one that
    is not is refused by the table.
    """
    spec = load_sheet().lists.get(cover.list_code)
    if spec is None:
        spec = _table_list(cover.list_code, labels, delimiter)
    elif cover.package:
        more = {label: label for label in labels if label not in spec.sources}
        spec = msgspec.structs.replace(spec, columns={**spec.columns, **more})
    stated = {
        "edition": cover.edition,
        "legal_basis": cover.defaults.get("legal_basis"),
        "start_date": cover.holds_from,
    }
    given: dict[str, object] = {name: value for name, value in stated.items() if value}
    if "is_sample" in cover.defaults:
        given["is_sample"] = cover.defaults["is_sample"] == "true"
    return msgspec.structs.replace(spec, **given)


def filled(cover: Cover | None, spec: ListSpec) -> Defaults:
    """Cells that the rows of a list take where they have none."""
    if cover is None:
        return {}
    # The start of a whole edition is no cell: codes that go on keep the one they have.
    apart = (*_ROW, "valid_from") if spec.is_whole and cover.holds_from else _ROW
    return {name: value for name, value in cover.defaults.items() if name not in apart}


def _table_list(code: str, labels: list[str], delimiter: str) -> ListSpec:
    return ListSpec(
        table=f"ref.{code.removeprefix('ref.')}",
        publisher="",
        licence="",
        edition="",
        legal_basis="",
        columns={label: label for label in labels if label not in _ROW},
        delimiter=delimiter,
    )
