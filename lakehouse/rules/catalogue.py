"""The values a condition may read, with type and label, taken from contracts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from lakehouse.contracts import Contracts, Table
from lakehouse.rules.errors import CriterionError
from lakehouse.rules.types import Type, from_contract

# What each group of names is read from: the row that is decided on, or a feature row.
SOURCES: Final = {
    "declaration": "core.vnaccs__declaration",
    "line": "core.vnaccs__declaration_line",
    "enterprise": "feat.enterprise__activity",
    "price": "feat.commodity_origin__price",
}
# Written by the lake after the decision, so nothing to decide on.
_HISTORY_COLUMNS: Final = frozenset(
    {"known_from", "known_until", "is_current", "registered_month"}
)
# A line repeats these from its declaration.
_FROM_HEADER: Final = frozenset(
    {"declaration_key", "declaration_version", "registered_date"}
)


class Entry(msgspec.Struct, frozen=True):
    """One readable value.

    Attributes:
        name: as a condition writes it, such as `line.hs_code`.
        type_text: type in the words of contracts, such as `decimal(20,0)`.
        label_vi: label of the data element, with its role.
        source: table that the value comes from.
        is_feature: read from a snapshot of features and not from the declaration.
    """

    name: str
    type_text: str
    label_vi: str
    source: str
    is_feature: bool = False

    @property
    def type(self) -> Type:
        """Type in the condition language."""
        kind = from_contract(self.type_text)
        if kind is None:
            raise CriterionError(
                "bad_type", f"`{self.name}` has type {self.type_text}", "Leave it out"
            )
        return kind

    @property
    def group(self) -> str:
        """The part before the dot: which row holds the value."""
        return self.name.split(".", 1)[0]


class Catalogue(msgspec.Struct, frozen=True):
    """All readable values, by name."""

    entries: dict[str, Entry]

    @classmethod
    def from_contracts(cls, contracts: Contracts) -> Catalogue:
        """The catalogue of the tables that conditions may read."""
        entries: dict[str, Entry] = {}
        for group, name in SOURCES.items():
            table = contracts.table(name)
            for entry in _entries(group, table, contracts):
                entries[entry.name] = entry
        return cls(entries)

    @classmethod
    def from_columns(
        cls, columns: Mapping[str, Mapping[str, tuple[str, str]]]
    ) -> Catalogue:
        """A catalogue from group → column → (contract type, Vietnamese label)."""
        entries = [
            Entry(f"{group}.{column}", kind, label, SOURCES[group], _is_feature(group))
            for group, members in columns.items()
            for column, (kind, label) in members.items()
        ]
        return cls({entry.name: entry for entry in entries})

    def nearest(self, name: str) -> list[str]:
        """Known names that a misspelling may have meant, nearest first."""
        near = difflib.get_close_matches(name, self.entries, 3, 0.6)
        if near:
            return near
        column = name.rsplit(".", 1)[-1]
        by_column = {known.split(".", 1)[1]: known for known in self.entries}
        found = difflib.get_close_matches(column, by_column, 3, 0.7)
        return [by_column[match] for match in found]


def _is_feature(group: str) -> bool:
    return SOURCES[group].startswith("feat.")


def _left_out(group: str, table: Table) -> frozenset[str]:
    if group == "line":
        return _HISTORY_COLUMNS | _FROM_HEADER
    # The key of a feature says which row was read; the declaration has these values.
    return _HISTORY_COLUMNS | (set(table.key) if _is_feature(group) else set())


def _entries(group: str, table: Table, contracts: Contracts) -> Iterable[Entry]:
    left_out = _left_out(group, table)
    for column in table.columns.values():
        readable = column.element is not None and column.name not in left_out
        if not readable or from_contract(column.type) is None:
            continue
        label = _label(column.name, column.role, contracts, column.element)
        yield Entry(
            f"{group}.{column.name}", column.type, label, table.name, _is_feature(group)
        )


_ROLES_VI: Final = {
    "importer": "của người nhập khẩu",
    "exporter": "của người xuất khẩu",
    "principal": "của người ủy thác",
    "partner": "đối tác",
    "loading": "xếp hàng",
    "unloading": "dỡ hàng",
    "origin": "xuất xứ",
    "first": "thứ nhất",
    "second": "thứ hai",
    "invoice": "hóa đơn",
    "unit_price": "đơn giá",
}


def _label(
    name: str, role: str | None, contracts: Contracts, element: str | None
) -> str:
    label = contracts.elements[element or name].label_vi
    if role is None:
        return label
    addition = _ROLES_VI.get(role, role)
    return label if addition in label.lower() else f"{label} {addition}"
