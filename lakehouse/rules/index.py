"""What a condition surely requires of one column, so that others need not be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from lakehouse.rules.nodes import (
    And,
    Call,
    Compare,
    Has,
    ListOf,
    Literal,
    Member,
    NamedList,
    Node,
    Or,
    Variable,
)
from lakehouse.rules.pattern import literal_prefixes
from lakehouse.rules.types import STRING

# How much of the traffic a value of the column lets through, the least first. A column
# that is not here is still indexed, after these.
SELECTIVITY: Final = (
    "importer_tax_code",
    "exporter_tax_code",
    "principal_tax_code",
    "agent_code",
    "hs_code",
    "warehouse_code",
    "office_code",
    "unloading_place_code",
    "loading_place_code",
    "partner_country_code",
    "origin_country_code",
    "tariff_table_code",
    "kind_code",
)
# Columns of two or three values: a guard is cheaper than a bucket.
_TOO_COARSE: Final = frozenset({"direction_code", "transport_mode_code"})


class Key(msgspec.Struct, frozen=True):
    """Values of one column outside of which a condition is false.

    Attributes:
        column: name of the variable, such as `line.hs_code`.
        exact: values that are let through.
        prefixes: beginnings that are let through.
        none_is_false: the condition is false too where the column is missing.
    """

    column: str
    exact: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    none_is_false: bool = False

    def narrowed(self) -> Key:
        """The same key without values that one of its prefixes covers."""
        prefixes = frozenset(
            one
            for one in self.prefixes
            if not any(one != two and one.startswith(two) for two in self.prefixes)
        )
        begin = tuple(prefixes)
        exact = frozenset(value for value in self.exact if not value.startswith(begin))
        return msgspec.structs.replace(self, exact=exact, prefixes=prefixes)

    def union(self, other: Key) -> Key:
        """What either of two keys on the same column lets through."""
        return Key(
            self.column,
            self.exact | other.exact,
            self.prefixes | other.prefixes,
            self.none_is_false and other.none_is_false,
        )


def best_key(node: Node, lists: Mapping[str, frozenset[str]]) -> Key | None:
    """The most selective thing that the condition requires; None if nothing is."""
    keys = [key for key in _keys(node, lists).values() if _is_usable(key)]
    best = min(keys, key=_rank, default=None)
    return None if best is None else best.narrowed()


def _is_usable(key: Key) -> bool:
    group, column = key.column.split(".")
    return group in ("declaration", "line") and column not in _TOO_COARSE


def _rank(key: Key) -> tuple[int, int, str]:
    group, column = key.column.split(".")
    place = len(SELECTIVITY)
    if column in SELECTIVITY:
        place = SELECTIVITY.index(column)
    short = min((len(prefix) for prefix in key.prefixes), default=8)
    if column == "hs_code" and short < 4:
        # A chapter is wide: an office or a warehouse is narrower.
        place = SELECTIVITY.index("loading_place_code")
    # What is asked once a declaration comes before what is asked once a line.
    return place, group != "declaration", key.column


def _keys(node: Node, lists: Mapping[str, frozenset[str]]) -> dict[str, Key]:
    match node:
        case And(parts=parts):
            return _keys_of_all(parts, lists)
        case Or(parts=parts):
            return _shared([_keys(part, lists) for part in parts])
        case Compare(operator="==", left=left, right=right):
            return _equality(left, right)
        case Member(item=Variable(type=kind) as item, container=container):
            if kind != STRING:
                return {}
            return {item.name: Key(item.name, exact=_values(container, lists))}
        case Call(
            function="startsWith", arguments=(Variable() as text, Literal() as part)
        ):
            return {text.name: Key(text.name, prefixes=frozenset({str(part.value)}))}
        case Call(
            function="matches", arguments=(Variable() as text, Literal() as part)
        ):
            prefixes = literal_prefixes(str(part.value))
            if prefixes:
                return {text.name: Key(text.name, prefixes=frozenset(prefixes))}
    return {}


def _equality(left: Node, right: Node) -> dict[str, Key]:
    if isinstance(left, Literal):
        left, right = right, left
    if not (isinstance(left, Variable) and isinstance(right, Literal)):
        return {}
    if left.type != STRING:
        return {}
    return {left.name: Key(left.name, exact=frozenset({str(right.value)}))}


def _values(container: Node, lists: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if isinstance(container, NamedList):
        return lists[container.name]
    if not isinstance(container, ListOf):
        raise AssertionError("the type check lets only lists through")
    return frozenset(
        str(item.value) for item in container.items if isinstance(item, Literal)
    )


def _keys_of_all(
    parts: tuple[Node, ...], lists: Mapping[str, frozenset[str]]
) -> dict[str, Key]:
    """Of several requirements on one column the one with the fewest values."""
    found: dict[str, Key] = {}
    there = {part.variable.name for part in parts if isinstance(part, Has)}
    for part in parts:
        for name, key in _keys(part, lists).items():
            kept = found.get(name)
            narrower = kept is None or _width(key) < _width(kept)
            if narrower:
                found[name] = key
    return {
        name: msgspec.structs.replace(key, none_is_false=True) if name in there else key
        for name, key in found.items()
    }


def _width(key: Key) -> tuple[int, int]:
    return len(key.prefixes), len(key.exact)


def _shared(branches: list[dict[str, Key]]) -> dict[str, Key]:
    """Requirements on a column that every branch makes."""
    first, *rest = branches
    shared: dict[str, Key] = {}
    for name, key in first.items():
        if all(name in branch for branch in rest):
            for branch in rest:
                key = key.union(branch[name])
            shared[name] = key
    return shared
