"""Segments of a journal on disk: what a frame is, and records read back from them.

A segment is a run of frames. A frame is a header (magic, CRC-32, length, kind,
sequence, durable, key) and a payload. `durable` is the newest sequence known to be on
disk when the frame was written: it tells a torn tail, which is normal after a crash,
from damage to acknowledged records, which is not.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lakehouse.errors import EnvironmentFault

MAGIC = b"CJ1\n"
# magic, CRC of all that follows it, payload length, kind, sequence, durable, key
HEADER = struct.Struct("<4sIIHxxQQQ")
_CRC_END = 8
_SUFFIX = ".journal"


class JournalDamaged(EnvironmentFault):
    """Acknowledged records do not read back."""


class Record(NamedTuple):
    """One record as it was appended."""

    sequence: int
    kind: int
    key: int
    payload: bytes


class Frame(NamedTuple):
    """A record with its place."""

    record: Record
    durable: int
    end: int


def read_journal(folder: Path, after: int = 0) -> Iterator[Record]:
    """Records with a sequence above `after`, in order; needs no lock.

    Raises:
        JournalDamaged: a segment before the newest one does not read to its end.
    """
    paths = segments(folder)
    for path, following in zip(paths, [*paths[1:], None], strict=True):
        if following is not None and int(following.stem) <= after + 1:
            continue
        offset = 0
        with mapped(path) as data:
            while (frame := decode(data, offset)) is not None:
                if frame.record.sequence > after:
                    yield frame.record
                offset = frame.end
            if following is not None and offset != len(data):
                raise damaged(folder, f"{path.name}, byte {offset}")


def search_journal(folder: Path, key: int) -> Record | None:
    """The newest record of a key, found by headers alone; needs no lock or index.

    Raises:
        JournalDamaged: the record does not read back.
    """
    for path in reversed(segments(folder)):
        offset, newest = 0, -1
        with mapped(path) as data:
            while (frame := decode(data, offset, verify=False)) is not None:
                if frame.record.key == key:
                    newest = offset
                offset = frame.end
            if newest >= 0:
                found = decode(data, newest)
                if found is None:
                    raise damaged(folder, f"{path.name}, byte {newest}")
                return found.record
    return None


def segments(folder: Path) -> list[Path]:
    """Segment files, oldest first; each is named by its first sequence."""
    return sorted(folder.glob(f"*{_SUFFIX}"))


def encode(kind: int, key: int, sequence: int, durable: int, payload: bytes) -> bytes:
    """The header that goes before a payload."""
    header = HEADER.pack(MAGIC, 0, len(payload), kind, sequence, durable, key)
    crc = zlib.crc32(payload, zlib.crc32(header[_CRC_END:]))
    return header[:4] + crc.to_bytes(4, "little") + header[_CRC_END:]


def decode(
    data: bytes | mmap.mmap, offset: int = 0, *, verify: bool = True
) -> Frame | None:
    """The frame at an offset, or None where no whole frame stands.

    Without `verify` the payload is left out: enough, and fast, for an index.
    """
    if offset + HEADER.size > len(data):
        return None
    magic, crc, length, kind, sequence, durable, key = HEADER.unpack_from(data, offset)
    end = offset + HEADER.size + length
    if magic != MAGIC or end > len(data):
        return None
    if not verify:
        return Frame(Record(sequence, kind, key, b""), durable, end)
    checked = data[offset + _CRC_END : end]
    if zlib.crc32(checked) != crc:
        return None
    payload = checked[HEADER.size - _CRC_END :]
    return Frame(Record(sequence, kind, key, payload), durable, end)


def acknowledged_after(data: bytes | mmap.mmap, offset: int) -> int:
    """What the whole frames after a bad one knew to be on disk; 0 if none."""
    newest = 0
    found = data.find(MAGIC, offset + 1)
    while found >= 0:
        frame = decode(data, found)
        if frame is not None:
            newest = max(newest, frame.durable)
        found = data.find(MAGIC, found + 1 if frame is None else frame.end)
    return newest


@contextmanager
def mapped(path: Path) -> Iterator[bytes | mmap.mmap]:
    """The bytes of a segment without reading them all."""
    # An empty file cannot be mapped.
    if path.stat().st_size == 0:
        yield b""
        return
    with path.open("rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


def create_segment(folder: Path, first: int) -> int:
    """Create the segment that starts with a sequence; its descriptor comes back."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND
    descriptor = os.open(folder / f"{first:020d}{_SUFFIX}", flags, 0o640)
    # The name itself must survive a power cut, not only the bytes.
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return descriptor


def damaged(folder: Path, where: str) -> JournalDamaged:
    """The error for acknowledged bytes that do not read back."""
    return JournalDamaged(
        "journaldamaged",
        f"{folder}: acknowledged records do not read back at {where}",
        "Keep the folder as it is and restore the journal from its copy",
    )
