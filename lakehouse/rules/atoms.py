"""Atoms of a condition as Python syntax: values, and tests of values that are there."""

from __future__ import annotations

import ast
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Final

from lakehouse.rules import syntax
from lakehouse.rules.nodes import (
    Arithmetic,
    Call,
    Compare,
    ListOf,
    Literal,
    Member,
    NamedList,
    Negate,
    Node,
    Variable,
    walk,
)
from lakehouse.rules.pattern import literal_prefixes, searcher

# Digits that Python's own decimal operators keep exact.
_PLAIN_DIGITS: Final = 28
_EXACT: Final = Context(prec=80)
_COMPARISONS: Final = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
_ARITHMETIC: Final = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div}
_EXACT_OPERATIONS: Final = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
}
_METHODS: Final = {"startsWith": "startswith", "endsWith": "endswith"}


@dataclass
class Constants:
    """What generated code reads by name: text of people never becomes code.

    Attributes:
        lists: members of the reference lists, by name.
        names: name in the generated code → object.
    """

    lists: dict[str, frozenset[str]] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)
    _known: dict[object, str] = field(default_factory=dict)

    def add(self, value: object) -> ast.expr:
        """A name for the object; equal ones share it."""
        key = (type(value), value) if isinstance(value, Hashable) else id(value)
        name = self._known.get(key)
        if name is None:
            name = self._known[key] = f"K{len(self.names)}"
            self.names[name] = value
        return syntax.Name(name, ast.Load())


def local(name: str) -> str:
    """Name of the local that holds a variable: `line.hs_code` → `line_hs_code`."""
    return name.replace(".", "_", 1)


def load(name: str) -> ast.expr:
    """Read a local."""
    return syntax.Name(name, ast.Load())


def true_of(*parts: ast.expr) -> ast.expr:
    """All parts hold."""
    return parts[0] if len(parts) == 1 else syntax.BoolOp(ast.And(), list(parts))


def any_of(*parts: ast.expr) -> ast.expr:
    """Some part holds."""
    return parts[0] if len(parts) == 1 else syntax.BoolOp(ast.Or(), list(parts))


def opposite(part: ast.expr) -> ast.expr:
    """The part does not hold."""
    return syntax.UnaryOp(ast.Not(), part)


def none_test(name: str, *, is_none: bool) -> ast.expr:
    """Whether a variable is missing, or is there."""
    operator = ast.Is() if is_none else ast.IsNot()
    return syntax.Compare(load(local(name)), [operator], [syntax.Constant(None)])


def compare(left: ast.expr, operator: str, right: ast.expr) -> ast.expr:
    """A comparison by an operator of the language."""
    return syntax.Compare(left, [_COMPARISONS[operator]()], [right])


class Atoms:
    """Writes the atoms of one generated function."""

    def __init__(self, constants: Constants) -> None:
        """Take the place where what code reads by name is kept."""
        self.constants = constants

    def zero_test(self, divisor: Node, *, is_zero: bool) -> ast.expr:
        """Whether a divisor is zero, where all that it needs is there."""
        operator = ast.Eq() if is_zero else ast.NotEq()
        while isinstance(divisor, Call):
            # double() of a number is zero where the number is; to convert it is dear.
            (divisor,) = divisor.arguments
        return syntax.Compare(self.value(divisor), [operator], [syntax.Constant(0)])

    def test(self, node: Node) -> ast.expr:
        """The atom itself, where all its values are there."""
        match node:
            case Compare(operator=operator, left=left, right=right):
                write = self.value
                if "double" in (left.type.kind, right.type.kind):
                    write = self._as_double
                return compare(write(left), operator, write(right))
            case Member(item=item, container=container):
                members = self._members(container)
                return syntax.Compare(self.value(item), [ast.In()], [members])
            case Call(
                function="matches", arguments=(receiver, Literal() as pattern)
            ) if prefixes := literal_prefixes(str(pattern.value)):
                begins = syntax.Attribute(
                    self.value(receiver), "startswith", ast.Load()
                )
                return syntax.Call(begins, [self.constants.add(prefixes)], [])
            case Call(function="matches", arguments=(receiver, pattern)):
                found = self._call_constant(self._searcher(pattern), receiver)
                return syntax.Compare(found, [ast.IsNot()], [syntax.Constant(None)])
            case Call(function="contains", arguments=(receiver, part)):
                return syntax.Compare(
                    self.value(part), [ast.In()], [self.value(receiver)]
                )
            case Call(function=function, arguments=(receiver, part)):
                method = syntax.Attribute(
                    self.value(receiver), _METHODS[function], ast.Load()
                )
                return syntax.Call(method, [self.value(part)], [])
        raise AssertionError(f"no condition: {node}")

    def _searcher(self, pattern: Node) -> object:
        if not isinstance(pattern, Literal):
            raise AssertionError("the type check lets only constants through")
        return searcher(str(pattern.value))

    def _call_constant(self, function: object, *arguments: Node) -> ast.expr:
        values = [self.value(part) for part in arguments]
        return syntax.Call(self.constants.add(function), values, [])

    def _members(self, container: Node) -> ast.expr:
        if isinstance(container, NamedList):
            return self.constants.add(self.constants.lists[container.name])
        if not isinstance(container, ListOf):
            raise AssertionError("the type check lets only lists through")
        values = [part.value for part in container.items if isinstance(part, Literal)]
        return self.constants.add(frozenset(values))

    def value(self, node: Node) -> ast.expr:
        """The value of a node, where all that it needs is there."""
        match node:
            case Literal(value=value):
                if isinstance(value, Decimal | date | timedelta):
                    return self.constants.add(value)
                return syntax.Constant(value)
            case Variable(name=name):
                return load(local(name))
            case Negate(operand=operand):
                if node.type.precision >= _PLAIN_DIGITS:
                    return self._call_constant(_EXACT.minus, operand)
                return syntax.UnaryOp(ast.USub(), self.value(operand))
            case Arithmetic():
                return self._arithmetic(node)
            case Call(function="size", arguments=(text,)):
                return self._call_constant(len, text)
            case Call(function="double", arguments=(number,)):
                return self._as_double(number)
        raise AssertionError(f"no value: {node}")

    def _arithmetic(self, node: Arithmetic) -> ast.expr:
        if node.operator == "%":
            return self._call_constant(_EXACT.remainder, node.left, node.right)
        if node.type.precision >= _PLAIN_DIGITS:
            operation = _EXACT_OPERATIONS[node.operator]
            return self._call_constant(operation, node.left, node.right)
        write = self._as_double if node.type.kind == "double" else self.value
        operator = _ARITHMETIC[node.operator]()
        return syntax.BinOp(write(node.left), operator, write(node.right))

    def _as_double(self, node: Node) -> ast.expr:
        if node.type.kind == "double":
            return self.value(node)
        if isinstance(node, Literal) and isinstance(node.value, int | Decimal):
            return syntax.Constant(float(node.value))
        return self._call_constant(float, node)


def divisors(node: Node) -> list[Node]:
    """What the atom divides by, inner ones first; constants other than 0 left out."""
    found = [
        part.right
        for part in walk(node)
        if isinstance(part, Arithmetic) and part.operator in "/%"
    ]
    return [
        part
        for part in reversed(found)
        if not isinstance(part, Literal) or part.value == 0
    ]
