"""Many conditions on lines as one Python function: one loop, values loaded once.

What a condition asks of the declaration alone, or of whole columns, is tested before
the loop. In it, a line that has its values is not asked of each whether it is there.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from lakehouse.rules import syntax
from lakehouse.rules.atoms import (
    Constants,
    any_of,
    divisors,
    load,
    local,
    none_test,
    true_of,
)
from lakehouse.rules.closure import EMPTY, Row, function, load_names
from lakehouse.rules.columns import Columns, column
from lakehouse.rules.fuse import Found, names_of, note
from lakehouse.rules.member import Member
from lakehouse.rules.nodes import And, Has, Node, read_names, variables, walk
from lakehouse.rules.rails import Rails
from lakehouse.rules.share import share, statements

_ON_ROW = ("line", "price", "shared")
_ARGUMENTS = ["declaration", "enterprise", "lines", "prices", "found"]


class OnLines(Protocol):
    """Fused conditions that are asked of each line."""

    def __call__(
        self,
        declaration: Row,
        enterprise: Row,
        lines: Sequence[Row],
        prices: Sequence[Row | None],
        found: list[Found],
    ) -> None:
        """Append what is not false."""
        ...


class _Part(NamedTuple):
    """A condition in two parts.

    Attributes:
        tree: the whole of it, over shared values.
        inner: what it requires of a line.
        known: names that are there where the rest holds.
    """

    member: Member
    tree: Node
    inner: tuple[Node, ...]
    known: frozenset[str]


def fuse_lines(
    members: Sequence[Member], lists: Mapping[str, frozenset[str]]
) -> OnLines:
    """One function for conditions on lines; those with one guard stand behind it."""
    rails = Rails(Constants(dict(lists)))
    columns = Columns(rails)
    trees, shared = share([member.tested for member in members])
    guards: dict[str, ast.expr] = {}
    groups: dict[str, list[_Part]] = {}
    for member, tree in zip(members, trees, strict=True):
        guard, part = _split(member, tree, rails, columns)
        key = ast.dump(guard)
        guards[key] = guard
        groups.setdefault(key, []).append(part)
    names = names_of(members)
    body = [*load_names(names, "declaration"), *load_names(names, "enterprise")]
    body += [*_columns(columns.names, rails), *columns.statements()]
    asked = []
    for number, guard in enumerate(guards.values()):
        asked.append(f"guard_{number}")
        body.append(syntax.Assign([syntax.Name(asked[-1], ast.Store())], guard))
    loop = _Loop(rails, shared, dict(zip(asked, groups.values(), strict=True)))
    on_row = [name for name in names if name.startswith(("line.", "price."))]
    rest = [name for name in on_row if name not in columns.names]
    every = [*_columns(rest, rails), loop.over(on_row)]
    body += [syntax.If(any_of(*map(load, asked)), every, [])] if asked else []
    body.append(syntax.Return(syntax.Constant(None)))
    made: OnLines = function("on_lines", _ARGUMENTS, body, rails.constants.names)
    return made


def _split(
    member: Member, tree: Node, rails: Rails, columns: Columns
) -> tuple[ast.expr, _Part]:
    """What is asked before the loop, and what is left for it."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    outer = tuple(part for part in parts if not _reads_row(part))
    inner = tuple(part for part in parts if _reads_row(part))
    known = frozenset(part.variable.name for part in outer if isinstance(part, Has))
    asked = [rails.possible(part) for part in outer]
    asked += [test for part in inner if (test := columns.possible(part))]
    guard = true_of(*asked) if asked else syntax.Constant(True)
    return guard, _Part(member, tree, inner, known)


def _reads_row(node: Node) -> bool:
    return any(name.split(".")[0] in _ON_ROW for name in read_names(node))


def _columns(names: Sequence[str], rails: Rails) -> list[ast.stmt]:
    """Statements that put the values on all lines into lists."""
    made: list[ast.stmt] = []
    for name in names:
        group, _, key = name.partition(".")
        row: ast.expr = load("row")
        if group == "price":
            row = any_of(row, rails.constants.add(EMPTY))
        get = syntax.Attribute(row, "get", ast.Load())
        each = ast.comprehension(
            syntax.Name("row", ast.Store()),
            load("lines" if group == "line" else "prices"),
            [],
            0,
        )
        values = syntax.ListComp(syntax.Call(get, [syntax.Constant(key)], []), [each])
        made.append(syntax.Assign([syntax.Name(column(name), ast.Store())], values))
    return made


class _Loop:
    """Writes the loop over lines."""

    def __init__(
        self, rails: Rails, shared: dict[str, Node], groups: dict[str, list[_Part]]
    ) -> None:
        self._rails = rails
        self._shared = shared
        self._groups = groups

    def over(self, names: Sequence[str]) -> ast.stmt:
        """The loop; a line with all values takes the tests that take them for given."""
        given = self._given()
        body = self._tests(frozenset())
        if given:
            nonzero = self._nonzero(given)
            there = [none_test(name, is_none=False) for name in given]
            whole = true_of(*there, *nonzero.values())
            body = [syntax.If(whole, self._tests(frozenset(given)), body)]
        numbers = syntax.Call(
            self._rails.constants.add(range),
            [syntax.Call(self._rails.constants.add(len), [load("lines")], [])],
            [],
        )
        rows = [numbers, *(load(column(name)) for name in names)]
        targets: list[ast.expr] = [
            syntax.Name(name, ast.Store()) for name in ("i", *map(local, names))
        ]
        together = syntax.Call(self._rails.constants.add(zip), rows, [])
        return syntax.For(syntax.Tuple(targets, ast.Store()), together, body, [])

    def _given(self) -> list[str]:
        """Names that nearly every line has: those that no condition asks for."""
        trees = [
            node
            for parts in self._groups.values()
            for part in parts
            for node in part.inner
        ]
        asked = {
            node.variable.name
            for tree in trees
            for node in walk(tree)
            if isinstance(node, Has)
        }
        needed = [*trees, *self._shared.values()]
        names = dict.fromkeys(name for node in needed for name in variables(node))
        return [name for name in names if name not in asked | self._shared.keys()]

    def _nonzero(self, given: Sequence[str]) -> dict[str, ast.expr]:
        """Tests that shared values whose names are there do not divide by zero."""
        tests = [
            self._rails.zero_test(part, is_zero=False)
            for node in self._shared.values()
            if set(variables(node)) <= set(given)
            for part in divisors(node)
        ]
        return {ast.dump(test): test for test in tests}

    def _tests(self, given: frozenset[str]) -> list[ast.stmt]:
        """Shared values and every condition, where these names are there."""
        made = statements(self._shared, self._rails, given)
        given |= {
            name for name, node in self._shared.items() if set(variables(node)) <= given
        }
        for guard, parts in self._groups.items():
            tests = [self._test(part, given) for part in parts]
            made.append(syntax.If(load(guard), tests, []))
        return made

    def _test(self, part: _Part, given: frozenset[str]) -> ast.stmt:
        report = note(part.member, part.tree, load("i"), self._rails, given)
        if not part.inner:
            return report
        possible = self._rails.possible(
            And(part.inner, part.tree.at), part.known | given
        )
        return syntax.If(possible, [report], [])
