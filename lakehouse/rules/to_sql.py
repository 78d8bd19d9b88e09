"""A condition as Spark SQL: true, false, or NULL where a value is missing.

Only what Sail, Spark and DuckDB read alike. Columns are written `line.hs_code`: the
query that uses the expression gives its tables the names of the groups. Texts of
conditions hold neither quotes nor backslashes (the parser refuses them), so they stand
as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
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
    Value,
    Variable,
)
from lakehouse.rules.pattern import literal_prefixes
from lakehouse.rules.types import Type

_NULL: Final = "cast(null as boolean)"
_MICROSECOND: Final = timedelta(microseconds=1)
_LIKE_MARKS: Final = frozenset("%_")
# Up to here 64-bit integers hold any result; above, decimals do.
_BIGINT_DIGITS: Final = 18


def to_sql(node: Node, lists: Mapping[str, Collection[str]] | None = None) -> str:
    """Write a lifted, typed condition as SQL.

    Args:
        lists: members of the reference lists that it asks, written out.
    """
    return _Writer(lists or {}).condition(node)


class _Writer:
    """Writes one condition; holds the lists."""

    def __init__(self, lists: Mapping[str, Collection[str]]) -> None:
        self._lists = lists

    def condition(self, node: Node) -> str:
        match node:
            case And(parts=parts):
                return f"({' and '.join(self.condition(part) for part in parts)})"
            case Or(parts=parts):
                return f"({' or '.join(self.condition(part) for part in parts)})"
            case Not(operand=Has(variable=variable)):
                return f"({variable.name} is null)"
            case Not(operand=operand):
                return f"(not {self.condition(operand)})"
            case Has(variable=variable):
                return f"({variable.name} is not null)"
            case Choice(condition=asked, yes=yes, no=no):
                test = self.condition(asked)
                return (
                    f"(case when {test} then {self.condition(yes)} when not {test} "
                    f"then {self.condition(no)} else {_NULL} end)"
                )
            case Compare():
                return self._compare(node)
            case Member(item=item, container=container):
                return self._member(item, container)
            case Call(function=function, arguments=(receiver, part)):
                return self._on_text(function, receiver, part)
        return self.value(node)

    def _compare(self, node: Compare) -> str:
        write = self.value
        if "double" in (node.left.type.kind, node.right.type.kind):
            write = self._as_double
        sign = {"==": "=", "!=": "<>"}.get(node.operator, node.operator)
        return f"({write(node.left)} {sign} {write(node.right)})"

    def _member(self, item: Node, container: Node) -> str:
        values: list[str] = []
        if isinstance(container, ListOf):
            values = [self.value(part) for part in container.items]
        elif isinstance(container, NamedList):
            values = [f"'{value}'" for value in sorted(self._lists[container.name])]
        text = self.value(item)
        if not values:
            return f"(case when {text} is null then {_NULL} else false end)"
        return f"({text} in ({', '.join(values)}))"

    def _on_text(self, function: str, receiver: Node, part: Node) -> str:
        text, sought = self.value(receiver), self.value(part)
        if function == "contains":
            return f"(instr({text}, {sought}) > 0)"
        if function == "matches" and isinstance(part, Literal):
            prefixes = literal_prefixes(str(part.value))
            if prefixes is None:
                return f"regexp_like({text}, {sought})"
            return f"({' or '.join(_begins(text, prefix) for prefix in prefixes)})"
        if function == "startsWith" and isinstance(part, Literal):
            return _begins(text, str(part.value))
        if function == "startsWith":
            return f"(substring({text}, 1, char_length({sought})) = {sought})"
        return f"(right({text}, char_length({sought})) = {sought})"

    def value(self, node: Node) -> str:
        match node:
            case Literal(value=value):
                return _literal(value, node.type)
            case Variable(name=name):
                return name
            case Negate(operand=operand):
                return f"(- {self.value(operand)})"
            case Arithmetic():
                return self._arithmetic(node)
            case Call(function="size", arguments=(text,)):
                return f"char_length({self.value(text)})"
            case Call(function="double", arguments=(number,)):
                return self._as_double(number)
        raise AssertionError(f"no value: {node}")

    def _arithmetic(self, node: Arithmetic) -> str:
        left, right = node.left, node.right
        if node.type.kind == "duration":
            return self._between(left, right)
        if node.type.kind == "double":
            one, two = self._as_double(left), self._as_double(right)
            if node.operator == "/":
                two = f"nullif({two}, cast(0 as double))"
            return f"({one} {node.operator} {two})"
        one, two = self._exact(left, node.type), self._exact(right, node.type)
        if node.operator == "%":
            two = f"nullif({two}, 0)"
        kind = _sql_type(node.type)
        return f"cast({one} {node.operator} {two} as {kind})"

    def _between(self, left: Node, right: Node) -> str:
        """A length of time in microseconds."""
        one, two = self.value(left), self.value(right)
        if left.type.kind == "date":
            return f"(cast(datediff({one}, {two}) as bigint) * 86400000000)"
        return f"(unix_micros({one}) - unix_micros({two}))"

    def _exact(self, node: Node, result: Type) -> str:
        if result.kind == "whole" and result.precision <= _BIGINT_DIGITS:
            return f"cast({self.value(node)} as bigint)"
        return f"cast({self.value(node)} as {_decimal(node.type)})"

    def _as_double(self, node: Node) -> str:
        if node.type.kind == "double":
            return self.value(node)
        if isinstance(node, Literal):
            return f"cast('{node.value}' as double)"
        return f"cast({self.value(node)} as double)"


def _begins(text: str, prefix: str) -> str:
    # LIKE lets the engines skip files by their statistics.
    if _LIKE_MARKS.isdisjoint(prefix):
        return f"({text} like '{prefix}%')"
    return f"(substring({text}, 1, {len(prefix)}) = '{prefix}')"


def _sql_type(kind: Type) -> str:
    if kind.kind == "whole" and kind.precision <= _BIGINT_DIGITS:
        return "bigint"
    return _decimal(kind)


def _decimal(kind: Type) -> str:
    return f"decimal({kind.precision}, {kind.scale})"


def _literal(value: Value, kind: Type) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}'"
        case Decimal():
            return f"cast('{value:f}' as {_decimal(kind)})"
        case datetime():
            return f"cast('{value:%Y-%m-%dT%H:%M:%S}Z' as timestamp)"
        case date():
            return f"date '{value.isoformat()}'"
        case timedelta():
            return str(value // _MICROSECOND)
        case _:
            return str(value)
