"""What is told about taxes owed and paid: statements, payments and what undoes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from lakehouse.law.deadline import Deadline

Item: TypeAlias = tuple[str, str]
"""A declaration (11 digits) and a budget sub-item."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is owed for a declaration and sub-item, as told on a day.

    Attributes:
        due_on: last day to pay.
        interest_after: late interest counts from the day after this one.
    """

    known_on: date
    item: Item
    amount: int
    due_on: date
    interest_after: date


@dataclass(frozen=True, slots=True)
class Payment:
    """One paying document, as told on a day.

    Attributes:
        parts: the items that the document names, with what it pays of each.
        bank: who carries the document; its list of the day settles it.
    """

    known_on: date
    credited_on: date
    document: str
    transaction: str
    parts: tuple[tuple[Item, int], ...]
    bank: str = ""

    @property
    def amount(self) -> int:
        """What the document pays in all."""
        return sum(amount for _, amount in self.parts)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A payment that succeeded is cancelled."""

    known_on: date
    document: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What a bank says that it carried on a day: document and amount."""

    known_on: date
    for_day: date
    rows: tuple[tuple[str, int], ...]
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """What was paid too much is paid out."""

    known_on: date
    item: Item
    amount: int
    paid_out_on: date


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A bank stands for the tax of a declaration between two days, both inclusive."""

    known_on: date
    document: str
    declaration: str
    amount: int
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that has been told, each kind in the order in which it came."""

    statements: Sequence[Statement] = ()
    payments: Sequence[Payment] = ()
    cancellations: Sequence[Cancellation] = ()
    reconciliations: Sequence[Reconciliation] = ()
    refunds: Sequence[Refund] = ()
    guarantees: Sequence[Guarantee] = ()

    def as_of(self, day: date) -> "Ledger":
        """What was told until the end of a day."""
        return Ledger(
            _told(self.statements, day),
            _told(self.payments, day),
            _told(self.cancellations, day),
            _told(self.reconciliations, day),
            _told(self.refunds, day),
            _told(self.guarantees, day),
        )


def _told(events: Iterable, day: date) -> tuple:  # type: ignore[type-arg]
    known = (event for event in events if event.known_on <= day)
    return tuple(sorted(known, key=_known_on))


def _known_on(event: object) -> date:
    day: date = event.known_on  # type: ignore[attr-defined]
    return day


def due_under_guarantee(
    registered_on: date, guarantee_to: date, deadline: Deadline
) -> date:
    """The earlier of the guarantee's end and the deadline from registration.

    Law 107/2016/QH13, Art. 9; interest counts after the clearance date (verify).
    """
    return min(guarantee_to, deadline.last_day(registered_on))
