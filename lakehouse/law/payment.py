"""What is owed, paid and late for each declaration and sub-item at the end of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lakehouse.law.late_interest import DailyRate, late_interest
from lakehouse.law.payment_events import (
    Guarantee,
    Item,
    Ledger,
    Payment,
    Reconciliation,
    Refund,
    Statement,
)

Finding = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A group of debts by days overdue, both bounds inclusive, None for open."""

    name: str
    from_days: int | None
    to_days: int | None


@dataclass(frozen=True, slots=True)
class DebtRules:
    """Dated data by which debts are judged; see `ref.late_interest`, `ref.debt_age`.

    Attributes:
        block_after_days: a debt overdue for longer blocks new declarations.
    """

    rates: Sequence[DailyRate]
    buckets: Sequence[Bucket]
    block_after_days: int


@dataclass(frozen=True, slots=True)
class Position:
    """One declaration and sub-item; `late_interest` is None where a rate is missing."""

    item: Item
    due_on: date
    interest_after: date
    obligation: int
    paid: int
    days_overdue: int
    bucket: str
    late_interest: int | None
    blocks_new_declarations: bool

    @property
    def outstanding(self) -> int:
        """What is still to be paid."""
        return max(self.obligation - self.paid, 0)

    @property
    def overpaid(self) -> int:
        """What was paid too much under this sub-item; it is not moved to another."""
        return max(self.paid - self.obligation, 0)


@dataclass(frozen=True, slots=True)
class GuaranteeState:
    """A guarantee, and what the guarantor is to pay."""

    document: str
    declaration: str
    state: str
    claim_on_guarantor: int


@dataclass(slots=True)
class View:
    """All positions at the end of a day, and what could not be counted."""

    as_of: date
    items: list[Position] = field(default_factory=list)
    guarantees: list[GuaranteeState] = field(default_factory=list)
    disputed: list[Finding] = field(default_factory=list)
    unallocated: list[Finding] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def view_on(ledger: Ledger, day: date, rules: DebtRules) -> View:
    """Reckon what was told until the end of a day (Law 107/2016/QH13, Art. 9).

    Money goes to the items that its document names. A document counts once; cancelled
    it is void from the start; what the bank's list of its day does not carry, or
    carries with another amount, counts with nothing until a later list agrees. A later
    statement replaces the amount from the start.
    """
    known = ledger.as_of(day)
    view = View(day)
    owed: dict[Item, Statement] = {one.item: one for one in known.statements}
    credits: dict[Item, list[tuple[date, int]]] = {item: [] for item in owed}
    for payment in _counting(known, view):
        if payment.credited_on <= day:
            _allocate(payment, credits, view)
    _pay_out(known.refunds, day, owed, credits, view)
    for item in sorted(owed):
        view.items.append(_position(owed[item], credits[item], day, rules))
    for guarantee in known.guarantees:
        view.guarantees.append(_guarantee_state(guarantee, view))
    return view


def _counting(known: Ledger, view: View) -> list[Payment]:
    """Payments that are neither repeated, nor cancelled, nor disputed."""
    cancelled = {one.document for one in known.cancellations}
    lists = _newest_lists(known.reconciliations)
    documents: set[str] = set()
    transactions: set[str] = set()
    counting = []
    for payment in known.payments:
        if payment.document in documents or payment.transaction in transactions:
            view.findings.append(
                {"code": "repeated_payment", "document": payment.document}
            )
            continue
        documents.add(payment.document)
        transactions.add(payment.transaction)
        if payment.document in cancelled:
            continue
        dispute = _dispute(payment, lists.get((payment.credited_on, payment.bank)))
        if dispute:
            view.disputed.append(dispute)
        else:
            counting.append(payment)
    for one in lists.values():
        view.findings += [
            {"code": "unknown_at_customs", "document": document, "bank_amount": amount}
            for document, amount in one.rows
            if document not in documents
        ]
    return counting


def _newest_lists(
    told: Sequence[Reconciliation],
) -> dict[tuple[date, str], Reconciliation]:
    return {(one.for_day, one.bank): one for one in told}


def _dispute(payment: Payment, listed: Reconciliation | None) -> Finding | None:
    if listed is None:
        return None
    about = {"document": payment.document, "amount": payment.amount}
    amounts = dict(listed.rows)
    if payment.document not in amounts:
        return {"code": "missing_at_bank", **about}
    carried = amounts[payment.document]
    if carried != payment.amount:
        return {"code": "amount_differs", **about, "bank_amount": carried}
    return None


def _allocate(
    payment: Payment, credits: dict[Item, list[tuple[date, int]]], view: View
) -> None:
    for item, amount in payment.parts:
        if item in credits:
            credits[item].append((payment.credited_on, amount))
            continue
        declaration, sub_item = item
        view.unallocated.append(
            {
                "document": payment.document,
                "declaration": declaration,
                "sub_item": sub_item,
                "amount": amount,
            }
        )


def _pay_out(
    refunds: Sequence[Refund],
    day: date,
    owed: Mapping[Item, Statement],
    credits: dict[Item, list[tuple[date, int]]],
    view: View,
) -> None:
    """Refunds in their order; one above what was overpaid is refused."""
    for refund in refunds:
        if refund.paid_out_on > day:
            continue
        paid = sum(amount for _, amount in credits.get(refund.item, ()))
        due = owed[refund.item].amount if refund.item in owed else 0
        if refund.amount <= paid - due:
            credits[refund.item].append((refund.paid_out_on, -refund.amount))
            continue
        declaration, sub_item = refund.item
        view.findings.append(
            {
                "code": "refund_above_overpaid",
                "declaration": declaration,
                "sub_item": sub_item,
                "amount": refund.amount,
            }
        )


def _position(
    owed: Statement, credits: Sequence[tuple[date, int]], day: date, rules: DebtRules
) -> Position:
    paid = sum(amount for _, amount in credits)
    is_open = paid < owed.amount
    overdue = max((day - owed.due_on).days, 0) if is_open else 0
    interest = late_interest(
        owed.amount,
        credits,
        interest_after=owed.interest_after,
        as_of=day,
        rates=rules.rates,
    )
    return Position(
        item=owed.item,
        due_on=owed.due_on,
        interest_after=owed.interest_after,
        obligation=owed.amount,
        paid=paid,
        days_overdue=overdue,
        bucket=_bucket(overdue, rules.buckets) if is_open else "settled",
        late_interest=interest.amount_vnd,
        blocks_new_declarations=overdue > rules.block_after_days,
    )


def _bucket(days: int, buckets: Sequence[Bucket]) -> str:
    for one in buckets:
        after = one.from_days is None or one.from_days <= days
        if after and (one.to_days is None or days <= one.to_days):
            return one.name
    return ""


def _guarantee_state(guarantee: Guarantee, view: View) -> GuaranteeState:
    """Active until its last day while something is unpaid; then the guarantor pays."""
    unpaid = sum(
        one.outstanding for one in view.items if one.item[0] == guarantee.declaration
    )
    if not unpaid:
        state, claim = "discharged", 0
    elif view.as_of <= guarantee.valid_to:
        state, claim = "active", 0
    else:
        state, claim = "expired_unpaid", min(unpaid, guarantee.amount)
    return GuaranteeState(guarantee.document, guarantee.declaration, state, claim)
