"""Build `core.tax__position`: one row per declaration and sub-item, as of the run."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from lakehouse import time
from lakehouse.law.payment import Position, view_on
from lakehouse.runs import Consumption, Run
from lakehouse.tables import Lake, rows_of
from lakehouse.verify import Finding
from transforms.tax.ledger import ledger_on, rules_on, statements_on

TABLE = "core.tax__position"
OBLIGATIONS = "core.tax__obligation_item"
LEFT = (
    *(OBLIGATIONS, "core.tax__refund", "core.epay__payment"),
    *("core.epay__cancellation", "core.epay__reconciliation", "core.epay__guarantee"),
    *("ref.late_interest", "ref.debt_age", "ref.deadline"),
)


def update_positions(run: Run) -> dict[str, int]:
    """Reckon all positions again: interest grows without any message."""
    if not run.lake.exists(OBLIGATIONS):
        return {}
    started = time.now()
    day = time.business_date(started)
    for name in LEFT:
        # A source that never came tells nothing.
        run.lake.delta(name)
    view = view_on(ledger_on(run.lake, day), day, rules_on(run.lake, day))
    rows = build(run, view.items)
    run.lake.overwrite(TABLE, rows)
    run.record(Consumption(TABLE, rows.num_rows, started))
    return {TABLE: rows.num_rows}


def build(run: Run, positions: list[Position]) -> pa.Table:
    """Rows of the table in contract order."""
    day = time.business_date(time.now())
    return rows_of(
        TABLE,
        (
            {
                "declaration_key": one.item[0],
                "budget_item_code": one.item[1],
                "as_of_date": day,
                "due_date": one.due_on,
                "interest_after_date": one.interest_after,
                "obligation_vnd": one.obligation,
                "paid_vnd": one.paid,
                "outstanding_vnd": one.outstanding,
                "overpaid_vnd": one.overpaid,
                "overdue_days": one.days_overdue,
                "debt_age_code": one.bucket,
                "late_interest_vnd": one.late_interest,
                "is_blocking": one.blocks_new_declarations,
                "_run_seq": run.seq,
            }
            for one in positions
        ),
        run.lake,
    )


def findings(lake: Lake) -> list[Finding]:
    """Every declaration and sub-item that is owed has one position."""
    tables = lake.contracts.tables
    if not all(name in tables and lake.exists(name) for name in (TABLE, OBLIGATIONS)):
        return []
    owed = _count(
        lake,
        OBLIGATIONS,
        "count(distinct concat(declaration_key, ' ', budget_item_code)) "
        "filter (where is_current)",
    )
    kept = _count(lake, TABLE, "count(*)")
    what = "core, tình hình nộp thuế theo tiểu mục"
    _, undated = statements_on(lake, _reckoned_on(lake))
    without = {(row["declaration_key"], row["budget_item_code"]) for row in undated}
    detail = {"positions": kept, "no deadline in force": len(without)}
    return [Finding(what, "tax", owed, sum(detail.values()), detail, (TABLE,))]


def _reckoned_on(lake: Lake) -> date:
    day = lake.read(TABLE, "select max(as_of_date) as day from t")["day"][0].as_py()
    return day or time.business_date(time.now())


def _count(lake: Lake, table: str, count: str) -> int:
    return int(lake.read(table, f"select {count} as n from t")["n"][0].as_py())
