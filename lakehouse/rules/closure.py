"""One condition as Python functions: its verdict, and what was missing if it has none."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from types import CodeType, FunctionType
from typing import Any, Protocol

import msgspec

from lakehouse.rules.nodes import And, Choice, Has, Literal, Node, Not, Or, read_names
from lakehouse.rules.nodes import variables as names_in
from lakehouse.rules.rails import (
    Constants,
    Rails,
    divisors,
    load,
    local,
    none_test,
    opposite,
    true_of,
)
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

    def __call__(
        self, declaration: Row, enterprise: Row, line: Row, price: Row
    ) -> list[str]:
        """Names, in the order of the condition."""
        ...


class Closure(msgspec.Struct, frozen=True):
    """The compiled functions of a condition.

    Attributes:
        verdict: true, false or None.
        missing: asked where the verdict is None.
    """

    verdict: Verdict
    missing: Missing


def to_closure(
    node: Node, lists: Mapping[str, frozenset[str]] | None = None
) -> Closure:
    """Compile a lifted, typed condition.

    Args:
        lists: members of the reference lists that it asks.
    """
    constants = Constants(dict(lists or {}))
    rails = Rails(constants)
    loads = [statement for group in GROUPS for statement in loads_of(node, group)]
    verdict = [
        *loads,
        ast.If(opposite(rails.possible(node)), [ast.Return(ast.Constant(False))], []),
        ast.If(rails.certain(node), [ast.Return(ast.Constant(True))], []),
        ast.Return(ast.Constant(None)),
    ]
    missing = [
        *loads,
        ast.Assign([ast.Name("found", ast.Store())], ast.List([], ast.Load())),
        *_collect(node, rails),
        ast.Return(load("found")),
    ]
    names = constants.names
    return Closure(
        function("verdict", list(GROUPS), verdict, names),
        function("missing", list(GROUPS), missing, names),
    )


def loads_of(node: Node, group: str) -> list[ast.stmt]:
    """Statements that put the values a condition reads into locals."""
    return load_names(read_names(node), group)


def load_names(names: Iterable[str], group: str) -> list[ast.stmt]:
    """Statements that put values of one group into locals, None where absent."""
    statements: list[ast.stmt] = []
    for name in names:
        owner, _, column = name.partition(".")
        if owner == group:
            get = ast.Attribute(load(group), "get", ast.Load())
            value = ast.Call(get, [ast.Constant(column)], [])
            statements.append(ast.Assign([ast.Name(local(name), ast.Store())], value))
    return statements


def function(
    name: str, arguments: list[str], body: list[ast.stmt], names: dict[str, object]
) -> Any:  # noqa: ANN401 - each caller knows the signature that it built
    """A Python function from statements; it sees nothing but `names`."""
    parameters = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(argument) for argument in arguments],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    definition = ast.FunctionDef(name, parameters, body, [])
    module = ast.fix_missing_locations(ast.Module([definition], []))
    code = compile(module, f"<{name}>", "exec")
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
                ast.If(_unknown(part, rails), statements, [])
                for part in parts
                if (statements := _collect(part, rails))
            ]
        case Choice(condition=condition, yes=yes, no=no):
            nothing: list[ast.stmt] = [ast.Pass()]
            taken = ast.If(
                rails.certain(condition),
                _collect(yes, rails) or nothing,
                _collect(no, rails),
            )
            asked = _collect(condition, rails) or nothing
            return [ast.If(_unknown(condition, rails), asked, [taken])]
    names = [_note(none_test(name, is_none=True), name) for name in names_in(node)]
    return [*names, *(_note_zero(part, rails) for part in divisors(node))]


def _unknown(node: Node, rails: Rails) -> ast.expr:
    return true_of(rails.possible(node), opposite(rails.certain(node)))


def _note(test: ast.expr, name: str) -> ast.stmt:
    append = ast.Attribute(load("found"), "append", ast.Load())
    return ast.If(test, [ast.Expr(ast.Call(append, [ast.Constant(name)], []))], [])


def _note_zero(divisor: Node, rails: Rails) -> ast.stmt:
    there = [none_test(name, is_none=False) for name in names_in(divisor)]
    inner = [rails.zero_test(part, is_zero=False) for part in divisors(divisor)]
    zero = rails.zero_test(divisor, is_zero=True)
    return _note(true_of(*there, *inner, zero), f"{to_text(divisor)} == 0")
