"""A typed condition as Python syntax trees: when it surely holds, when it still may.

A value that is missing makes a comparison neither true nor false. Two expressions say
all there is to say: `certain` is true where the condition is true, `possible` is true
where it is not false. Between them lies "not evaluated". `&&` and `||` absorb a missing
side just as CEL absorbs an error: one false part decides an `&&`, one true an `||`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from lakehouse.rules.nodes import (
    And,
    Arithmetic,
    Call,
    Choice,
    Compare,
    Has,
    ListOf,
    Literal,
    Member,
    NamedList,
    Negate,
    Node,
    Not,
    Or,
    Variable,
    variables,
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
Number = int | Decimal


def remainder(left: Number, right: Number) -> Number:
    """Remainder with the sign of the dividend, as in CEL and SQL."""
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


@dataclass
class Constants:
    """What generated code reads by name: text of people never becomes code.

    Attributes:
        lists: members of the reference lists, by name.
        names: name in the generated code → object.
    """

    lists: dict[str, frozenset[str]] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)

    def add(self, value: object) -> ast.expr:
        """A name for the object."""
        name = f"K{len(self.names)}"
        self.names[name] = value
        return ast.Name(name, ast.Load())


def local(name: str) -> str:
    """Name of the local that holds a variable: `line.hs_code` → `line_hs_code`."""
    return name.replace(".", "_", 1)


def load(name: str) -> ast.expr:
    """Read a local."""
    return ast.Name(name, ast.Load())


def true_of(*parts: ast.expr) -> ast.expr:
    """All parts hold."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), list(parts))


