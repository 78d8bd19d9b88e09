"""Core → gold: what stands right of core counts as core does, by declared equations."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from lakehouse.tables import Lake
from lakehouse.verify import Finding
from lakehouse.yamlfile import parse_yaml


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second table, named `j` in the count, and the columns that both share."""

    table: str
    by: tuple[str, ...]


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One count over one table, named `t` where another is joined to it."""

    table: str
    count: str
    join: Join | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the count reads."""
        return (self.table, self.join.table) if self.join else (self.table,)


class Equation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two counts that must be equal."""

    what: str
    left: Side
    right: Side


@lru_cache(maxsize=1)
def load_equations() -> list[Equation]:
    """Equations of `conservation.yml`.

    Raises:
        msgspec.ValidationError: a key is unknown or missing.
    """
    raw = parse_yaml(Path(__file__).with_name("conservation.yml"))
    return msgspec.convert(raw, list[Equation])


def findings(lake: Lake) -> list[Finding]:
    """Count both sides of each equation whose tables the lake has made.

    They are held against what the newest run has consumed: a lake whose core is ahead
    of gold is not balanced until gold has followed.
    """
    return [
        _finding(lake, equation)
        for equation in load_equations()
        if all(
            _is_there(lake, table)
            for side in (equation.left, equation.right)
            for table in side.tables
        )
    ]


def _is_there(lake: Lake, table: str) -> bool:
    # A lake may be made for other contracts than those of the project.
    return table in lake.contracts.tables and lake.exists(table)


def _finding(lake: Lake, equation: Equation) -> Finding:
    left, right = _count(lake, equation.left), _count(lake, equation.right)
    return Finding(
        what=equation.what,
        source=equation.left.table,
        left=left,
        right=right,
        detail={equation.left.table: left, equation.right.table: right},
        tables=(equation.right.table,),
    )


def _count(lake: Lake, side: Side) -> int:
    source, also = "t", {}
    if side.join:
        shared = " and ".join(f"t.{name} = j.{name}" for name in side.join.by)
        source, also = f"t inner join j on {shared}", {"j": side.join.table}
    found = lake.read(side.table, f"select {side.count} as n from {source}", also)
    return int(found["n"][0].as_py())
