"""Which core tables the parsed families of a source fill, as its `tables.yml` says."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from lakehouse.contracts import Contracts, Table
from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT
from lakehouse.yamlfile import load_yaml, shown_path

KNOWLEDGE = (
    *("known_from", "known_until", "is_current", "repeated_at"),
    *("content_hash", "_record_hash", "_run_seq"),
)
"""Columns that the lake itself gives to a row."""


class EntityTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One core table of a family.

    Attributes:
        each: list of the family whose entries are the rows, such as `lines.taxes`;
            empty where a message is one row.
        columns: column → SQL over the text of the message, as in `to_typed`; a column
            that is left out is read from the raw column of its own name. `_no_1` is
            the place in the outermost list, counted from 1.
    """

    each: str = ""
    columns: dict[str, str] = {}

    @property
    def lists(self) -> list[str]:
        """Lists to open, the outermost first."""
        return self.each.split(".") if self.each else []


class EntityFamily(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One parsed family.

    Attributes:
        subject: column that names what a message is about.
        named: SQL of the subject over the text of the message, if not the raw column
            of its own name.
        order: column of the first table; of two contents of a subject that with the
            greater value holds. Without it, the one that came later.
        tables: core tables; the first has one row for each content of a subject.
    """

    subject: str
    tables: dict[str, EntityTable]
    named: str | None = None
    order: str | None = None

    @property
    def main(self) -> str:
        """The table that has one row for each content of a subject."""
        return next(iter(self.tables))


class Entities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All families of a source that fill core tables by declaration."""

    date_format: str
    time_format: str
    families: dict[str, EntityFamily]


def declared_sources(root: Path = PROJECT_ROOT / "transforms") -> list[str]:
    """Sources with a `tables.yml`."""
    return sorted(path.parent.name for path in root.glob("*/tables.yml"))


@lru_cache(maxsize=32)
def load_entities(source: str, root: Path = PROJECT_ROOT / "transforms") -> Entities:
    """The declaration of a source.

    Raises:
        UsageError: a key is wrong, or the first table of a family opens a list.
    """
    path = root / source / "tables.yml"
    found = load_yaml(path, Entities)
    for name, family in found.families.items():
        if not family.tables or family.tables[family.main].each:
            raise UsageError(
                "bad_entities",
                f"{shown_path(path)}, {name}: the first table must be the message's",
                "Put a table without `each` first",
            )
    return found


def content_columns(table: Table) -> dict[str, str]:
    """Columns that the message fills, with their types."""
    return {
        name: column.type
        for name, column in table.columns.items()
        if name not in KNOWLEDGE
    }


def tables_of(source: str, contracts: Contracts) -> list[Table]:
    """Contracts of the core tables that a source declares."""
    families = load_entities(source).families.values()
    return [contracts.table(name) for family in families for name in family.tables]
