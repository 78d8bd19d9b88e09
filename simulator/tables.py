"""Columns that belong together, taken and put together row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from simulator.draws import Ints


@dataclass
class Columns:
    """A record of equally long numpy columns; subclasses name them."""

    def __len__(self) -> int:
        """How many rows there are."""
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Ints) -> Self:
        """The given rows, in that order."""
        return type(self)(
            **{field.name: getattr(self, field.name)[rows] for field in fields(self)}
        )

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Self:
        """All rows of the parts, one part after another."""
        return cls(
            **{
                field.name: np.concatenate(
                    [getattr(part, field.name) for part in parts]
                )
                for field in fields(cls)
            }
        )


def starts_of(counts: Ints) -> Ints:
    """Where each group begins when groups of these sizes stand in a row."""
    return np.asarray(np.cumsum(counts) - counts)


def rows_of(starts: Ints, counts: Ints) -> Ints:
    """The row numbers of several runs, one run after another."""
    total = int(counts.sum())
    before = np.repeat(starts - starts_of(counts), counts)
    return np.arange(total, dtype=np.int64) + before


def sums(values: Ints, starts: Ints) -> Ints:
    """The sum of each group of rows; groups are not empty and stand in a row."""
    return np.add.reduceat(values, starts) if len(starts) else values[:0]
