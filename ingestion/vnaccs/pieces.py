"""A file cut into pieces that end between messages, in bounded memory.

A message is no longer than its six-digit length can say. What goes on longer is a
stretch without a message: its first bytes are kept and the rest is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from ingestion.vnaccs.frame import Frames, find_frames, find_headers
from ingestion.vnaccs.lines import Bytes, Lines, find_lines
from ingestion.vnaccs.redact import blanked, secret_places
from lakehouse.messages import Header

PIECE_BYTES = 16 * 1024**2
LONGEST_MESSAGE = 1_000_000


class Stretch(NamedTuple):
    """Bytes that can be read as no message.

    Attributes:
        code: why; `bad_length` begins with a whole header.
        size: of all; `kept` has the first of them.
    """

    code: str
    offset: int
    size: int
    kept: bytes

    @property
    def has_header(self) -> bool:
        """Whether the codes of a header stand at its beginning."""
        return self.code == "bad_length"


class Piece(NamedTuple):
    """Whole messages, and the stretches that end here.

    Attributes:
        offset: place of the first byte in the file.
        frames: messages whose length fits.
    """

    offset: int
    data: Bytes
    lines: Lines
    frames: Frames
    stretches: list[Stretch]


class Pieces:
    """Cuts a stream of bytes; secret header fields are blank in all that comes out."""

    def __init__(
        self,
        header: Header,
        redact: list[str],
        kept_bytes: int,
        is_known: Callable[[str, str], bool],
    ) -> None:
        """Cut at this header; `is_known` tells by codes which layouts there are."""
        self._header = header
        self._secret = secret_places(header, redact)
        self._kept_bytes = kept_bytes
        self._is_known = is_known
        self._open: Stretch | None = None

    def cut(self, handle: BinaryIO, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
        """All pieces of a stream, in order."""
        offset, carry = 0, b""
        while True:
            data = np.empty(len(carry) + piece_bytes, np.uint8)
            data[: len(carry)] = np.frombuffer(carry, np.uint8)
            got = _fill(handle, data[len(carry) :].data)
            data = data[: len(carry) + got]
            is_last = got < piece_bytes
            piece, used = self._piece(offset, data, is_last=is_last)
            yield piece
            if is_last:
                return
            carry = data[used:].tobytes()
            offset += used

    def _piece(self, offset: int, data: Bytes, *, is_last: bool) -> tuple[Piece, int]:
        lines = find_lines(data, self._header.length, is_last=is_last)
        starts, heads = find_headers(data, lines, self._header)
        if len(starts):
            data[starts[:, None] + self._secret] = ord(" ")
            heads[:, self._secret] = ord(" ")
        frames = find_frames(data, lines, starts, heads, self._header, is_last=is_last)
        used = len(data) if is_last else self._decided(data, frames)
        stretches = [
            self._redacted(stretch)
            for stretch in self._stretches(offset, data, frames, used, is_last=is_last)
        ]
        if not frames.is_right.all():
            frames = frames.kept(frames.is_right)
        return Piece(offset, data, lines, frames, stretches), used

    def _decided(self, data: Bytes, frames: Frames) -> int:
        """How far the bytes can be judged before more of them come."""
        size, keep = len(data), self._header.length + 1
        if not len(frames.start):
            return max(size - keep, 0)
        last = int(frames.start[-1])
        if frames.is_right[-1]:
            return max(size - keep, int(frames.end[-1]))
        return last if size - last < LONGEST_MESSAGE else size - keep

    def _stretches(
        self, offset: int, data: Bytes, frames: Frames, used: int, *, is_last: bool
    ) -> Iterator[Stretch]:
        at = 0
        if self._open:
            at = int(frames.start[0]) if len(frames.start) else used
            if at >= used:
                yield from self._go_on(offset, data[:used], is_last=is_last)
                return
            yield self._longer(self._open, data[:at])
            self._open = None
        befores = np.concatenate([[at], frames.end[:-1]])[: len(frames.start)]
        odd = np.flatnonzero(~frames.is_right | (frames.start > befores))
        for n in odd:
            start, end = int(frames.start[n]), int(frames.end[n])
            if start > used or (start == used and not is_last):
                break
            if start > befores[n]:
                yield self._new(offset, data, int(befores[n]), start)
            if not frames.is_right[n]:
                stretch = self._new(offset, data, start, min(end, used), "bad_length")
                if end > used:
                    self._open = stretch
                    return
                yield stretch
        ends = frames.end[frames.end <= used]
        at = max(at, int(ends[-1])) if len(ends) else at
        yield from self._tail(offset, data[:used], at, is_last=is_last)

    def _go_on(self, offset: int, data: Bytes, *, is_last: bool) -> Iterator[Stretch]:
        """A stretch that began before these bytes and has no end within them."""
        assert self._open is not None
        if not is_last:
            self._open = self._longer(self._open, data)
            return
        size = len(data)
        is_stray = not self._open.has_header
        cut = self._truncated_header(data, -1) if is_stray else size
        yield self._longer(self._open, data[:cut])
        if cut < size:
            yield self._new(offset, data, cut, size, "truncated_header")

    def _tail(
        self, offset: int, data: Bytes, at: int, *, is_last: bool
    ) -> Iterator[Stretch]:
        size = len(data)
        if not is_last:
            if at < size:
                self._open = self._new(offset, data, at, size)
            return
        cut = self._truncated_header(data, at)
        if offset + size == 0:
            yield Stretch("empty_file", 0, 0, b"")
        if at < cut:
            yield self._new(offset, data, at, cut)
        if cut < size:
            yield self._new(offset, data, cut, size, "truncated_header")

    def _truncated_header(self, data: Bytes, at: int) -> int:
        """Where a header begins that the file does not end; the end of data if none."""
        first = max(at, len(data) - self._header.length)
        tail = data[first:].tobytes()
        begins = [0] if first == at else []
        begins += [found.end() for found in re.finditer(rb"[\r\n]", tail)]
        for begin in begins:
            head = tail[begin:]
            text = head.decode("latin-1")
            procedure, output = text[3:8], text[8:15]
            shows = len(head) >= 8 and re.fullmatch(rb"[ -~]+", head)
            if shows and self._is_known(procedure, output):
                return first + begin
        return len(data)

    def _new(
        self,
        offset: int,
        data: Bytes,
        start: int,
        end: int,
        code: str = "not_a_message",
    ) -> Stretch:
        kept = data[start : min(end, start + self._kept_bytes)].tobytes()
        return Stretch(code, offset + start, end - start, kept)

    def _redacted(self, stretch: Stretch) -> Stretch:
        # A whole header has its secrets blanked already.
        known = self._header.length if stretch.has_header else 0
        rest = blanked(stretch.kept[known:], self._secret)
        return stretch._replace(kept=stretch.kept[:known] + rest)

    def _longer(self, stretch: Stretch, more: Bytes) -> Stretch:
        room = self._kept_bytes - len(stretch.kept)
        kept = stretch.kept + more[: max(room, 0)].tobytes()
        return stretch._replace(size=stretch.size + len(more), kept=kept)


def _fill(handle: BinaryIO, into: memoryview) -> int:
    got = 0
    while got < len(into):
        read = handle.readinto(into[got:])  # type: ignore[attr-defined]
        if not read:
            break
        got += read
    return got
