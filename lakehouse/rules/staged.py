"""One condition on one line as a Python function that reads no more than it must.

The index calls it for few lines, and most of these fail an early requirement: so values
are loaded requirement by requirement and not all at once, as a fused function does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Protocol

from lakehouse.rules import syntax
from lakehouse.rules.atoms import Constants, load, opposite
from lakehouse.rules.closure import GROUPS, Row, function, load_names
from lakehouse.rules.fuse import Found, note
from lakehouse.rules.member import Member
from lakehouse.rules.nodes import And, Has, Node, read_names
from lakehouse.rules.rails import Rails


class OnLine(Protocol):
    """One condition that is asked of one line."""

    def __call__(
        self,
        declaration: Row,
        enterprise: Row,
        line: Row,
        price: Row,
        i: int,
        found: list[Found],
    ) -> None:
        """Append what is not false."""
        ...


def stage_line(member: Member, lists: Mapping[str, frozenset[str]]) -> OnLine:
    """A function of one condition for one line."""
    rails = Rails(Constants(dict(lists)))
    node = member.tested
    parts = node.parts if isinstance(node, And) else (node,)
    body: list[ast.stmt] = []
    loaded: set[str] = set()
    known: frozenset[str] = frozenset()
    for part in parts:
        body += _loads(read_names(part), loaded)
        failed = opposite(rails.possible(part, known))
        body.append(syntax.If(failed, [syntax.Return()], []))
        known |= _there(part)
    body += _loads(member.names, loaded)
    body.append(note(member, node, load("i"), rails))
    arguments = [*GROUPS, "i", "found"]
    made: OnLine = function("on_line", arguments, body, rails.constants.names)
    return made


def _loads(names: Iterable[str], loaded: set[str]) -> list[ast.stmt]:
    fresh = [name for name in names if name not in loaded]
    loaded.update(fresh)
    return [load for group in GROUPS for load in load_names(fresh, group)]


def _there(part: Node) -> frozenset[str]:
    return frozenset({part.variable.name}) if isinstance(part, Has) else frozenset()
