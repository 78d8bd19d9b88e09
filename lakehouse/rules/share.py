"""Values that several conditions compute alike, computed once under one name.

A shared value is missing where anything it needs is missing or a divisor is zero, so a
condition can read it just as it reads a column.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from lakehouse.rules import syntax
from lakehouse.rules.atoms import any_of, divisors, local, none_test
from lakehouse.rules.nodes import (
    And,
    Arithmetic,
    Call,
    Choice,
    Member,
    Node,
    Not,
    Or,
    Variable,
    children,
    variables,
    walk,
    with_children,
)
from lakehouse.rules.rails import Rails
from lakehouse.rules.text import to_text

GROUP = "shared"


def share(trees: Sequence[Node]) -> tuple[list[Node], dict[str, Node]]:
    """Trees over shared values, and what each shared name stands for."""
    counts = Counter(to_text(node) for tree in trees for node in _computed(tree))
    names: dict[str, str] = {}
    meanings: dict[str, Node] = {}
    for tree in trees:
        for node in _computed(tree):
            text = to_text(node)
            if counts[text] > 1 and text not in names:
                names[text] = f"{GROUP}.{len(names)}"
                meanings[names[text]] = node
    replaced = [_replaced(tree, names) for tree in trees]
    used = {name for tree in replaced for name in variables(tree)}
    return replaced, {name: node for name, node in meanings.items() if name in used}


def statements(
    meanings: dict[str, Node], rails: Rails, given: frozenset[str] = frozenset()
) -> list[ast.stmt]:
    """Statements that compute the shared values.

    Args:
        given: variables that are there; what needs no other divides by no zero either.
    """
    made: list[ast.stmt] = []
    for name, node in meanings.items():
        value = rails.value(node)
        if not given.issuperset(variables(node)):
            missing = [none_test(part, is_none=True) for part in variables(node)]
            zero = [rails.zero_test(part, is_zero=True) for part in divisors(node)]
            value = syntax.IfExp(any_of(*missing, *zero), syntax.Constant(None), value)
        made.append(syntax.Assign([syntax.Name(local(name), ast.Store())], value))
    return made


def _computed(tree: Node) -> list[Node]:
    return [node for node in walk(tree) if _is_worth_it(node)]


def _is_worth_it(node: Node) -> bool:
    match node:
        case Call(function="double" | "size") | Arithmetic():
            return bool(variables(node))
    return False


def _replaced(node: Node, names: dict[str, str]) -> Node:
    if _is_worth_it(node) and to_text(node) in names:
        return Variable(names[to_text(node)], node.at, node.type)
    match node:
        case And(parts=parts) | Or(parts=parts):
            return replace(node, parts=tuple(_replaced(part, names) for part in parts))
        case Not(operand=operand):
            return replace(node, operand=_replaced(operand, names))
        case Choice(condition=condition, yes=yes, no=no):
            return replace(
                node,
                condition=_replaced(condition, names),
                yes=_replaced(yes, names),
                no=_replaced(no, names),
            )
        case Member(item=item):
            return replace(node, item=_replaced(item, names))
    parts = tuple(_replaced(child, names) for child in children(node))
    return with_children(node, parts) if parts else node
