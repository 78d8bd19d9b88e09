"""A tree written as CEL again: for messages, and to compare conditions by meaning."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

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
    Value,
    Variable,
)

_METHODS = ("startsWith", "endsWith", "contains", "matches")


def to_text(node: Node) -> str:
    """CEL text of a tree; parsing it again gives the same tree."""
    match node:
        case Literal(value=value):
            return literal_text(value)
        case Variable(name=name):
            return name
        case NamedList(name=name):
            return f"lists.{name}"
        case ListOf(items=items):
            return f"[{', '.join(to_text(item) for item in items)}]"
        case Has(variable=variable):
            return f"has({variable.name})"
        case Negate(operand=operand):
            return f"-{_inner(operand)}"
        case Not(operand=operand):
            return f"!{_inner(operand)}"
        case Member(item=item, container=container):
            return f"{_inner(item)} in {to_text(container)}"
        case Arithmetic() | Compare():
            return f"{_inner(node.left)} {node.operator} {_inner(node.right)}"
        case Call(function=function, arguments=(receiver, *rest)) if (
            function in _METHODS
        ):
            inside = ", ".join(to_text(part) for part in rest)
            return f"{_inner(receiver)}.{function}({inside})"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(to_text(part) for part in arguments)})"
        case And(parts=parts):
            return " && ".join(_inner(part) for part in parts)
        case Or(parts=parts):
            return " || ".join(_inner(part) for part in parts)
        case Choice(condition=condition, yes=yes, no=no):
            return f"{_inner(condition)} ? {_inner(yes)} : {_inner(no)}"


def _inner(node: Node) -> str:
    text = to_text(node)
    plain = Literal | Variable | Has | Call | ListOf | NamedList
    return text if isinstance(node, plain) else f"({text})"


def literal_text(value: Value) -> str:
    """A constant as CEL writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return f'timestamp("{value:%Y-%m-%dT%H:%M:%S}Z")'
        case date():
            return f'date("{value.isoformat()}")'
        case timedelta():
            return f'duration("{int(value.total_seconds())}s")'
        case Decimal():
            text = format(value, "f")
            return text if "." in text else f"{text}.0"
        case str():
            quote = "'" if '"' in value else '"'
            return f"{quote}{value}{quote}"
        case _:
            return str(value)
