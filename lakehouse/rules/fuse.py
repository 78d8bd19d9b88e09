"""Many conditions as one Python function: values are loaded once, nothing is called.

A fused function appends `(ordinal, line index, certain, values read)` for each
condition that is not false; the index is -1 for a condition on the declaration alone.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lakehouse.rules import syntax
from lakehouse.rules.atoms import Constants, load, local
from lakehouse.rules.closure import Row, function, load_names
from lakehouse.rules.member import Member
from lakehouse.rules.nodes import Node
from lakehouse.rules.rails import Rails
from lakehouse.rules.share import share, statements

Found = tuple[int, int, bool, tuple[Any, ...]]


class OnDeclaration(Protocol):
    """Fused conditions that read no line."""

    def __call__(self, declaration: Row, enterprise: Row, found: list[Found]) -> None:
        """Append what is not false."""
        ...


def fuse_declaration(
    members: Sequence[Member], lists: Mapping[str, frozenset[str]]
) -> OnDeclaration:
    """One function for conditions on the declaration and its enterprise."""
    rails = Rails(Constants(dict(lists)))
    names = names_of(members)
    body = [*load_names(names, "declaration"), *load_names(names, "enterprise")]
    trees, meanings = share([member.tested for member in members])
    body += statements(meanings, rails)
    for member, tree in zip(members, trees, strict=True):
        report = note(member, tree, syntax.Constant(-1), rails)
        body.append(syntax.If(rails.possible(tree), [report], []))
    body.append(syntax.Return(syntax.Constant(None)))
    arguments = ["declaration", "enterprise", "found"]
    names_read = rails.constants.names
    made: OnDeclaration = function("on_declaration", arguments, body, names_read)
    return made


def names_of(members: Sequence[Member]) -> list[str]:
    """What conditions read, each name once."""
    names = (name for member in members for name in member.names)
    return list(dict.fromkeys(names))


def note(
    member: Member,
    tree: Node,
    index: ast.expr,
    rails: Rails,
    given: frozenset[str] = frozenset(),
) -> ast.stmt:
    """The statement that reports a condition which is not false.

    Args:
        given: variables that are there.
    """
    values = [load(local(name)) for name in member.names]
    entry: list[ast.expr] = [
        syntax.Constant(member.ordinal),
        index,
        rails.certain(tree, given),
        syntax.Tuple(values, ast.Load()),
    ]
    append = syntax.Attribute(load("found"), "append", ast.Load())
    return syntax.Expr(syntax.Call(append, [syntax.Tuple(entry, ast.Load())], []))
