"""What `source.yml` says of each published list, typed, and which list a file holds."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from lakehouse.yamlfile import load_yaml


class Unpivot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Columns of a file that are values of one column of the table."""

    names: str
    values: str
    gaps: list[str]


class Headless(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file without a header line: what its first line looks like, and its columns."""

    first_line: str
    labels: list[str]


class ListSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published list; `source.yml` explains the keys."""

    table: str
    publisher: str
    licence: str
    edition: str
    legal_basis: str
    columns: dict[str, str | list[str]]
    constants: dict[str, str] = {}
    recognised_by: list[str] = []
    ignore: dict[str, list[str]] = {}
    lookups: dict[str, dict[str, str]] = {}
    unpivot: Unpivot | None = None
    headless: Headless | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    start_date: str | None = None
    repeats: Literal["first"] | None = None
    is_sample: bool = False

    @property
    def labels(self) -> frozenset[str]:
        """Header labels that a file of the list must hold."""
        return frozenset([*self.sources, *self.recognised_by])

    @property
    def sources(self) -> list[str]:
        """Labels whose cells are columns of the table, alone or joined."""
        pieces = (
            [label] if isinstance(label, str) else label
            for label in self.columns.values()
        )
        return [label for piece in pieces for label in piece]

    @property
    def is_whole(self) -> bool:
        """True where a file holds every code: a list of dated rows only adds to it."""
        return "valid_from" not in {*self.columns, *self.constants}


class SourceSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `source.yml`."""

    code: str
    title_vi: str
    title_en: str
    publisher: str
    legal_basis: str
    owner: str
    classification: str
    cadence: str
    delivery: str
    format: str
    encoding: str
    open_start: str
    lists: dict[str, ListSpec]


@lru_cache(maxsize=1)
def load_sheet() -> SourceSheet:
    """Read `source.yml`.

    Raises:
        UsageError: a key is unknown, missing or of the wrong kind.
    """
    return load_yaml(Path(__file__).with_name("source.yml"), SourceSheet)


def list_of_labels(labels: list[str]) -> str | None:
    """Code of the list whose labels all stand in a header, the most demanding one."""
    held = frozenset(labels)
    fitting = {
        code: len(spec.labels)
        for code, spec in load_sheet().lists.items()
        if spec.labels <= held and not spec.headless
    }
    return max(fitting, key=lambda code: fitting[code], default=None)


def list_of_first_line(line: str) -> str | None:
    """Code of the list without a header whose files begin with such a line."""
    for code, spec in load_sheet().lists.items():
        if spec.headless and re.fullmatch(spec.headless.first_line, line):
            return code
    return None


DELIMITERS = (",", ";", "\t")
"""What a list may be written with; a spreadsheet saved in Viet Nam has semicolons."""
