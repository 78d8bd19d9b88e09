"""One program for each kind of declaration, without the criteria that never hold there.

Most conditions begin with "an ordinary import": asked of each declaration by each
condition, such a test costs more than all the others. Here it is answered once, when
the rule set is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from lakehouse.rules.closure import EMPTY, Row, to_closure
from lakehouse.rules.fuse import Found
from lakehouse.rules.member import Member, member_of
from lakehouse.rules.nodes import And, Literal, Node, read_names
from lakehouse.rules.program import Makers, Program
from lakehouse.rules.text import to_text
from lakehouse.rules.types import BOOL

# Columns that sort declarations into kinds, with the values that get a program.
KINDS: Final[dict[str, tuple[bool | str, ...]]] = {
    "is_low_value": (False, True),
    "direction_code": ("import", "export"),
}
Kind = tuple[object, ...]


class Variants:
    """The programs of a rule set; any other declaration gets the whole of it."""

    def __init__(
        self,
        conditions: Sequence[tuple[str, Node]],
        lists: Mapping[str, frozenset[str]],
    ) -> None:
        """Compile conditions, given as (scope, lifted and typed tree)."""
        members = [
            (scope, member_of(ordinal, node))
            for ordinal, (scope, node) in enumerate(conditions)
            # A consignment has no declaration yet; another entry decides on it.
            if scope != "consignment"
        ]
        makers = Makers(lists)
        self._whole = Program(members, makers)
        self._by_kind: dict[Kind, Program] = {}
        for values in product(*KINDS.values()):
            kind = _Kind(dict(zip(KINDS, values, strict=True)))
            left = [
                (scope, narrowed)
                for scope, member in members
                if (narrowed := kind.narrow(member)) is not None
            ]
            self._by_kind[values] = Program(left, makers)

    def run(
        self,
        declaration: Row,
        enterprise: Row,
        lines: Sequence[Row],
        prices: Sequence[Row | None],
    ) -> list[Found]:
        """What is not false: (ordinal, line index or -1, certain, values read)."""
        kind = (declaration.get("is_low_value"), declaration.get("direction_code"))
        program = self._by_kind.get(kind, self._whole)
        return program.run(declaration, enterprise, lines, prices)


class _Kind:
    """Declarations that have these values; answers what follows from them."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._names = frozenset(f"declaration.{name}" for name in row)
        self._answers: dict[str, bool | None] = {}

    def narrow(self, member: Member) -> Member | None:
        """The member without requirements that hold here; None if one fails."""
        tested = member.tested
        parts = tested.parts if isinstance(tested, And) else (tested,)
        left: list[Node] = []
        for part in parts:
            answer = self._answer(part)
            if answer is False:
                return None
            if answer is None:
                left.append(part)
        if len(left) == len(parts):
            return member
        return member.testing(_all_of(left, tested.at))

    def _answer(self, part: Node) -> bool | None:
        names = read_names(part)
        if not names or not self._names.issuperset(names):
            return None
        text = to_text(part)
        if text not in self._answers:
            verdict = to_closure(part).verdict
            self._answers[text] = verdict(self._row, EMPTY, EMPTY, EMPTY)
        return self._answers[text]


def _all_of(parts: list[Node], at: int) -> Node:
    if not parts:
        return Literal(True, at, BOOL)
    return parts[0] if len(parts) == 1 else And(tuple(parts), at)
