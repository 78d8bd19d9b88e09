"""One block of whole lines of delimited text as numpy places and Arrow cells."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Places = npt.NDArray[np.int64]
Cells: TypeAlias = "pa.Array[Any]"

_NEW_LINE, _RETURN, _QUOTE = 0x0A, 0x0D, 0x22


def find_lines(letters: npt.NDArray[np.uint8]) -> tuple[Places, Places]:
    """Starts and ends of the lines that hold anything, without their line ends."""
    ends = np.flatnonzero(letters == _NEW_LINE)
    starts = np.concatenate([[0], ends + 1])
    ends = np.concatenate([ends, [len(letters)]])
    returned = (ends > starts) & (letters[ends - 1] == _RETURN)
    ends = ends - returned
    filled = ends > starts
    return starts[filled], ends[filled]


def find_cuts(
    letters: npt.NDArray[np.uint8], starts: Places, ends: Places, delimiter: int
) -> tuple[Places, Places, npt.NDArray[np.bool_]]:
    """Delimiters outside quotes, the line of each, and the lines left in a quote."""
    cuts = np.flatnonzero(letters == delimiter)
    line_of_cut = np.searchsorted(starts, cuts, side="right") - 1
    quotes = np.flatnonzero(letters == _QUOTE)
    if not len(quotes):
        return cuts, line_of_cut, np.zeros(len(starts), np.bool_)
    # A quote opens and closes within its line, so that one bad line stays one.
    before_line = np.searchsorted(quotes, starts)
    quoted = (np.searchsorted(quotes, cuts) - before_line[line_of_cut]) % 2 == 1
    is_open = (np.searchsorted(quotes, ends) - before_line) % 2 == 1
    return cuts[~quoted], line_of_cut[~quoted], is_open


def find_not_text(block: bytes, starts: Places, ends: Places) -> Places:
    """Lines with bytes that are not UTF-8."""
    if _is_text(block):
        return np.array([], np.int64)
    # Only now line by line, and only where a letter beyond ASCII stands.
    beyond = np.flatnonzero(np.frombuffer(block, np.uint8) >= 0x80)
    lines = np.unique(np.searchsorted(starts, beyond, side="right") - 1)
    bad = [at for at in lines if not _is_text(block[starts[at] : ends[at]])]
    return np.array(bad, np.int64)


def _is_text(stretch: bytes) -> bool:
    try:
        stretch.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def take_cells(
    block: bytes,
    starts: Places,
    ends: Places,
    cuts: Places,
    *,
    encoding: str = "utf-8",
) -> Cells:
    """All cells of the good lines, row after row."""
    width = len(cuts) // len(starts) + 1 if len(starts) else 1
    cuts = cuts.reshape(len(starts), width - 1)
    left = np.concatenate([starts[:, None], cuts + 1], axis=1)
    right = np.concatenate([cuts, ends[:, None]], axis=1)
    raw = take_slices(block, np.stack([left.ravel(), right.ravel()], 1))
    text = _decode(raw, encoding)
    if b'"' not in block:
        return text
    quoted = pc.and_(pc.starts_with(text, '"'), pc.ends_with(text, '"'))
    inner = pc.replace_substring(pc.utf8_slice_codeunits(text, 1, -1), '""', '"')
    plain: Cells = pc.if_else(quoted, inner, text)
    return plain


def _decode(raw: Cells, encoding: str) -> Cells:
    if encoding == "utf-8":
        return raw.cast(pa.string())
    # Arrow knows UTF-8 alone; the distinct cells are few, most of them are ASCII.
    distinct = raw.dictionary_encode()
    words = [value.decode(encoding) for value in distinct.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(distinct.indices)


def take_slices(block: bytes, bounds: Places) -> Cells:
    """Stretches of a block, given in order and apart.

    What lies between two stretches is a stretch too, so that the bounds are the
    offsets of one Arrow array over the block itself; every second one is wanted.
    """
    if not len(bounds):
        return pa.array([], pa.binary())
    offsets = pa.py_buffer(bounds.ravel().astype(np.int32).tobytes())
    every = pa.Array.from_buffers(
        pa.binary(), 2 * len(bounds) - 1, [None, offsets, pa.py_buffer(block)]
    )
    return every.take(np.arange(0, len(every), 2))
