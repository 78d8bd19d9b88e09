"""An append-only journal on disk: what it acknowledged survives kill -9.

A journal is a folder of segments, and one writer holds its lock. Records that wait
share one fsync (group commit); a failed fsync ends the journal, since what is on disk
is then unknown.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import NamedTuple

from lakehouse.errors import EnvironmentFault
from lakehouse.journal_segments import (
    HEADER,
    JournalDamaged,
    Record,
    acknowledged_after,
    create_segment,
    damaged,
    decode,
    encode,
    mapped,
    read_journal,
    search_journal,
    segments,
)

__all__ = [
    "Batch",
    "Journal",
    "JournalBroken",
    "JournalDamaged",
    "Record",
    "TornTail",
    "read_journal",
    "search_journal",
]

_OFFSET_BITS = 40
_OFFSET_MASK = (1 << _OFFSET_BITS) - 1


class JournalBroken(EnvironmentFault):
    """A write or fsync failed: what is on disk is unknown, so nothing may follow."""


class TornTail(NamedTuple):
    """Bytes of unacknowledged records, cut off when the journal was opened."""

    segment: str
    offset: int
    size: int


class _Write(NamedTuple):
    segment: int
    chunks: list[bytes]


class Batch(NamedTuple):
    """Everything that waited; on disk as a whole after one `write`."""

    last_sequence: int
    writes: list[_Write]


class Journal:
    """The one writer of a journal folder.

    `append` and `take` belong to one thread; `write` may run in another, one at a
    time. `commit` does both for callers without threads.
    """

    def __init__(self, folder: Path, segment_bytes: int = 128 * 1024 * 1024) -> None:
        """Open or create the journal, cut a torn tail, rebuild the index.

        Raises:
            EnvironmentFault: the folder cannot be written or has another writer.
            JournalDamaged: acknowledged records do not read back.
        """
        self.torn: TornTail | None = None
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._index: dict[int, int] = {}
        self._waiting: list[_Write] = []
        self._unwritten: dict[int, Record] = {}
        self._broken: str | None = None
        self._lock = _lock(folder)
        self._sequence = 0
        self._size = 0
        self._files: list[int] = []
        try:
            self._recover()
        except EnvironmentFault:
            self._free()
            raise
        self.durable = self._sequence

    def __len__(self) -> int:
        """Number of keys that have a record."""
        return len(self._index)

    @property
    def sequence(self) -> int:
        """Sequence of the newest appended record, 0 if there is none."""
        return self._sequence

    def find(self, key: int) -> Record | None:
        """The newest record of a key, even before it is on disk.

        Raises:
            JournalDamaged: the record does not read back.
        """
        position = self._index.get(key)
        if position is None:
            return None
        waiting = self._unwritten.get(key)
        return waiting if waiting is not None else self._read(position)

    def __contains__(self, key: int) -> bool:
        """Whether a record of this key was appended."""
        return key in self._index

    def append(self, kind: int, key: int, payload: bytes) -> int:
        """Add a record that waits for the next `write`; its sequence comes back.

        Raises:
            JournalBroken: an earlier write failed.
        """
        self._refuse_if_broken()
        frame_bytes = HEADER.size + len(payload)
        if self._size and self._size + frame_bytes > self._segment_bytes:
            self._files.append(-1)
            self._size = 0
        self._sequence += 1
        segment = len(self._files) - 1
        frame = encode(kind, key, self._sequence, self.durable, payload)
        if not self._waiting or self._waiting[-1].segment != segment:
            self._waiting.append(_Write(segment, []))
        self._waiting[-1].chunks.extend((frame, payload))
        self._index[key] = segment << _OFFSET_BITS | self._size
        self._unwritten[key] = Record(self._sequence, kind, key, payload)
        self._size += frame_bytes
        return self._sequence

    def take(self) -> Batch | None:
        """All that waits, to be handed to `write`; None if nothing does."""
        if not self._waiting:
            return None
        batch = Batch(self._sequence, self._waiting)
        self._waiting = []
        return batch

    def write(self, batch: Batch) -> None:
        """Put a batch on disk; one fsync per segment it touches, mostly one.

        Raises:
            JournalBroken: the disk refused; the journal takes nothing more.
        """
        self._refuse_if_broken()
        try:
            for part in batch.writes:
                if self._files[part.segment] < 0:
                    first = HEADER.unpack(part.chunks[0])[4]
                    self._files[part.segment] = create_segment(self._folder, first)
                descriptor = self._files[part.segment]
                _write_all(descriptor, b"".join(part.chunks))
                os.fdatasync(descriptor)
        except OSError as error:
            self._broken = error.strerror or str(error)
            self._refuse_if_broken()
        self.durable = batch.last_sequence

    def settle(self, batch: Batch) -> None:
        """Forget the in-memory copies of a written batch (the appending thread)."""
        if batch.last_sequence == self._sequence:
            self._unwritten.clear()
            return
        self._unwritten = {
            key: record
            for key, record in self._unwritten.items()
            if record.sequence > batch.last_sequence
        }

    def commit(self) -> None:
        """Put on disk all that waits; see `write`."""
        batch = self.take()
        if batch is not None:
            self.write(batch)
            self.settle(batch)

    def close(self) -> None:
        """Commit what waits, then free files and lock."""
        if self._broken is None:
            self.commit()
        self._free()

    def _free(self) -> None:
        for descriptor in self._files:
            if descriptor >= 0:
                os.close(descriptor)
        self._files = []
        os.close(self._lock)

    def _refuse_if_broken(self) -> None:
        if self._broken is not None:
            raise JournalBroken(
                "journal_broken",
                f"{self._folder}: a record could not be put on disk ({self._broken})",
                "Free or repair the disk, then start again; nothing that was "
                "acknowledged is lost",
            )

    def _read(self, position: int) -> Record:
        segment, offset = position >> _OFFSET_BITS, position & _OFFSET_MASK
        descriptor = self._files[segment]
        header = os.pread(descriptor, HEADER.size, offset)
        length = int.from_bytes(header[8:12], "little")
        frame = decode(header + os.pread(descriptor, length, offset + len(header)))
        if frame is None:
            raise damaged(self._folder, f"segment {segment}, byte {offset}")
        return frame.record

    def _recover(self) -> None:
        paths = segments(self._folder)
        for path in paths:
            self._files.append(os.open(path, os.O_RDWR | os.O_APPEND))
            last = path is paths[-1]
            size = self._index_segment(path, verify=last)
            if last:
                self._cut(path, size)
            elif size != path.stat().st_size:
                raise damaged(self._folder, f"{path.name}, byte {size}")
        if not paths:
            self._files.append(create_segment(self._folder, 1))

    def _index_segment(self, path: Path, *, verify: bool) -> int:
        """Index one segment; the byte after its last whole record comes back."""
        offset, number = 0, len(self._files) - 1
        with mapped(path) as data:
            while (frame := decode(data, offset, verify=verify)) is not None:
                if frame.record.sequence != self._sequence + 1:
                    raise damaged(self._folder, f"{path.name}, byte {offset}")
                self._sequence = frame.record.sequence
                self._index[frame.record.key] = number << _OFFSET_BITS | offset
                offset = frame.end
            if acknowledged_after(data, offset) > self._sequence:
                raise damaged(self._folder, f"{path.name}, byte {offset}")
        return offset

    def _cut(self, path: Path, size: int) -> None:
        descriptor = self._files[-1]
        torn = path.stat().st_size - size
        if torn:
            self.torn = TornTail(path.name, size, torn)
            os.ftruncate(descriptor, size)
        # Records that were written but not yet synced when the writer died are
        # answered from now on, so they must be on disk first.
        os.fsync(descriptor)
        self._size = size


def _lock(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o640)
    except OSError as error:
        raise EnvironmentFault(
            "journal_unwritable",
            f"{folder} cannot be written ({error.strerror})",
            "Give this user the folder, or set CUSTOMS_LAKE to another lake",
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise EnvironmentFault(
            "journal_locked",
            f"{folder} already has a writer",
            "Stop the other service first; a journal has one writer",
        ) from None
    return descriptor


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
