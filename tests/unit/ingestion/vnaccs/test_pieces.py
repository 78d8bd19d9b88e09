"""Where messages begin and end, whatever stands between them."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from ingestion.vnaccs.pieces import Piece
from ingestion.vnaccs.read import pieces

from .wire import LAYOUTS, Found, ida, parcel

KEPT = 1 << 20


def spans(data: bytes, piece_bytes: int = 1 << 20) -> list[tuple[int, str, int]]:
    found = []
    for piece in pieces(io.BytesIO(data), LAYOUTS, piece_bytes):
        found += list(_messages(piece))
        found += [(one.offset, one.code, one.size) for one in piece.stretches]
    return sorted(found)


def _messages(piece: Piece) -> Iterator[tuple[int, str, int]]:
    for start, end in zip(piece.frames.start, piece.frames.end, strict=True):
        yield piece.offset + int(start), "message", int(end - start)


A, B = ida(), parcel()
FILES = {
    "two messages": A + B,
    "junk around": b"x\r\ny" + A + b"\x00\xff" * 900 + B + b"z",
    "cut in a line": A[:700] + B,
    "cut header at the end": A + B[:250],
    "length too big": A[:392] + b"009999" + A[398:] + B,
    "length too small": A[:392] + b"000700" + A[398:] + B,
    "length of letters": A[:392] + b"00A700" + A[398:] + B,
    "LF counted as two": A.replace(b"\r\n", b"\n") + B,
    "nothing": b"",
    "only a line end": b"\r\n",
    "begins with LF": b"\n" + A,
    "CR alone": A.replace(b"\r\n", b"\r"),
    "long junk": b"q" * 5000,
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("piece_bytes", [401, 700, 1000, 1601])
def test_the_size_of_the_pieces_changes_nothing(name: str, piece_bytes: int) -> None:
    assert spans(FILES[name], piece_bytes) == spans(FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_every_byte_belongs_to_one_message_or_stretch(name: str) -> None:
    at = 0
    for start, _, size in spans(FILES[name], 700):
        assert start == at
        at += size
    assert at == len(FILES[name])


def test_junk_is_one_stretch_and_the_messages_around_it_are_read() -> None:
    assert [code for _, code, _ in spans(FILES["junk around"])] == [
        "not_a_message",
        "message",
        "not_a_message",
        "message",
        "not_a_message",
    ]


def test_a_message_of_wrong_length_runs_to_the_next_header() -> None:
    for name in ("cut in a line", "length too big", "length too small"):
        (_, first, size), (start, second, _) = spans(FILES[name])
        assert (first, second, start) == ("bad_length", "message", size)


def test_a_header_that_the_file_does_not_end_is_named_so() -> None:
    assert spans(FILES["cut header at the end"])[-1] == (
        len(A),
        "truncated_header",
        250,
    )


def test_stray_bytes_before_a_cut_header_are_a_stretch_of_their_own() -> None:
    codes = [code for _, code, _ in spans(b"stray\r\n" + A[:100])]
    assert codes == ["not_a_message", "truncated_header"]


def test_an_empty_file_is_told_as_empty_and_what_to_do() -> None:
    assert spans(b"") == [(0, "empty_file", 0)]
    (row,) = Found(b"").rejected
    assert row["code"] == "empty_file"
    assert "gửi lại" in row["reason_vi"]
    assert "ask the sender" in row["reason_en"]


@pytest.mark.parametrize("counted", [1, 2])
def test_line_ends_of_one_byte_are_taken_with_a_warning(counted: int) -> None:
    data = A.replace(b"\r\n", b"\n")
    size = len(data) if counted == 1 else len(A)
    found = Found((data[:392] + b"%06d" % size + data[398:]) * 2 + B)
    warnings = [row["warning_codes"] for row in found.evidence]
    assert warnings == ["line_ends", "duplicate line_ends", None]


def test_carriage_returns_alone_are_refused() -> None:
    assert Found(FILES["CR alone"]).codes == ["bad_line_ends"]


class Endless(io.RawIOBase):
    """Bytes without a line end, made while they are read."""

    def __init__(self, size: int, then: bytes) -> None:
        self.left, self.then = size, then

    def readinto(self, buffer: memoryview) -> int:
        size = min(len(buffer), self.left)
        if size:
            buffer[:size] = b"7" * size
            self.left -= size
            return size
        size = min(len(buffer), len(self.then))
        buffer[:size] = self.then[:size]
        self.then = self.then[size:]
        return size


@pytest.mark.slow
def test_a_line_of_200_megabytes_is_one_stretch_in_bounded_memory() -> None:
    tracemalloc.start()
    found = []
    for piece in pieces(Endless(200_000_000, A), LAYOUTS, 4 << 20):
        found += piece.stretches
        found += list(_messages(piece))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stretch, message = found
    assert (stretch.code, stretch.size) == ("not_a_message", 200_000_000)
    assert len(stretch.kept) == KEPT
    assert message == (200_000_000, "message", len(A))
    assert peak < 64 << 20
