"""What `source.yml` says of each published list, typed, and which list a file holds."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from lakehouse.yamlfile import load_yaml


class Unpivot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Columns of a file that are values of one column of the table."""

    names: str
    values: str
    gaps: list[str]


class ListSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published list; `source.yml` explains the keys."""

    table: str
    publisher: str
    licence: str
    edition: str
    legal_basis: str
    columns: dict[str, str]
    constants: dict[str, str] = {}
    recognised_by: list[str] = []
    ignore: dict[str, list[str]] = {}
    lookups: dict[str, dict[str, str]] = {}
    unpivot: Unpivot | None = None
    is_sample: bool = False

    @property
    def labels(self) -> frozenset[str]:
        """Header labels that a file of the list must hold."""
        return frozenset([*self.columns.values(), *self.recognised_by])

    @property
    def is_whole(self) -> bool:
        """True where a file holds every code: a list of dated rows only adds to it."""
        return "valid_from" not in self.columns


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
        if spec.labels <= held
    }
    return max(fitting, key=lambda code: fitting[code], default=None)
