"""One condition as Python functions: its verdict, and what it lacked for one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any, Protocol

from lakehouse.rules import syntax
from lakehouse.rules.atoms import (
    Constants,
    divisors,
    load,
    local,
    none_test,
    opposite,
    true_of,
)
from lakehouse.rules.nodes import And, Choice, Has, Literal, Node, Not, Or, read_names
from lakehouse.rules.nodes import variables as names_in
from lakehouse.rules.rails import Rails
from lakehouse.rules.text import to_text

Row = Mapping[str, Any]
EMPTY: Row = {}
GROUPS = ("declaration", "enterprise", "line", "price")


class Verdict(Protocol):
    """Verdict of one condition: true, false, or None where a value is missing."""

    def __call__(
        self, declaration: Row, enterprise: Row, line: Row, price: Row
    ) -> bool | None:
        """Evaluate on one row of each group."""
        ...


class Missing(Protocol):
    """Names that kept a condition from a verdict."""

    def __call__(self, values: tuple[Any, ...]) -> list[str]:
        """Names in the order of the condition.

        Args:
            values: what the condition reads, in the order of `read_names`.
        """
        ...


class Closure:
    """The compiled functions of a condition, each made when it is first asked for."""

    def __init__(
        self, node: Node, lists: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        """Take a lifted, typed condition and the lists that it asks."""
        self._node = node
        self._constants = Constants(dict(lists or {}))
        self._rails = Rails(self._constants)

    @cached_property
    def verdict(self) -> Verdict:
        """True, false, or None where a value is missing."""
        rails, node = self._rails, self._node
        no, yes, unknown = (
            syntax.Return(syntax.Constant(value)) for value in (False, True, None)
        )
        body = [
            *(load for group in GROUPS for load in loads_of(node, group)),
            syntax.If(opposite(rails.possible(node)), [no], []),
            syntax.If(rails.certain(node), [yes], []),
            unknown,
        ]
        made: Verdict = function("verdict", list(GROUPS), body, self._constants.names)
        return made

    @cached_property
    def missing(self) -> Missing:
        """Names that kept the condition from a verdict; asked where it has none."""
        names = [local(name) for name in read_names(self._node)]
        targets: list[ast.expr] = [syntax.Name(name, ast.Store()) for name in names]
        body = [
            syntax.Assign([syntax.Tuple(targets, ast.Store())], load("values")),
            syntax.Assign(
                [syntax.Name("found", ast.Store())], syntax.List([], ast.Load())
            ),
            *_collect(self._node, self._rails),
            syntax.Return(load("found")),
        ]
        made: Missing = function("missing", ["values"], body, self._constants.names)
        return made


def to_closure(
    node: Node, lists: Mapping[str, frozenset[str]] | None = None
) -> Closure:
    """Compile a lifted, typed condition.

    Args:
        lists: members of the reference lists that it asks.
    """
    return Closure(node, lists)


def loads_of(node: Node, group: str) -> list[ast.stmt]:
    """Statements that put the values a condition reads into locals."""
    return load_names(read_names(node), group)


def load_names(names: Iterable[str], group: str) -> list[ast.stmt]:
    """Statements that put values of one group into locals, None where absent."""
    statements: list[ast.stmt] = []
    for name in names:
        owner, _, column = name.partition(".")
        if owner == group:
            get = syntax.Attribute(load(group), "get", ast.Load())
            value = syntax.Call(get, [syntax.Constant(column)], [])
            statements.append(
                syntax.Assign([syntax.Name(local(name), ast.Store())], value)
            )
    return statements


def function(
    name: str, arguments: list[str], body: list[ast.stmt], names: dict[str, object]
) -> Any:  # noqa: ANN401 - each caller knows the signature that it built
    """A Python function from statements; it sees nothing but `names`."""
    parameters = ast.arguments(
        posonlyargs=[],
        args=[syntax.Argument(argument) for argument in arguments],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    definition = syntax.FunctionDef(name, parameters, body, [])
    code = compile(ast.Module([definition], []), f"<{name}>", "exec")
    inner = next(part for part in code.co_consts if isinstance(part, CodeType))
    return FunctionType(inner, {"__builtins__": {}, **names}, name)


def _collect(node: Node, rails: Rails) -> list[ast.stmt]:
    """Statements that note what is missing; run only where the verdict is None."""
    match node:
        case Has() | Literal():
            return []
        case Not(operand=operand):
            return _collect(operand, rails)
        case And(parts=parts) | Or(parts=parts):
            return [
                syntax.If(_unknown(part, rails), statements, [])
                for part in parts
                if (statements := _collect(part, rails))
            ]
        case Choice(condition=condition, yes=yes, no=no):
            nothing: list[ast.stmt] = [syntax.Pass()]
            taken = syntax.If(
                rails.certain(condition),
                _collect(yes, rails) or nothing,
                _collect(no, rails),
            )
            asked = _collect(condition, rails) or nothing
            return [syntax.If(_unknown(condition, rails), asked, [taken])]
    names = [_note(none_test(name, is_none=True), name) for name in names_in(node)]
    return [*names, *(_note_zero(part, rails) for part in divisors(node))]


def _unknown(node: Node, rails: Rails) -> ast.expr:
    return true_of(rails.possible(node), opposite(rails.certain(node)))


def _note(test: ast.expr, name: str) -> ast.stmt:
    append = syntax.Attribute(load("found"), "append", ast.Load())
    return syntax.If(
        test, [syntax.Expr(syntax.Call(append, [syntax.Constant(name)], []))], []
    )


def _note_zero(divisor: Node, rails: Rails) -> ast.stmt:
    there = [none_test(name, is_none=False) for name in names_in(divisor)]
    inner = [rails.zero_test(part, is_zero=False) for part in divisors(divisor)]
    zero = rails.zero_test(divisor, is_zero=True)
    return _note(true_of(*there, *inner, zero), f"{to_text(divisor)} == 0")
