"""Random draws that are the same for the same seed, day and actor."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def generator(seed: int, day: date | None, actor: str) -> np.random.Generator:
    """The generator of one actor on one day; no other draw moves it.

    Args:
        day: none for what is drawn once for the whole world.
    """
    ordinal = day.toordinal() if day else 0
    return np.random.Generator(
        np.random.SFC64([seed, ordinal, zlib.crc32(actor.encode())])
    )


def pick(
    random: np.random.Generator, weights: Sequence[float] | Floats, size: int
) -> Ints:
    """Draw indexes with the given relative weights."""
    cumulated = np.cumsum(np.asarray(weights, dtype=np.float64))
    draws = random.random(size) * cumulated[-1]
    return np.asarray(np.searchsorted(cumulated, draws, side="right"), np.int64)


def zipf_weights(size: int, flatten: float = 20.0, power: float = 0.95) -> Floats:
    """Weights of firms by rank: few make most of the trade."""
    return np.asarray(1.0 / (np.arange(size) + flatten) ** power)


def lognormal(
    random: np.random.Generator, median: float, sigma: float, size: int
) -> Floats:
    """Draw positive amounts around a median."""
    return np.asarray(median * np.exp(sigma * random.standard_normal(size)))


def seconds_of_day(
    random: np.random.Generator, hour_weights: Sequence[float], size: int
) -> Ints:
    """Draw seconds of a day that follow the load of its hours, sorted."""
    hours = pick(random, hour_weights, size)
    drawn = hours * 3600 + random.integers(0, 3600, size)
    drawn.sort()
    return drawn


def stable_pick(mixed: Ints, size: int) -> Ints:
    """Map numbers to indexes below `size`, the same ones for ever."""
    spread = (mixed.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(33)
    return (spread % np.uint64(size)).astype(np.int64)
