"""A condition within a set: what is tested of it, and what is reported."""

from __future__ import annotations

import msgspec

from lakehouse.rules.nodes import Node, read_names
from lakehouse.rules.text import to_text


class Member(msgspec.Struct, frozen=True):
    """A condition and the number under which it is reported.

    Attributes:
        tested: what is left to test where the rest is known to hold.
        names: what the whole condition reads; these values are reported.
        text: `tested` as text, so that equal tests are compiled once.
    """

    ordinal: int
    tested: Node
    names: tuple[str, ...]
    text: str

    def testing(self, tested: Node) -> Member:
        """The same condition with less to test."""
        return Member(self.ordinal, tested, self.names, to_text(tested))


def member_of(ordinal: int, node: Node) -> Member:
    """A condition of which all is tested."""
    return Member(ordinal, node, read_names(node), to_text(node))
