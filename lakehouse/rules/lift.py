"""Choices moved out of values: afterwards `? :` stands only between conditions.

`(a ? x : y) > 3` becomes `a ? x > 3 : y > 3`. Every comparison then needs all its
values, which makes "missing" the same simple thing in Python and in SQL.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from lakehouse.rules.errors import ConditionError
from lakehouse.rules.nodes import (
    And,
    Choice,
    Node,
    Not,
    Or,
    children,
    with_children,
)
from lakehouse.rules.types import BOOL

# Each choice inside one comparison doubles it.
MAX_COPIES = 16


def lift(node: Node, text: str) -> Node:
    """The same condition with choices only between conditions.

    Raises:
        ConditionError: so many choices in one comparison that it would grow too long.
    """
    match node:
        case And(parts=parts) | Or(parts=parts):
            return replace(node, parts=_flat(node, text, parts))
        case Not(operand=operand):
            return replace(node, operand=lift(operand, text))
        case Choice(condition=condition, yes=yes, no=no):
            return Choice(
                lift(condition, text), lift(yes, text), lift(no, text), node.at, BOOL
            )
        case _:
            copies = _copies(node)
            if len(copies) > MAX_COPIES:
                raise ConditionError(
                    "too_many_choices",
                    text,
                    node.at,
                    "too many `? :` in one comparison; split it with && and ||",
                    "quá nhiều `? :` trong một phép so sánh",
                )
            return _joined(copies, node.at, text)


Path = tuple[tuple[Node, bool], ...]
Copy = tuple[Path, Node]


def _flat(node: And | Or, text: str, parts: tuple[Node, ...]) -> tuple[Node, ...]:
    flat: list[Node] = []
    for part in parts:
        lifted = lift(part, text)
        if isinstance(lifted, And | Or) and type(lifted) is type(node):
            flat.extend(lifted.parts)
        else:
            flat.append(lifted)
    return tuple(flat)


def _copies(node: Node) -> list[Copy]:
    """The value under every way that its choices can fall."""
    if isinstance(node, Choice):
        return [
            (((node.condition, taken), *path), value)
            for taken, branch in ((True, node.yes), (False, node.no))
            for path, value in _copies(branch)
        ]
    ways = product(*(_copies(child) for child in children(node)))
    return [
        (
            tuple(step for path, _ in way for step in path),
            with_children(node, tuple(value for _, value in way)),
        )
        for way in ways
    ]


def _joined(copies: list[Copy], at: int, text: str) -> Node:
    path, node = copies[0]
    if not path:
        return node
    condition = path[0][0]
    yes = [
        (steps[1:], value) for steps, value in copies if steps[0] == (condition, True)
    ]
    no = [
        (steps[1:], value) for steps, value in copies if steps[0] == (condition, False)
    ]
    return Choice(
        lift(condition, text), _joined(yes, at, text), _joined(no, at, text), at, BOOL
    )
