"""The record that a feature snapshot keeps per subject, and its schema fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from lakehouse.contracts import Table
from lakehouse.rules.catalogue import SOURCES

# The day of a snapshot is part of a table's key, not of a subject's.
AS_OF = "as_of_date"
# What criteria call a feature table; the same word opens the keys of a snapshot.
FEATURE_TABLES = {
    group: table for group, table in SOURCES.items() if table.startswith("feat.")
}
SEPARATOR = "/"
_FORMS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "bigint": int,
    "double": float,
    "boolean": bool,
    "date": date,
}


class SnapshotManifest(msgspec.Struct, frozen=True):
    """What a snapshot of features says about itself; its hash names the folder.

    Attributes:
        as_of_date: day at whose start the values were known.
        run_seq: run whose manifest gave the table versions.
        table_versions: Delta version of each table read.
        fingerprint: `to_fingerprint` of the contracts that made it.
        records: number of records by group.
        data_sha256: hash of `data.mdb`.
    """

    as_of_date: date
    run_seq: int
    table_versions: dict[str, int]
    fingerprint: str
    records: dict[str, int]
    data_sha256: str


def snapshot_hash(manifest: bytes) -> str:
    """Name of the folder of a snapshot: SHA-256 of its manifest as stored."""
    return hashlib.sha256(manifest).hexdigest()


def to_record(table: Table) -> type[msgspec.Struct]:
    """The struct of one subject's values: an array, in contract order.

    Raises:
        KeyError: a column has a type that a feature cannot have.
    """
    return msgspec.defstruct(
        "".join(part.capitalize() for part in table.short_name.split("_")),
        [(name, _form(table, name)) for name in value_columns(table)],
        array_like=True,
        frozen=True,
        gc=False,
        namespace={"__doc__": table.grain},
    )


def subject_columns(table: Table) -> tuple[str, ...]:
    """Columns whose values, joined, are the key of a record."""
    return tuple(name for name in table.key if name != AS_OF)


def value_columns(table: Table) -> tuple[str, ...]:
    """Columns that a record holds, in contract order: all but the technical ones."""
    return tuple(
        name for name, column in table.columns.items() if not column.is_technical
    )


def to_fingerprint(tables: Iterable[Table]) -> str:
    """Hash of everything by which a record could be read wrongly."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(f"{table.name} {table.major}\n".encode())
        digest.update(f"{' '.join(subject_columns(table))}\n".encode())
        for name in value_columns(table):
            digest.update(f"{name} {table.columns[name].type}\n".encode())
    return digest.hexdigest()


def _form(table: Table, name: str) -> Any:  # noqa: ANN401
    column = table.columns[name]
    if column.type.startswith("decimal"):
        form: Any = int if column.type.endswith(",0)") else Decimal
    else:
        form = _FORMS[column.type]
    return form if column.required else form | None
