"""Many conditions as one Python function: values are loaded once, nothing is called.

A fused function appends `(ordinal, line index, certain, values read)` for each
condition that is not false; the index is -1 for a condition on the declaration alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from lakehouse.rules import syntax
from lakehouse.rules.atoms import Constants, any_of, load, local, true_of
from lakehouse.rules.closure import EMPTY, Row, function, load_names
from lakehouse.rules.member import Member
from lakehouse.rules.nodes import And, Has, Node, read_names
from lakehouse.rules.rails import Rails
from lakehouse.rules.share import share, statements

Found = tuple[int, int, bool, tuple[Any, ...]]
_ON_ROW = ("line", "price", "shared")


class OnDeclaration(Protocol):
    """Fused conditions that read no line."""

    def __call__(self, declaration: Row, enterprise: Row, found: list[Found]) -> None:
        """Append what is not false."""
        ...


class OnLines(Protocol):
    """Fused conditions that are asked of each line."""

    def __call__(
        self,
        declaration: Row,
        enterprise: Row,
        lines: Sequence[Row],
        prices: Sequence[Row | None],
        indices: Iterable[int],
        found: list[Found],
    ) -> None:
        """Append what is not false."""
        ...


def fuse_declaration(
    members: Sequence[Member], lists: Mapping[str, frozenset[str]]
) -> OnDeclaration:
    """One function for conditions on the declaration and its enterprise."""
    rails = Rails(Constants(dict(lists)))
    names = _names(members)
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


def fuse_lines(
    members: Sequence[Member], lists: Mapping[str, frozenset[str]]
) -> OnLines:
    """One function for conditions on lines.

    What conditions ask of the declaration alone is asked before the loop, and those
    that ask the same stand behind one test.
    """
    rails = Rails(Constants(dict(lists)))
    names = _names(members)
    body = [*load_names(names, "declaration"), *load_names(names, "enterprise")]
    trees, meanings = share([member.tested for member in members])
    guards: dict[str, ast.expr] = {}
    tests: dict[str, list[ast.stmt]] = {}
    for member, tree in zip(members, trees, strict=True):
        outer, inner, known = _split(tree)
        guard = true_of(
            *(rails.possible(part) for part in outer or ()), *_always(outer)
        )
        key = ast.dump(guard)
        guards[key] = guard
        test: ast.stmt = note(member, tree, load("i"), rails)
        if inner:
            possible = rails.possible(And(inner, tree.at), known)
            test = syntax.If(possible, [test], [])
        tests.setdefault(key, []).append(test)
    loads = [*load_names(names, "line"), *_prices(names, rails)]
    loads += statements(meanings, rails)
    body += _guarded_loop(guards, tests, loads)
    arguments = ["declaration", "enterprise", "lines", "prices", "indices", "found"]
    made: OnLines = function("on_lines", arguments, body, rails.constants.names)
    return made


def _names(members: Sequence[Member]) -> list[str]:
    names = (name for member in members for name in member.names)
    return list(dict.fromkeys(names))


def _split(node: Node) -> tuple[tuple[Node, ...], tuple[Node, ...], frozenset[str]]:
    """Requirements on the declaration, those on the line, names that are then there."""
    parts = node.parts if isinstance(node, And) else (node,)
    outer = tuple(part for part in parts if not _reads_row(part))
    inner = tuple(part for part in parts if _reads_row(part))
    known = frozenset(part.variable.name for part in outer if isinstance(part, Has))
    return outer, inner, known


def _reads_row(node: Node) -> bool:
    return any(name.split(".")[0] in _ON_ROW for name in read_names(node))


def _always(outer: tuple[Node, ...]) -> tuple[ast.expr, ...]:
    return () if outer else (syntax.Constant(True),)


def note(member: Member, tree: Node, index: ast.expr, rails: Rails) -> ast.stmt:
    """The statement that reports a condition which is not false."""
    values = [load(local(name)) for name in member.names]
    entry: list[ast.expr] = [
        syntax.Constant(member.ordinal),
        index,
        rails.certain(tree),
        syntax.Tuple(values, ast.Load()),
    ]
    append = syntax.Attribute(load("found"), "append", ast.Load())
    return syntax.Expr(syntax.Call(append, [syntax.Tuple(entry, ast.Load())], []))


def _prices(names: list[str], rails: Rails) -> list[ast.stmt]:
    loads = load_names(names, "price")
    if not loads:
        return []
    price = syntax.Subscript(load("prices"), load("i"), ast.Load())
    value = any_of(price, rails.constants.add(EMPTY))
    return [syntax.Assign([syntax.Name("price", ast.Store())], value), *loads]


def _guarded_loop(
    guards: dict[str, ast.expr], tests: dict[str, list[ast.stmt]], loads: list[ast.stmt]
) -> list[ast.stmt]:
    body: list[ast.stmt] = []
    row = syntax.Subscript(load("lines"), load("i"), ast.Load())
    loop: list[ast.stmt] = [
        syntax.Assign([syntax.Name("line", ast.Store())], row),
        *loads,
    ]
    asked: list[ast.expr] = []
    for number, (key, guard) in enumerate(guards.items()):
        name = f"guard_{number}"
        body.append(syntax.Assign([syntax.Name(name, ast.Store())], guard))
        asked.append(load(name))
        loop.append(syntax.If(load(name), tests[key], []))
    every = syntax.For(syntax.Name("i", ast.Store()), load("indices"), loop, [])
    return [*body, syntax.If(any_of(*asked), [every], [])] if asked else [syntax.Pass()]
