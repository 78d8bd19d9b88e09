"""The acceptance cases of payments pass through the law of the product."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lakehouse.law.deadline import Deadline
from lakehouse.law.late_interest import DailyRate
from lakehouse.law.payment import Bucket, DebtRules, View, view_on
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

TOPIC = "payments"
_ORDER = str


def test_a_view_is_what_was_told_until_its_day(
    case: dict[str, Any], parameters: dict[str, Any]
) -> None:
    ledger = ledger_of(case["input"], parameters)
    rules = rules_of(parameters)
    views = [
        shown(view_on(ledger, date.fromisoformat(day), rules))
        for day in case["input"]["as_of"]
    ]
    assert in_any_order(views) == in_any_order(case["expected"]["views"])


def rules_of(parameters: Mapping[str, Any]) -> DebtRules:
    return DebtRules(
        rates=[
            DailyRate(
                Decimal(row["percent_per_day"]),
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
            )
            for row in parameters["late_interest"]
        ],
        buckets=[Bucket(**row) for row in parameters["ageing_buckets"]],
        block_after_days=parameters["block_after_days"],
    )


def ledger_of(given: Mapping[str, Any], parameters: Mapping[str, Any]) -> Ledger:
    events: dict[str, list[Any]] = {}
    for event in given["events"]:
        events.setdefault(event["type"], []).append(event)
    return Ledger(
        statements=[_statement(one, parameters) for one in given["statements"]],
        payments=[_payment(one) for one in events.get("payment", ())],
        cancellations=[
            Cancellation(_day(one, "known_on"), one["document"])
            for one in events.get("cancel", ())
        ],
        reconciliations=[
            Reconciliation(
                _day(one, "known_on"),
                _day(one, "for_day"),
                tuple((row["document"], row["amount"]) for row in one["rows"]),
            )
            for one in events.get("reconcile", ())
        ],
        refunds=[
            Refund(
                _day(one, "known_on"),
                (one["declaration"], one["sub_item"]),
                one["amount"],
                _day(one, "paid_out_on"),
            )
            for one in events.get("refund", ())
        ],
        guarantees=[
            Guarantee(
                _day(one, "known_on"),
                one["document"],
                one["declaration"],
                one["amount"],
                _day(one, "valid_from"),
                _day(one, "valid_to"),
            )
            for one in events.get("guarantee", ())
        ],
    )


def _payment(given: Mapping[str, Any]) -> Payment:
    return Payment(
        _day(given, "known_on"),
        _day(given, "credited_on"),
        given["document"],
        given["transaction"],
        tuple(
            ((part["declaration"], part["sub_item"]), part["amount"])
            for part in given["items"]
        ),
    )


def _statement(given: Mapping[str, Any], parameters: Mapping[str, Any]) -> Statement:
    due_on, interest_after = due_dates(given["due_rule"], parameters)
    return Statement(
        _day(given, "known_on"),
        (given["declaration"], given["sub_item"]),
        given["amount"],
        due_on,
        interest_after,
    )


def due_dates(
    rule: Mapping[str, Any], parameters: Mapping[str, Any]
) -> tuple[date, date]:
    if rule["kind"] == "given":
        due_on = _day(rule, "due_on")
        return due_on, due_on
    if rule["kind"] == "priority":
        deadline = Deadline(
            "pay_tax_priority", parameters["priority_due_day"], "day_of_next_month"
        )
        due_on = deadline.last_day(_day(rule, "cleared_on"))
        return due_on, due_on
    deadline = Deadline(
        "pay_tax_guaranteed", parameters["guarantee_max_days"], "calendar_day"
    )
    due_on = due_under_guarantee(
        _day(rule, "registered_on"), _day(rule, "guarantee_to"), deadline
    )
    return due_on, _day(rule, "cleared_on")


def shown(view: View) -> dict[str, Any]:
    items = [
        {
            "declaration": one.item[0],
            "sub_item": one.item[1],
            "due_on": one.due_on.isoformat(),
            "interest_after": one.interest_after.isoformat(),
            "obligation": one.obligation,
            "paid": one.paid,
            "outstanding": one.outstanding,
            "overpaid": one.overpaid,
            "days_overdue": one.days_overdue,
            "bucket": one.bucket,
            "late_interest": one.late_interest,
            "blocks_new_declarations": one.blocks_new_declarations,
        }
        for one in view.items
    ]
    summed = ("obligation", "paid", "outstanding", "overpaid", "late_interest")
    return {
        "as_of": view.as_of.isoformat(),
        "items": items,
        "guarantees": [
            {
                "document": one.document,
                "declaration": one.declaration,
                "state": one.state,
                "claim_on_guarantor": one.claim_on_guarantor,
            }
            for one in view.guarantees
        ],
        "disputed": [dict(one) for one in view.disputed],
        "unallocated": [dict(one) for one in view.unallocated],
        "findings": [dict(one) for one in view.findings],
        "totals": {name: sum(one[name] for one in items) for name in summed},
    }


def in_any_order(views: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lists of a view are sets."""
    return [
        {
            name: sorted(value, key=_ORDER) if isinstance(value, list) else value
            for name, value in view.items()
        }
        for view in views
    ]


def _day(given: Mapping[str, Any], name: str) -> date:
    return date.fromisoformat(given[name])
