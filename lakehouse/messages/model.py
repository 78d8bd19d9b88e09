"""What a message layout consists of: header fields, blocks, items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Family = Literal[
    "declaration",
    "parcel",
    "call",
    "tax_statement",
    "amendment",
    "document",
    "other",
]
"""Raw tables beside the evidence, and `other` for what fills none."""


class Item(NamedTuple):
    """One item of a layout.

    Attributes:
        kind: A single-byte text, I integer, F decimal, W Vietnamese text in UTF-8.
        length: most bytes that the value may have.
        column: column of the family's raw table, of the entry of `list_name` if set;
            None where the item is not mapped.
        list_index: entry of the list that this item fills, from 0.
    """

    id: str
    kind: Literal["A", "F", "I", "W"]
    length: int
    mandatory: bool
    column: str | None = None
    list_name: str | None = None
    list_index: int = 0

    @property
    def is_date(self) -> bool:
        """Columns that end in `_date` are dates; as items they are DDMMYYYY."""
        return self.length == 8 and (self.column or "").endswith("_date")


class Block(NamedTuple):
    """Neighbouring items that are written `repeat` times, repetition by repetition."""

    repeat: int
    items: tuple[Item, ...]
    list_name: str | None = None


@dataclass(frozen=True, eq=False)
class Layout:
    """The order and form of the items of one message template."""

    template: str
    procedure: str
    output: str
    title_vi: str
    valid_from: str
    family: Family
    event_code: str | None
    content_rank: int
    actor_code: str | None
    blocks: tuple[Block, ...]
    is_assumed: bool = False

    @property
    def line_count(self) -> int:
        """Lines of a message that is written in full."""
        return sum(block.repeat * len(block.items) for block in self.blocks)

    @property
    def direction(self) -> Literal["sent", "received"]:
        """Answers of the system carry an output code."""
        return "received" if self.output else "sent"


class Answer(NamedTuple):
    """Answers without a published form of their own: whose they have, what they tell.

    Attributes:
        output: pattern of the whole output code.
        is_assumed: nobody has said so; the family of the code suggests it.
    """

    output: str
    layout: str
    event_code: str | None = None
    content_rank: int | None = None
    actor_code: str | None = None
    is_assumed: bool = False

    def of(self, layout: Layout) -> Layout:
        """The layout of such an answer."""
        rank = self.content_rank
        return replace(
            layout,
            event_code=self.event_code or layout.event_code,
            content_rank=layout.content_rank if rank is None else rank,
            actor_code=self.actor_code or layout.actor_code,
            is_assumed=self.is_assumed,
        )


class Answers(NamedTuple):
    """The rules of `answers.yml`; `twins` are beginnings of codes that mean others."""

    twins: dict[str, str]
    answers: tuple[Answer, ...]


class HeaderField(NamedTuple):
    """A field of the fixed line before the items; no column: never stored."""

    name: str
    offset: int
    length: int
    column: str | None


class Header(NamedTuple):
    """The fixed line before the items."""

    length: int
    fields: dict[str, HeaderField]
