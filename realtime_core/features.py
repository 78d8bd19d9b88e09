"""Features of a declaration from an immutable, memory-mapped snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from weakref import WeakValueDictionary

import lmdb
import msgspec
from msgspec.structs import asdict

from lakehouse.contracts import Contracts
from lakehouse.derive.to_record import (
    FEATURE_TABLES,
    SEPARATOR,
    SnapshotManifest,
    snapshot_hash,
    to_fingerprint,
    to_record,
)
from realtime_core.decision import FeatureRecord
from realtime_core.errors import SnapshotRefused

Subject = tuple[str | None, ...]
POINTER = "current"
_KEY_BYTES = 511
# Most declarations name goods and enterprises that others have just named. A record
# takes about 1 KB, and one that was not asked for longest makes room.
_KEPT_RECORDS = 32_768
# One process may map a folder only once, so all readers of a snapshot share it.
_maps: WeakValueDictionary[str, lmdb.Environment] = WeakValueDictionary()


class Features(msgspec.Struct, frozen=True):
    """What a snapshot knows of a declaration.

    Attributes:
        snapshot: content hash of the snapshot.
        as_of_date: day at whose start the values were known.
        enterprise: record of the enterprise that declares.
        prices: a record for each line, in the order of the lines.
    """

    snapshot: str
    as_of_date: date
    run_seq: int
    enterprise: FeatureRecord
    prices: tuple[FeatureRecord, ...]


class Snapshot:
    """A published snapshot, open for one reading thread.

    Attributes:
        find: the record of (group, subject); a subject with an unknown part has none.
    """

    def __init__(self, folder: Path, contracts: Contracts) -> None:
        """Open a snapshot folder and check it against contracts and its own hash.

        Raises:
            SnapshotRefused: it is not there, is damaged, or has another schema.
        """
        self.manifest = _checked(folder, contracts)
        self.hash = folder.name
        self.as_of_date = self.manifest.as_of_date
        self._get = _mapped(folder).begin(buffers=True).get
        self._decode = {
            group: msgspec.msgpack.Decoder(to_record(contracts.table(name))).decode
            for group, name in FEATURE_TABLES.items()
        }
        self.find = lru_cache(maxsize=_KEPT_RECORDS)(self._find)

    def read(self, tax_code: str | None, goods: Sequence[Subject]) -> Features:
        """Features of one enterprise and of each line's (HS code, origin, unit)."""
        find = self.find
        return Features(
            self.hash,
            self.as_of_date,
            self.manifest.run_seq,
            find("enterprise", (tax_code,)),
            tuple([find("price", subject) for subject in goods]),
        )

    def _find(self, group: str, subject: Subject) -> FeatureRecord:
        try:
            key = f"{group}{SEPARATOR}{SEPARATOR.join(subject)}"  # type: ignore[arg-type]
        except TypeError:
            return FeatureRecord(group)
        place = key.encode()
        # Nothing is kept under a longer key than the store takes.
        value = self._get(place) if len(place) <= _KEY_BYTES else None
        if value is None:
            return FeatureRecord(key)
        return FeatureRecord(key, asdict(self._decode[group](value)))

    def close(self) -> None:
        """Let the snapshot go; it is unmapped when nobody holds it."""
        self.find.cache_clear()
        del self._get


def current_snapshot(published: Path) -> Path:
    """The folder that the pointer names.

    Raises:
        SnapshotRefused: nothing is published, or the pointer leads nowhere.
    """
    pointer = published / POINTER
    if not pointer.exists():
        raise SnapshotRefused(
            "no_snapshot",
            f"{published} has no published feature snapshot",
            "Run `customs features publish` first",
        )
    return published / pointer.read_text(encoding="ascii").strip()


def _mapped(folder: Path) -> lmdb.Environment:
    place = str(folder.resolve())
    environment = _maps.get(place)
    if environment is None:
        environment = _maps[place] = lmdb.open(
            place, readonly=True, lock=False, readahead=False, max_readers=1
        )
    return environment


def _checked(folder: Path, contracts: Contracts) -> SnapshotManifest:
    try:
        raw = (folder / "manifest.json").read_bytes()
        manifest = msgspec.json.decode(raw, type=SnapshotManifest)
        with (folder / "data.mdb").open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, msgspec.MsgspecError) as error:
        raise _refused("snapshot_unreadable", folder, str(error)) from None
    if snapshot_hash(raw) != folder.name or found != manifest.data_sha256:
        raise _refused("snapshot_damaged", folder, "its bytes are not what it was made")
    tables = [contracts.table(name) for name in FEATURE_TABLES.values()]
    if manifest.fingerprint != to_fingerprint(tables):
        raise _refused(
            "snapshot_schema", folder, "it was made by other feature contracts"
        )
    return manifest


def _refused(code: str, folder: Path, why: str) -> SnapshotRefused:
    return SnapshotRefused(
        code,
        f"the feature snapshot {folder.name[:12]} is refused: {why}",
        "Publish again with `customs features publish`",
    )
