"""Quality gate of a table from its contract: one aggregate query and row conditions.

A check holds where its expression is true; false and unknown (null) both fail. What an
empty value means is therefore said in the expression (`x is null or …`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from lakehouse.contracts import Table

Severity = Literal["block", "quarantine", "warn"]
UNIQUE_KEY = "unique_key"
# Layers whose rows come from outside: a row without a required value is set aside and
# the rest lands. To the right of them the same gap is a fault of ours and stops.
_FED_FROM_OUTSIDE = ("raw", "core", "ref")


class GateCheck(msgspec.Struct, frozen=True):
    """What each row of a table must hold.

    Attributes:
        code: official code, or `required.<column>` for a column that must be filled.
        holds: SQL condition, true where the row is good.
        column: column of the gate's answer that counts the rows that fail.
    """

    code: str
    severity: Severity
    holds: str
    message_vi: str
    message_en: str
    column: str


def gate_checks(table: Table) -> tuple[GateCheck, ...]:
    """Required columns in contract order, then the checks that the contract lists.

    Technical columns are left out: they are put on when the rows are written.
    """
    return (*_required(table), *_listed(table))


def to_gate(table: Table) -> str:
    """The gate over the table itself; the text that `make derive` shows."""
    return gate_sql(table, table.name)


def gate_sql(table: Table, source: str, *, unique_key: bool = True) -> str:
    """One query with one row: rows, doubled keys, and failing rows per check.

    Args:
        source: name of a table or view with the contract's columns.
        unique_key: False where the writer proves uniqueness itself; saves a grouping.
    """
    checks = gate_checks(table)
    counts = [
        f"sum(case when {check.holds} then 0 else 1 end) as {check.column}"
        for check in checks
    ]
    if not unique_key:
        return _select(["count(*) as row_count", *_filled(counts)], source)
    per_key = _select(
        ["count(*) as _rows", *counts], source, group_by=", ".join(table.key)
    )
    totals = [
        "coalesce(sum(_rows), 0) as row_count",
        f"coalesce(sum(case when _rows > 1 then 1 else 0 end), 0) as {UNIQUE_KEY}",
        *(f"coalesce(sum({check.column}), 0) as {check.column}" for check in checks),
    ]
    return _select(totals, f"(\n{per_key}\n) as per_key")


def quarantine_condition(table: Table) -> str | None:
    """SQL that is true for rows to keep, never null; None where none are set aside."""
    conditions = [check.holds for check in _quarantine(table)]
    if not conditions:
        return None
    return "coalesce(" + " and ".join(f"({one})" for one in conditions) + ", false)"


def rejection_sql(table: Table) -> str | None:
    """SQL of the code of the first check that sets a row aside, null if none does."""
    cases = [
        f"when not coalesce({check.holds}, false) then '{check.code}'"
        for check in _quarantine(table)
    ]
    if not cases:
        return None
    return "case " + " ".join(cases) + " end"


def _quarantine(table: Table) -> list[GateCheck]:
    return [check for check in gate_checks(table) if check.severity == "quarantine"]


def _required(table: Table) -> list[GateCheck]:
    severity: Severity = "quarantine" if table.schema in _FED_FROM_OUTSIDE else "block"
    return [
        GateCheck(
            code=f"required.{name}",
            severity=severity,
            holds=f"{name} is not null",
            message_vi=f"Thiếu giá trị bắt buộc {name}",
            message_en=f"Required value {name} is missing",
            column=f"required__{name}",
        )
        for name, column in table.columns.items()
        if column.required and not column.is_technical
    ]


def _listed(table: Table) -> list[GateCheck]:
    return [
        GateCheck(
            code=check.code,
            severity=check.severity,
            holds=check.expression,
            message_vi=check.message_vi,
            message_en=check.message_en,
            column="check__" + check.code.lower().replace("-", "_"),
        )
        for check in table.spec.checks
    ]


def _filled(counts: list[str]) -> list[str]:
    # A sum over no rows is null; the gate answers 0.
    return [
        f"coalesce({total}, 0) as {name}"
        for total, _, name in (count.rpartition(" as ") for count in counts)
    ]


def _select(columns: list[str], source: str, group_by: str = "") -> str:
    query = "select\n  " + ",\n  ".join(columns) + f"\nfrom {source}"
    return query + (f"\ngroup by {group_by}" if group_by else "")
