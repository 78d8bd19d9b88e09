"""Cut a file into messages with bounded memory; nothing between them is lost."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from lakehouse.delimited import KEPT_BYTES

CHUNK = 1024**2
_BOM = b"\xef\xbb\xbf"


class Piece(NamedTuple):
    """A stretch of a file.

    Attributes:
        payload: its bytes; only the beginning where it is no message.
        length: of the whole stretch.
        fault: why it is no message, empty where it may be one.
    """

    offset: int
    payload: bytes
    length: int
    fault: str = ""


def cut_whole(handle: BinaryIO, limit: int) -> Iterator[Piece]:
    """A file that is one message."""
    payload = handle.read(limit + 1)
    if len(payload) <= limit:
        if payload.strip():
            yield Piece(0, payload.removeprefix(_BOM), len(payload))
        return
    length = len(payload) + sum(len(more) for more in _chunks(handle))
    yield Piece(0, payload[:KEPT_BYTES], length, "message_too_large")


def cut_lines(handle: BinaryIO, limit: int) -> Iterator[Piece]:
    """Each line that holds anything is a message."""
    offset = 0
    while line := handle.readline(limit + 2):
        length, kept = len(line), line
        while not kept.endswith(b"\n") and (kept := handle.readline(CHUNK)):
            length += len(kept)
        text = line.strip().removeprefix(_BOM) if offset == 0 else line.strip()
        if length > limit + 2:
            yield Piece(offset, line[:KEPT_BYTES], length, "message_too_large")
        elif text:
            yield Piece(offset, text, len(text))
        offset += length


class XmlCutter:
    """Cuts a file of XML documents that stand one after another."""

    def __init__(self, root: str, limit: int) -> None:
        name = rb"(?:[\w.-]+:)?" + re.escape(root.encode())
        self._end = re.compile(rb"</" + name + rb"\s*>")
        self._start = re.compile(
            rb"(?:<\?xml\b[^>]*>\s*)?(?:<!DOCTYPE.*?>\s*)??<" + name + rb"(?=[\s/>])",
            re.DOTALL,
        )
        self._limit = limit

    def __call__(self, handle: BinaryIO) -> Iterator[Piece]:
        """Documents, and what stands between them."""
        held, at = b"", 0
        # Once more at the end: what follows a message that was passed over.
        for more in itertools.chain(_chunks(handle), [b""]):
            held += more
            done = 0
            for found in self._end.finditer(held):
                yield from self._open(held[done : found.end()], at + done)
                done = found.end()
            held, at = held[done:], at + done
            if len(held) > self._limit:
                head, start = held[:KEPT_BYTES], at
                held, at = self._skip(handle, held, at)
                yield Piece(start, head, at - start, "message_too_large")
        yield from self._rest(held, at)

    def _skip(self, handle: BinaryIO, held: bytes, at: int) -> tuple[bytes, int]:
        """Pass over a message without end; what follows its end is held again."""
        for more in _chunks(handle):
            # The end may stand across two chunks.
            kept = held[-256:]
            at += len(held) - len(kept)
            held = kept + more
            found = self._end.search(held)
            if found:
                return held[found.end() :], at + found.end()
        return b"", at + len(held)

    def _open(self, stretch: bytes, at: int) -> Iterator[Piece]:
        """A stretch with one end: a beginning without one stands before it."""
        starts = [found.start() for found in self._start.finditer(stretch)]
        if not starts:
            yield Piece(at, stretch[:KEPT_BYTES], len(stretch), "bad_xml")
            return
        yield from _stray(stretch[: starts[0]], at)
        for begin, end in pairwise([*starts, len(stretch)]):
            fault = "" if end == len(stretch) else "cut_message"
            yield Piece(at + begin, stretch[begin:end], end - begin, fault)

    def _rest(self, held: bytes, at: int) -> Iterator[Piece]:
        starts = [found.start() for found in self._start.finditer(held)]
        bounds = [*starts, len(held)]
        yield from _stray(held[: bounds[0]], at)
        for begin, end in pairwise(bounds):
            text = held[begin:end]
            # A root without content has no end of its own: the parser will say.
            closed = text.rstrip().endswith(b"/>")
            fault = "" if closed else "cut_message"
            yield Piece(at + begin, text, len(text), fault)


def _stray(stretch: bytes, at: int) -> Iterator[Piece]:
    if stretch.removeprefix(_BOM).strip():
        yield Piece(at, stretch[:KEPT_BYTES], len(stretch), "stray_bytes")


def _chunks(handle: BinaryIO) -> Iterator[bytes]:
    while more := handle.read(CHUNK):
        yield more
