"""Read VNACCS messages: bytes to evidence, parsed and rejected rows, waiting parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingestion.vnaccs.lines import between
from ingestion.vnaccs.parse import Origin, parse
from ingestion.vnaccs.parts import give_up, join_parts
from ingestion.vnaccs.pieces import PIECE_BYTES, Piece, Pieces
from ingestion.vnaccs.rows import VERSION, Rows
from ingestion.vnaccs.source import source
from lakehouse.batches import Parsed, SourceReader
from lakehouse.messages import Layouts, load_layouts


def read(path: Path) -> Iterator[Parsed]:
    """Read one file in bounded memory."""
    with path.open("rb", buffering=0) as handle:
        yield from read_stream(handle, load_layouts())


def read_stream(
    handle: BinaryIO, layouts: Layouts, piece_bytes: int = PIECE_BYTES
) -> Iterator[Parsed]:
    """Read a stream of bytes: for each piece the evidence, then its layouts.

    Every part of a divided message is handed on as pending; `join_parts` joins those
    of one file or of many.
    """
    rows = Rows(layouts)
    for piece in pieces(handle, layouts, piece_bytes):
        yield from rows.parsed(parse(piece, layouts), origin_of(piece))


def pieces(
    handle: BinaryIO, layouts: Layouts, piece_bytes: int = PIECE_BYTES
) -> Iterator[Piece]:
    """A stream cut between messages, secrets blanked."""
    facts = source()
    cutter = Pieces(
        layouts.header,
        facts.redact,
        facts.kept_payload_bytes,
        lambda procedure, output: layouts.find(procedure, output) is not None,
    )
    return cutter.cut(handle, piece_bytes)


def origin_of(piece: Piece) -> Origin:
    """Messages of a piece of one stream."""
    frames = piece.frames
    payloads = between(piece.data, frames.start, frames.end)
    return Origin(piece.offset + frames.start, payloads, 2)


READER = SourceReader(
    code=source().code,
    version=VERSION,
    read=read,
    join_parts=join_parts,
    parts_expire_hours=source().parts_expire_hours,
    give_up=give_up,
)
