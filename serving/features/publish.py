"""A content-addressed LMDB snapshot of the feature tables as of one date."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import lmdb
import msgspec
import pyarrow as pa
import pyarrow.types as kinds
from deltalake import DeltaTable, QueryBuilder

from lakehouse.contracts import Table
from lakehouse.derive.to_record import (
    AS_OF,
    FEATURE_TABLES,
    SEPARATOR,
    SnapshotManifest,
    snapshot_hash,
    subject_columns,
    to_fingerprint,
    value_columns,
)
from lakehouse.tables import Lake
from serving.features.errors import NothingToPublish

# Address space only: the file grows with what is written.
_MAP_BYTES = 64 * 1024**3
_BATCH_ROWS = 50_000


def publish(lake: Lake, as_of: date) -> Path:
    """Write the snapshot of a date and point `current` at it; its folder comes back.

    The table versions are those of the newest manifest, so that all features are of
    one consistent cut. The same content gives the same folder.

    Raises:
        NothingToPublish: no manifest yet, or no feature row for the date.
    """
    root = lake.root / "published" / "snapshots"
    root.mkdir(parents=True, exist_ok=True)
    run_seq, versions = newest_manifest(lake)
    work = Path(tempfile.mkdtemp(prefix=".making-", dir=root))
    try:
        records = _write_records(lake, as_of, versions, work)
        if not any(records.values()):
            raise NothingToPublish(
                "no_features",
                f"the feature tables have no row as of {as_of}",
                "Run `customs build` for that date first",
            )
        manifest = SnapshotManifest(
            as_of_date=as_of,
            run_seq=run_seq,
            table_versions=versions,
            fingerprint=to_fingerprint(
                [lake.contracts.table(name) for name in FEATURE_TABLES.values()]
            ),
            records=records,
            data_sha256=_hash_of(work / "data.mdb"),
        )
        return _place(root, work, msgspec.json.encode(manifest))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def newest_manifest(lake: Lake) -> tuple[int, dict[str, int]]:
    """The newest run that ended well, and its version of each feature table.

    Raises:
        NothingToPublish: no run has ended well yet.
    """
    rows = lake.read(
        "ops.manifest",
        "select run_seq, table_name, delta_version from t "
        "where run_seq = (select max(run_seq) from t)",
    ).to_pylist()
    wanted = set(FEATURE_TABLES.values())
    versions = {
        row["table_name"]: row["delta_version"]
        for row in rows
        if row["table_name"] in wanted
    }
    if not versions:
        raise NothingToPublish(
            "no_manifest",
            "no run that built features has ended well yet",
            "Run `customs build` first",
        )
    return rows[0]["run_seq"], dict(sorted(versions.items()))


def _write_records(
    lake: Lake, as_of: date, versions: dict[str, int], folder: Path
) -> dict[str, int]:
    environment = lmdb.open(str(folder), map_size=_MAP_BYTES, lock=False)
    records = {}
    try:
        # Groups and keys in byte order: append mode fills pages without searching.
        for group, name in sorted(FEATURE_TABLES.items()):
            if name not in versions:
                continue
            rows = _rows(lake, group, name, versions[name], as_of)
            with environment.begin(write=True) as transaction:
                _, added = transaction.cursor().putmulti(_items(rows), append=True)
            records[group] = added
    finally:
        environment.close()
    return records


def _rows(lake: Lake, group: str, name: str, version: int, as_of: date) -> pa.Table:
    """Key and values of each subject, in the byte order of keys."""
    table = lake.contracts.table(name)
    delta = DeltaTable(str(lake.path(name)), version=version)
    subject = ", ".join(subject_columns(table))
    rows = (
        QueryBuilder()
        .register("t", delta)
        .execute(
            f"select concat_ws('{SEPARATOR}', '{group}', {subject}) as subject_key, "
            f"{', '.join(_value(table, column) for column in value_columns(table))} "
            f"from t where {AS_OF} = date '{as_of.isoformat()}' order by subject_key"
        )
    )
    return pa.table(rows.read_all())


def _value(table: Table, column: str) -> str:
    # Whole money fits an integer, which a record holds as such.
    if table.columns[column].type.endswith(",0)"):
        return f"cast({column} as bigint) as {column}"
    return column


def _items(rows: pa.Table) -> Iterator[tuple[bytes, bytes]]:
    encode = msgspec.msgpack.Encoder().encode
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        keys = batch.column(0).cast(pa.binary()).to_pylist()
        values = zip(*(_plain(column) for column in batch.columns[1:]), strict=True)
        yield from zip(keys, map(encode, values), strict=True)


def _plain(column: pa.Array[Any]) -> list[object]:
    if kinds.is_string_view(column.type):
        return list(column.cast(pa.string()).to_pylist())
    return list(column.to_pylist())


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(root: Path, work: Path, manifest: bytes) -> Path:
    folder = root / snapshot_hash(manifest)
    if not folder.exists():
        (work / "manifest.json").write_bytes(manifest)
        for file in work.iterdir():
            _sync(file)
        work.rename(folder)
    # The pointer moves in one step: a reader sees the old snapshot or the new one.
    pointer = root / ".current.part"
    pointer.write_text(folder.name, encoding="ascii")
    _sync(pointer)
    pointer.replace(root / "current")
    _sync(root)
    return folder


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