def any_of(*parts: ast.expr) -> ast.expr:
    """Some part holds."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), list(parts))


def opposite(part: ast.expr) -> ast.expr:
    """The part does not hold."""
    return ast.UnaryOp(ast.Not(), part)


def none_test(name: str, *, is_none: bool) -> ast.expr:
    """Whether a variable is missing, or is there."""
    operator = ast.Is() if is_none else ast.IsNot()
    return ast.Compare(load(local(name)), [operator], [ast.Constant(None)])


class Rails:
    """Writes expressions for one generated function."""

    def __init__(self, constants: Constants) -> None:
        self.constants = constants

    def certain(self, node: Node, known: frozenset[str] = frozenset()) -> ast.expr:
        """An expression that is true where the condition is true.

        Args:
            known: variables that are there whenever this expression is reached.
        """
        match node:
            case And(parts=parts):
                return true_of(*self._in_turn(parts, known, self.certain))
            case Or(parts=parts):
                return any_of(*(self.certain(part, known) for part in parts))
            case Not(operand=operand):
                return opposite(self.possible(operand, known))
            case Choice(condition=condition, yes=yes, no=no):
                return any_of(
                    true_of(self.certain(condition, known), self.certain(yes, known)),
                    true_of(
                        opposite(self.possible(condition, known)),
                        self.certain(no, known),
                    ),
                )
            case _:
                return self._certain_atom(node, known)

    def possible(self, node: Node, known: frozenset[str] = frozenset()) -> ast.expr:
        """An expression that is true where the condition is not false."""
        match node:
            case And(parts=parts):
                return true_of(*self._in_turn(parts, known, self.possible))
            case Or(parts=parts):
                return any_of(*(self.possible(part, known) for part in parts))
            case Not(operand=operand):
                return opposite(self.certain(operand, known))
            case Choice(condition=condition, yes=yes, no=no):
                return any_of(
                    true_of(
                        self.possible(condition, known),
                        opposite(self.certain(condition, known)),
                    ),
                    true_of(self.certain(condition, known), self.possible(yes, known)),
                    true_of(
                        opposite(self.possible(condition, known)),
                        self.possible(no, known),
                    ),
                )
            case _:
                return self._possible_atom(node, known)

    def _in_turn(
        self,
        parts: tuple[Node, ...],
        known: frozenset[str],
        write: Callable[[Node, frozenset[str]], ast.expr],
    ) -> list[ast.expr]:
        written = []
        for part in parts:
            written.append(write(part, known))
            if isinstance(part, Has):
                known |= {part.variable.name}
        return written

    def _certain_atom(self, node: Node, known: frozenset[str]) -> ast.expr:
        match node:
            case Has(variable=variable):
                return none_test(variable.name, is_none=False)
            case Literal(value=value):
                return ast.Constant(value)
            case Variable(name=name):
                return ast.Compare(load(local(name)), [ast.Is()], [ast.Constant(True)])
        test = self._test(node)
        if _is_false_on_none(node):
            return test
        return true_of(
            *(none_test(name, is_none=False) for name in needed(node, known)),
            *(self.zero_test(part, is_zero=False) for part in divisors(node)),
            test,
        )

    def _possible_atom(self, node: Node, known: frozenset[str]) -> ast.expr:
        match node:
            case Has() | Literal():
                return self._certain_atom(node, known)
            case Variable(name=name):
                no = ast.Constant(False)
                return ast.Compare(load(local(name)), [ast.IsNot()], [no])
        return any_of(
            *(none_test(name, is_none=True) for name in needed(node, known)),
            *(self.zero_test(part, is_zero=True) for part in divisors(node)),
            self._test(node),
        )

    def zero_test(self, divisor: Node, *, is_zero: bool) -> ast.expr:
        """Whether a divisor is zero, where all that it needs is there."""
        operator = ast.Eq() if is_zero else ast.NotEq()
        while isinstance(divisor, Call):
            # double() of a number is zero where the number is; to convert it is dear.
            (divisor,) = divisor.arguments
        return ast.Compare(self.value(divisor), [operator], [ast.Constant(0)])

    def _test(self, node: Node) -> ast.expr:
        """The atom itself, where all its values are there."""
        match node:
            case Compare(operator=operator, left=left, right=right):
                write = self.value
                if "double" in (left.type.kind, right.type.kind):
                    write = self._as_double
                return ast.Compare(
                    write(left), [_COMPARISONS[operator]()], [write(right)]
                )
            case Member(item=item, container=container):
                members = self._members(container)
                return ast.Compare(self.value(item), [ast.In()], [members])
            case Call(function="matches", arguments=(receiver, Literal() as pattern)) if (
                prefixes := literal_prefixes(str(pattern.value))
            ):
                begins = ast.Attribute(self.value(receiver), "startswith", ast.Load())
                return ast.Call(begins, [self.constants.add(prefixes)], [])
            case Call(function="matches", arguments=(receiver, pattern)):
                found = self._call_constant(self._searcher(pattern), receiver)
                return ast.Compare(found, [ast.IsNot()], [ast.Constant(None)])
            case Call(function="contains", arguments=(receiver, part)):
                return ast.Compare(self.value(part), [ast.In()], [self.value(receiver)])
            case Call(function=function, arguments=(receiver, part)):
                method = ast.Attribute(
                    self.value(receiver), _METHODS[function], ast.Load()
                )
                return ast.Call(method, [self.value(part)], [])
        raise AssertionError(f"no condition: {node}")

    def _searcher(self, pattern: Node) -> object:
        if not isinstance(pattern, Literal):
            raise AssertionError("the type check lets only constants through")
        return searcher(str(pattern.value))

    def _call_constant(self, function: object, *arguments: Node) -> ast.expr:
        values = [self.value(part) for part in arguments]
        return ast.Call(self.constants.add(function), values, [])

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
                if isinstance(value, Decimal | date | datetime | timedelta):
                    return self.constants.add(value)
                return ast.Constant(value)
            case Variable(name=name):
                return load(local(name))
            case Negate(operand=operand):
                if node.type.precision >= _PLAIN_DIGITS:
                    return self._call_constant(_EXACT.minus, operand)
                return ast.UnaryOp(ast.USub(), self.value(operand))
            case Arithmetic():
                return self._arithmetic(node)
            case Call(function="size", arguments=(text,)):
                return self._call_constant(len, text)
            case Call(function="double", arguments=(number,)):
                return self._as_double(number)
        raise AssertionError(f"no value: {node}")

    def _arithmetic(self, node: Arithmetic) -> ast.expr:
        if node.operator == "%":
            return self._call_constant(remainder, node.left, node.right)
        if node.type.precision >= _PLAIN_DIGITS:
            operation = _EXACT_OPERATIONS[node.operator]
            return self._call_constant(operation, node.left, node.right)
        write = self._as_double if node.type.kind == "double" else self.value
        operator = _ARITHMETIC[node.operator]()
        return ast.BinOp(write(node.left), operator, write(node.right))

    def _as_double(self, node: Node) -> ast.expr:
        if node.type.kind == "double":
            return self.value(node)
        if isinstance(node, Literal) and isinstance(node.value, int | Decimal):
            return ast.Constant(float(node.value))
        return self._call_constant(float, node)


def needed(node: Node, known: frozenset[str]) -> list[str]:
    """Variables that may be missing when the atom is reached."""
    return [name for name in variables(node) if name not in known]


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


def _is_false_on_none(node: Node) -> bool:
    """Whether the plain test is already false when its only variable is missing."""
    match node:
        case Compare(operator="==", left=Variable(), right=Literal()):
            return "double" not in (node.left.type.kind, node.right.type.kind)
        case Member(item=Variable()):
            return True
    return False
