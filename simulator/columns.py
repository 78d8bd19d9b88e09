"""Numbers, dates and choices as columns of text, without a loop over rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulator.draws import Bools, Ints

# An Arrow array of text; its package ships no types.
Text: TypeAlias = Any
UNIX = date(1970, 1, 1)
DAY_SECONDS = 86_400


def digits(values: Ints, width: int) -> Text:
    """Whole numbers of a fixed width, zeros in front."""
    places = 10 ** np.arange(width, dtype=np.int64)[::-1]
    letters = (values[:, None] // places % 10 + ord("0")).astype(np.uint8)
    return fixed_width(letters)


def fixed_width(letters: NDArray[np.uint8]) -> Text:
    """An n x width block of ASCII as n texts."""
    count, width = letters.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    data = np.ascontiguousarray(letters)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def whole(values: Ints) -> Text:
    """Whole numbers without padding."""
    return pa.array(values).cast(pa.string())


def decimals(values: Ints, scale: int) -> Text:
    """Numbers kept as integers times 10^scale, without zeros at the end."""
    halves = np.empty((len(values), 2), dtype=np.int64)
    halves[:, 0] = values
    halves[:, 1] = values >> 63
    kind = pa.decimal128(19, scale)
    numbers = pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(halves)])
    text = numbers.cast(pa.string())
    return pc.ascii_rtrim(pc.ascii_rtrim(text, characters="0"), characters=".")


def chosen(pool: Sequence[str] | Text, indexes: Ints) -> Text:
    """The text of each index; a negative index gives an empty text."""
    texts = pool if isinstance(pool, pa.Array) else pa.array(pool, type=pa.string())
    if len(indexes) and int(indexes.min()) < 0:
        picked = texts.take(pa.array(indexes, mask=indexes < 0))
        return picked.fill_null("")
    return texts.take(pa.array(indexes))


def where(condition: Bools, then: Text | str, otherwise: Text | str = "") -> Text:
    """One text where the condition holds, the other elsewhere."""
    return pc.if_else(pa.array(condition), then, otherwise)


def joined(*parts: Text | str) -> Text:
    """The parts of each row, one after another."""
    return pc.binary_join_element_wise(*parts, "")


def constant(text: str, count: int) -> Text:
    """The same text in every row."""
    return pa.repeat(pa.scalar(text, pa.string()), count)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - UNIX).days


def item_dates(day_numbers: Ints) -> Text:
    """Dates as items write them, DDMMYYYY; negative numbers are empty."""
    stamps = day_numbers.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]").astype(np.int64)
    days = (stamps - stamps.astype("datetime64[M]")).astype(np.int64) + 1
    years, month = months // 12 + 1970, months % 12 + 1
    text = digits(days * 10**6 + month * 10**4 + years, 8)
    return where(day_numbers >= 0, text)


def item_times(seconds: Ints) -> Text:
    """Times of day as items write them, HHMMSS."""
    return digits(_clock(seconds % DAY_SECONDS), 6)


def header_times(seconds: Ints) -> Ints:
    """Local seconds since 1970 as the number yyyyMMddHHmmss."""
    stamps = (seconds // DAY_SECONDS).astype("datetime64[D]")
    months = stamps.astype("datetime64[M]").astype(np.int64)
    days = (stamps - stamps.astype("datetime64[M]")).astype(np.int64) + 1
    calendar = (months // 12 + 1970) * 10**4 + (months % 12 + 1) * 100 + days
    return np.asarray(calendar * 10**6 + _clock(seconds % DAY_SECONDS))


def _clock(seconds: Ints) -> Ints:
    return np.asarray(seconds // 3600 * 10**4 + seconds // 60 % 60 * 100 + seconds % 60)
