"""What differs between two states of a reference list."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from lakehouse.contracts import Table

_APART = {
    "valid_from",
    "valid_to",
    "legal_basis",
    "list_code",
    "list_edition",
    "known_from",
    "known_until",
    "nomenclature_code",
}


_PLAIN = (None, "", "false")
"""Values of a code that came or went which say nothing to a person."""


class Change(msgspec.Struct, frozen=True):
    """One code that differs.

    Attributes:
        change: added, removed or changed.
        code: the columns that name the code.
        columns: column → value before and after, where they differ.
        successors: codes of the new edition that take goods of this one.
        relation: split, merge or renumbered, where a correlation says so.
    """

    change: str
    code: dict[str, str]
    columns: dict[str, list[str | None]]
    successors: list[str] = []
    relation: str | None = None


class Difference(msgspec.Struct, frozen=True):
    """All codes that differ, and how many do not."""

    table: str
    before: str
    after: str
    unchanged: int
    changes: list[Change]

    def count(self, change: str) -> int:
        """Codes that were added, removed or changed."""
        return sum(one.change == change for one in self.changes)

    def related(self, relation: str) -> int:
        """Codes that split, merge or are renumbered."""
        return sum(one.relation == relation for one in self.changes)


def compare(
    table: Table, before: pa.Table, after: pa.Table
) -> tuple[int, list[Change]]:
    """Codes that are the same, and those that differ, in the order of the codes."""
    keys = [name for name in table.key if name not in _APART]
    others = [
        name
        for name in table.columns
        if name not in {*keys, *_APART} and not name.startswith("_")
    ]
    with duckdb.connect() as database:
        database.register("old_rows", before)
        database.register("new_rows", after)
        rows = database.sql(_query(keys, others)).fetchall()
    changes = [_change(row, keys, others) for row in rows if row[0] != "same"]
    return len(rows) - len(changes), changes


def _query(keys: list[str], others: list[str]) -> str:
    """Each code once, with the texts of its columns on both sides."""
    same = " and ".join(
        ["true", *(f"o.{name} is not distinct from n.{name}" for name in others)]
    )
    shown = ", ".join(
        f"cast({side}.{name} as varchar) as {side}_{name}"
        for name in others
        for side in ("o", "n")
    )
    join = " and ".join(f"o.{name} = n.{name}" for name in keys)
    named = ", ".join(
        f"cast(coalesce(o.{name}, n.{name}) as varchar) as {name}" for name in keys
    )
    order = ", ".join(keys)
    return (
        f"select case when o.{keys[0]} is null then 'added' "
        f"when n.{keys[0]} is null then 'removed' when {same} then 'same' "
        f"else 'changed' end as change, {', '.join(p for p in (named, shown) if p)} "
        f"from old_rows o full join new_rows n on {join} order by {order}"
    )


def _change(row: tuple[Any, ...], keys: list[str], others: list[str]) -> Change:
    values = row[1 + len(keys) :]
    pairs = zip(others, values[::2], values[1::2], strict=True)
    return Change(
        change=row[0],
        code=dict(zip(keys, row[1:], strict=False)),
        columns={name: [old, new] for name, old, new in pairs if old != new},
    )


def relate(changes: list[Change], correlations: pa.Table) -> list[Change]:
    """Tell of each code that is gone which new codes take its goods.

    Args:
        correlations: `from_hs_code` and `to_hs_code` of the two editions.
    """
    onward: dict[str, list[str]] = {}
    backward: dict[str, list[str]] = {}
    for pair in correlations.select(["from_hs_code", "to_hs_code"]).to_pylist():
        onward.setdefault(pair["from_hs_code"], []).append(pair["to_hs_code"])
        backward.setdefault(pair["to_hs_code"], []).append(pair["from_hs_code"])
    return [_related(change, onward, backward) for change in changes]


def _related(
    change: Change, onward: dict[str, list[str]], backward: dict[str, list[str]]
) -> Change:
    successors = sorted(onward.get(change.code.get("hs_code", ""), []))
    if not successors or change.change == "added":
        return change
    merged = any(len(backward[code]) > 1 for code in successors)
    relation = "split" if len(successors) > 1 else "merge" if merged else "renumbered"
    return msgspec.structs.replace(change, successors=successors, relation=relation)


def in_words(change: Change) -> str:
    """The columns of a change as one line for a person."""
    parts = [f"→ {', '.join(change.successors)}"] if change.successors else []
    for name, (old, new) in change.columns.items():
        if change.change == "changed":
            parts.append(f"{name}: {_shown(old)} → {_shown(new)}")
        elif (new or old) not in _PLAIN:
            parts.append(f"{name}: {_shown(new or old)}")
    return "; ".join(parts)


def _shown(value: str | None) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False)[1:-1]
