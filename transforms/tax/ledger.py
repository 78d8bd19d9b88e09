"""What core tells about taxes owed and paid, as known at the end of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lakehouse.errors import DataRefused
from lakehouse.law.deadline import Deadlines
from lakehouse.law.late_interest import DailyRate
from lakehouse.law.payment import Bucket, DebtRules
from lakehouse.law.payment_events import (
    Cancellation,
    Guarantee,
    Ledger,
    Payment,
    Reconciliation,
    Refund,
    Statement,
    due_under_guarantee,
)
from lakehouse.tables import Lake
from lakehouse.time import business_date

Row = Mapping[str, Any]
_LATE_PAYMENT = "late_payment"
_GUARANTEED, _PRIORITY = "pay_tax_guaranteed", "pay_tax_priority"


def ledger_on(lake: Lake, day: date) -> Ledger:
    """All that was told until the end of a day, corrected as it was known then."""
    return Ledger(
        statements=statements_on(lake, day)[0],
        payments=sorted(_payments(lake, day), key=_first_told),
        cancellations=[
            Cancellation(_told(row), _document(row))
            for row in _known(lake, "core.epay__cancellation", day)
        ],
        reconciliations=_reconciliations(lake, day),
        refunds=[_refund(row) for row in _known(lake, "core.tax__refund", day)],
        guarantees=[
            _guarantee(row) for row in _known(lake, "core.epay__guarantee", day)
        ],
    )


def rules_on(lake: Lake, day: date) -> DebtRules:
    """Rates of late interest and ages of debts, as the lists say now of a day."""
    rates = lake.read("ref.late_interest", "select * from t where known_until is null")
    ages = lake.read(
        "ref.debt_age",
        "select * from t where known_until is null "
        f"and valid_from <= date '{day}' and coalesce(valid_to >= date '{day}', true)",
    ).to_pylist()
    blocking = [row["from_overdue_days"] for row in ages if row["is_blocking"]]
    return DebtRules(
        rates=DailyRate.from_rows(rates.to_pylist(), _LATE_PAYMENT),
        buckets=[
            Bucket(
                row["debt_age_code"], row["from_overdue_days"], row["to_overdue_days"]
            )
            for row in ages
        ],
        # Without a blocking age nothing blocks.
        block_after_days=min(blocking) - 1 if blocking else date.max.toordinal(),
    )


def _known(lake: Lake, table: str, day: date, *order: str) -> list[Row]:
    """States that were known at the end of a day, as they came."""
    by = ", ".join(["known_from", *order, "content_hash"])
    rows = lake.read(table, f"select * from t order by {by}").to_pylist()
    return [
        row
        for row in rows
        if _told(row) <= day
        and (row["known_until"] is None or business_date(row["known_until"]) > day)
    ]


def _payments(lake: Lake, day: date) -> Iterable[Payment]:
    parts: dict[tuple[str, str], list[Row]] = {}
    for row in _known(lake, "core.epay__payment_item", day):
        parts.setdefault((row["transaction_id"], row["content_hash"]), []).append(row)
    for row in _known(lake, "core.epay__payment", day):
        mine = parts.get((row["transaction_id"], row["content_hash"]), [])
        payment = _payment(row, mine, _told(row))
        yield payment
        if row["repeated_at"] is not None:
            yield _payment(row, mine, business_date(row["repeated_at"]))


def _payment(row: Row, parts: list[Row], known_on: date) -> Payment:
    return Payment(
        known_on=known_on,
        credited_on=row["credited_date"],
        document=_document(row),
        transaction=row["transaction_id"],
        parts=tuple(
            ((one["declaration_key"], one["budget_item_code"]), int(one["paid_vnd"]))
            for one in parts
        ),
        bank=row["payer_bank_code"] or "",
    )


def _reconciliations(lake: Lake, day: date) -> list[Reconciliation]:
    entries: dict[tuple[str, str], list[Row]] = {}
    for row in _known(lake, "core.epay__reconciliation_entry", day):
        mine = (row["transaction_id"], row["content_hash"])
        entries.setdefault(mine, []).append(row)
    return [
        Reconciliation(
            known_on=_told(row),
            for_day=row["reconciled_date"],
            rows=tuple(
                (_document(one), int(one["bank_amount_vnd"]))
                for one in entries.get((row["transaction_id"], row["content_hash"]), [])
            ),
            bank=row["payer_bank_code"] or "",
        )
        for row in _known(lake, "core.epay__reconciliation", day)
    ]


def _refund(row: Row) -> Refund:
    return Refund(
        known_on=_told(row),
        item=(row["declaration_key"], row["budget_item_code"]),
        amount=int(row["refund_vnd"]),
        paid_out_on=row["paid_out_date"],
    )


def _guarantee(row: Row) -> Guarantee:
    return Guarantee(
        known_on=_told(row),
        document=_document(row),
        declaration=row["declaration_key"] or "",
        amount=int(row["guarantee_amount_vnd"]),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )


def statements_on(lake: Lake, day: date) -> tuple[list[Statement], list[Row]]:
    """What is owed as known at the end of a day, and what no list gives a due date."""
    rows = lake.read("ref.deadline", "select * from t where known_until is null")
    deadlines = Deadlines(rows.to_pylist())
    dated: list[Statement] = []
    undated: list[Row] = []
    for row in _known(lake, "core.tax__obligation_item", day, "sent_at"):
        try:
            dated.append(_statement(row, deadlines))
        except DataRefused:
            undated.append(row)
    return dated, undated


def _statement(row: Row, deadlines: Deadlines) -> Statement:
    due_on, interest_after = _due(row, deadlines)
    return Statement(
        known_on=_told(row),
        item=(row["declaration_key"], row["budget_item_code"]),
        amount=int(row["obligation_vnd"]),
        due_on=due_on,
        interest_after=interest_after,
    )


def _due(row: Row, deadlines: Deadlines) -> tuple[date, date]:
    """Due date and the day after which interest counts; the gate knows the rules."""
    if row["due_rule_code"] == "given":
        return row["due_date"], row["due_date"]
    cleared: date = row["cleared_date"]
    if row["due_rule_code"] == "priority":
        due_on = deadlines.on(_PRIORITY, cleared).last_day(cleared)
        return due_on, due_on
    registered: date = row["registered_date"]
    deadline = deadlines.on(_GUARANTEED, registered)
    guaranteed: date = row["guaranteed_to_date"]
    return due_under_guarantee(registered, guaranteed, deadline), cleared


def _document(row: Row) -> str:
    """Symbol and number name a paying document together."""
    return f"{row['payment_document_symbol'] or ''}{row['payment_document_no']}"


def _told(row: Row) -> date:
    return business_date(row["known_from"])


def _first_told(payment: Payment) -> date:
    return payment.known_on
