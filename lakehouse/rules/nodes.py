"""The tree of a condition: what the parser makes and every compiler reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from lakehouse.rules.types import BOOL, UNKNOWN, Type

Value = bool | int | Decimal | str | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; a number with a point is a Decimal with the digits as written."""

    value: Value
    at: int
    type: Type


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that a condition reads, such as `line.hs_code`."""

    name: str
    at: int
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list written in the condition; its items are literals."""

    items: tuple[Node, ...]
    at: int
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class NamedList:
    """An effective-dated list of reference data, `lists.<name>`."""

    name: str
    at: int
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Negate:
    """Minus a number."""

    operand: Node
    at: int
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+ - * / %` of two values."""

    operator: str
    left: Node
    right: Node
    at: int
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language; a method's receiver is the first argument."""

    function: str
    arguments: tuple[Node, ...]
    at: int
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Compare:
    """`== != < <= > >=` of two values."""

    operator: str
    left: Node
    right: Node
    at: int
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Member:
    """`item in container`."""

    item: Node
    container: Node
    at: int
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a value is there; never missing itself."""

    variable: Variable
    at: int
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: Node
    at: int
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; one false part decides even if others are missing."""

    parts: tuple[Node, ...]
    at: int
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Or:
    """Some part holds; one true part decides even if others are missing."""

    parts: tuple[Node, ...]
    at: int
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Choice:
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node
    at: int
    type: Type = UNKNOWN


Node = (
    Literal
    | Variable
    | ListOf
    | NamedList
    | Negate
    | Arithmetic
    | Call
    | Compare
    | Member
    | Has
    | Not
    | And
    | Or
    | Choice
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, left to right; the variable of `has` is not read."""
    match node:
        case ListOf(items=parts) | And(parts=parts) | Or(parts=parts):
            return parts
        case Call(arguments=parts):
            return parts
        case Negate(operand=operand) | Not(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Member(item=item, container=container):
            return (item, container)
        case Choice(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case _:
            return ()


def with_children(node: Node, parts: tuple[Node, ...]) -> Node:
    """The same value over other parts; for the nodes that make values and atoms."""
    match node:
        case Negate():
            return replace(node, operand=parts[0])
        case Arithmetic() | Compare():
            return replace(node, left=parts[0], right=parts[1])
        case Member():
            return replace(node, item=parts[0])
        case Call():
            return replace(node, arguments=parts)
        case _:
            return node


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def variables(node: Node) -> tuple[str, ...]:
    """Names whose values the condition needs, in order of first use."""
    names = (part.name for part in walk(node) if isinstance(part, Variable))
    return tuple(dict.fromkeys(names))


def read_names(node: Node) -> tuple[str, ...]:
    """Names that the condition looks at in any way, `has` included."""
    names: dict[str, None] = {}
    for part in walk(node):
        if isinstance(part, Variable):
            names[part.name] = None
        elif isinstance(part, Has):
            names[part.variable.name] = None
    return tuple(names)


def list_names(node: Node) -> tuple[str, ...]:
    """Names of the reference lists that the condition asks."""
    names = (part.name for part in walk(node) if isinstance(part, NamedList))
    return tuple(dict.fromkeys(names))
