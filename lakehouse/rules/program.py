"""The compiled conditions behind their index, so that cost follows the matches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from lakehouse.rules.closure import EMPTY, Row
from lakehouse.rules.fuse import Found, fuse_declaration
from lakehouse.rules.fuse_lines import fuse_lines
from lakehouse.rules.index import Key, best_key
from lakehouse.rules.member import Member
from lakehouse.rules.staged import OnLine, stage_line

# Values of a column whose functions are remembered; the nomenclature has 12,000 codes.
MOST_KNOWN: Final = 65_536
Fused = TypeVar("Fused")
Identity = tuple[int, str]


class Index(dict[str | None, tuple[Fused, ...]]):
    """By value of one column, functions whose conditions it does not make false.

    It remembers the values that it was asked.

    Attributes:
        column: column of the declaration or of the line.
    """

    def __init__(
        self,
        column: str,
        members: Sequence[tuple[Member, Key]],
        make: Callable[[Sequence[Member]], tuple[Fused, ...]],
    ) -> None:
        """Arrange conditions; `make` gives the functions of those with one value."""
        self.column = column
        exact: dict[str, list[Member]] = defaultdict(list)
        prefixes: dict[int, dict[str, list[Member]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for member, key in members:
            for value in key.exact:
                exact[value].append(member)
            for prefix in key.prefixes:
                prefixes[len(prefix)][prefix].append(member)
        self._exact = {value: make(group) for value, group in exact.items()}
        self._prefixes = tuple(
            (length, {prefix: make(group) for prefix, group in groups.items()})
            for length, groups in sorted(prefixes.items())
        )
        asked = [member for member, key in members if not key.none_is_false]
        self._asked = make(asked) if asked else ()
        self[None] = self._asked

    def __missing__(self, value: str) -> tuple[Fused, ...]:
        """Look a value up that was not asked before."""
        found = [*self._exact.get(value, ())]
        for length, groups in self._prefixes:
            found.extend(groups.get(value[:length], ()))
        if len(self) >= MOST_KNOWN:
            # Only values that no list knows can be so many.
            self.clear()
            self[None] = self._asked
        return self.setdefault(value, tuple(found))


class Makers:
    """Makes the functions of conditions, each once, however many values lead to it."""

    def __init__(self, lists: Mapping[str, frozenset[str]]) -> None:
        """Take the members of the lists that conditions ask."""
        self.lists = lists
        self.on_declaration = _Fuser(fuse_declaration, lists)
        self.on_lines = _Fuser(fuse_lines, lists)
        self.on_line = _Stager(lists)


class Program:
    """Conditions arranged so that few of them are run."""

    def __init__(self, members: Sequence[tuple[str, Member]], makers: Makers) -> None:
        """Arrange conditions, given as (scope, member)."""
        on_declaration: list[tuple[Member, Key | None]] = []
        on_lines: list[tuple[Member, Key | None]] = []
        for scope, member in members:
            entry = (member, best_key(member.tested, makers.lists))
            (on_lines if scope == "line" else on_declaration).append(entry)
        one, many = makers.on_declaration, makers.on_lines
        (self._always,) = one([member for member, key in on_declaration if not key])
        self._indexes = _indexes(on_declaration, "declaration", one)
        (self._always_lines,) = many([member for member, key in on_lines if not key])
        self._outer_indexes = _indexes(on_lines, "declaration", many)
        self._inner_indexes = _indexes(on_lines, "line", makers.on_line)

    def run(
        self,
        declaration: Row,
        enterprise: Row,
        lines: Sequence[Row],
        prices: Sequence[Row | None],
    ) -> list[Found]:
        """What is not false: (ordinal, line index or -1, certain, values read)."""
        found: list[Found] = []
        self._always(declaration, enterprise, found)
        for index in self._indexes:
            for on_declaration in index[declaration.get(index.column)]:
                on_declaration(declaration, enterprise, found)
        if not lines:
            return found
        self._always_lines(declaration, enterprise, lines, prices, found)
        for outer in self._outer_indexes:
            for on_lines in outer[declaration.get(outer.column)]:
                on_lines(declaration, enterprise, lines, prices, found)
        for inner in self._inner_indexes:
            column = inner.column
            for i, line in enumerate(lines):
                for on_line in inner[line.get(column)]:
                    price = prices[i] or EMPTY
                    on_line(declaration, enterprise, line, price, i, found)
        return found


def _indexes(
    entries: Sequence[tuple[Member, Key | None]],
    group: str,
    make: Callable[[Sequence[Member]], tuple[Fused, ...]],
) -> list[Index[Fused]]:
    by_column: dict[str, list[tuple[Member, Key]]] = defaultdict(list)
    for member, key in entries:
        if key is not None and key.column.startswith(f"{group}."):
            by_column[key.column.split(".")[1]].append((member, key))
    return [
        Index(column, members, make) for column, members in sorted(by_column.items())
    ]


class _Fuser(Generic[Fused]):
    """Fuses a group of conditions once, however many values lead to it."""

    def __init__(
        self,
        fuse: Callable[[Sequence[Member], Mapping[str, frozenset[str]]], Fused],
        lists: Mapping[str, frozenset[str]],
    ) -> None:
        self._fuse = fuse
        self._lists = lists
        self._made: dict[tuple[Identity, ...], Fused] = {}

    def __call__(self, members: Sequence[Member]) -> tuple[Fused, ...]:
        key = tuple((member.ordinal, member.text) for member in members)
        if key not in self._made:
            self._made[key] = self._fuse(members, self._lists)
        return (self._made[key],)


class _Stager:
    """Makes the function of each condition once."""

    def __init__(self, lists: Mapping[str, frozenset[str]]) -> None:
        self._lists = lists
        self._made: dict[Identity, OnLine] = {}

    def __call__(self, members: Sequence[Member]) -> tuple[OnLine, ...]:
        return tuple(self._one(member) for member in members)

    def _one(self, member: Member) -> OnLine:
        key = (member.ordinal, member.text)
        if key not in self._made:
            self._made[key] = stage_line(member, self._lists)
        return self._made[key]
