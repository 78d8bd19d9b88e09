"""A file is cut into messages with bounded memory, and nothing between them is lost."""

from io import BytesIO

import pytest

from lakehouse.documents.pieces import CHUNK, XmlCutter, cut_lines, cut_whole

_ONE = b"<A><b>1</b></A>"


def pieces(text: bytes, limit: int = 4 * CHUNK) -> list[tuple[bytes, str]]:
    return [
        (piece.payload, piece.fault) for piece in XmlCutter("A", limit)(BytesIO(text))
    ]


def test_documents_stand_one_after_another() -> None:
    assert pieces(_ONE + b"\n" + _ONE) == [(_ONE, ""), (_ONE, "")]


def test_a_prefixed_root_is_a_message_too() -> None:
    text = b'<?xml version="1.0"?>\n<x:A xmlns:x="u"><x:b/></x:A>'
    assert pieces(text) == [(text, "")]


def test_what_stands_between_messages_is_kept() -> None:
    assert pieces(_ONE + b"junk" + _ONE + b"tail") == [
        (_ONE, ""),
        (b"junk", "stray_bytes"),
        (_ONE, ""),
        (b"tail", "stray_bytes"),
    ]


def test_a_message_without_end_does_not_swallow_the_next() -> None:
    assert pieces(b"<A><b>" + _ONE) == [(b"<A><b>", "cut_message"), (_ONE, "")]


def test_another_name_that_begins_alike_is_no_root() -> None:
    assert pieces(b"<Ab></Ab>" + _ONE) == [(b"<Ab></Ab>", "stray_bytes"), (_ONE, "")]


@pytest.mark.parametrize("size", [CHUNK - 5, CHUNK, 3 * CHUNK])
def test_a_message_may_stand_across_chunks(size: int) -> None:
    long = b"<A>" + b"x" * size + b"</A>"
    assert pieces(long + _ONE) == [(long, ""), (_ONE, "")]


def test_a_message_above_the_limit_is_passed_over() -> None:
    huge = b"<A>" + b"x" * (5 * CHUNK) + b"</A>"
    found = list(XmlCutter("A", 2 * CHUNK)(BytesIO(huge + _ONE)))
    assert [piece.fault for piece in found] == ["message_too_large", ""]
    assert (found[0].offset, found[0].length) == (0, len(huge))
    assert len(found[0].payload) < 100_000
    assert (found[1].offset, found[1].payload) == (len(huge), _ONE)


def test_lines_keep_their_places() -> None:
    found = list(cut_lines(BytesIO(b'{"a":1}\n\n  {"b":2}\n'), 100))
    assert [piece.payload for piece in found] == [b'{"a":1}', b'{"b":2}']


def test_a_line_above_the_limit_is_passed_over() -> None:
    text = b"x" * (2 * CHUNK) + b"\n{}\n"
    long, short = cut_lines(BytesIO(text), 100)
    assert (long.fault, long.length) == ("message_too_large", 2 * CHUNK + 1)
    assert (short.payload, short.offset) == (b"{}", 2 * CHUNK + 1)


def test_a_whole_file_above_the_limit_is_refused() -> None:
    (piece,) = cut_whole(BytesIO(b"x" * 1000), 100)
    assert (piece.fault, piece.length) == ("message_too_large", 1000)
