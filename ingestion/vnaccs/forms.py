"""Layouts compiled for the reader: which item stands on which line of a message."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ingestion.vnaccs.lines import Bools, Ints
from lakehouse.messages import Item, Layout


class Section(NamedTuple):
    """A block of a layout: `width` items from line `start` on, `repeat` times."""

    start: int
    width: int
    repeat: int
    first_item: int
    list_name: str | None

    @property
    def stop(self) -> int:
        """First line after the block."""
        return self.start + self.width * self.repeat

    @property
    def is_group(self) -> bool:
        """Whether the block is written repetition by repetition."""
        return self.repeat > 1


class Form(NamedTuple):
    """A layout by line and by item; items are numbered over all blocks.

    Attributes:
        item_of_line: number of the item on each line of a full message.
        kind, length, is_date, is_mandatory: by item.
    """

    layout: Layout
    items: tuple[Item, ...]
    sections: tuple[Section, ...]
    item_of_line: Ints
    kind: Ints
    length: Ints
    is_date: Bools
    is_mandatory: Bools


@lru_cache(maxsize=512)
def form_of(layout: Layout) -> Form:
    """The form of a layout."""
    items = tuple(item for block in layout.blocks for item in block.items)
    sections, lines = [], []
    line = first = 0
    for block in layout.blocks:
        width = len(block.items)
        sections.append(Section(line, width, block.repeat, first, block.list_name))
        lines.append(np.tile(np.arange(first, first + width), block.repeat))
        line += width * block.repeat
        first += width
    return Form(
        layout=layout,
        items=items,
        sections=tuple(sections),
        item_of_line=np.concatenate(lines).astype(np.int32),
        kind=np.array([ord(item.kind) for item in items]),
        length=np.array([item.length for item in items]),
        is_date=np.array([item.is_date for item in items]),
        is_mandatory=np.array([item.mandatory for item in items]),
    )
