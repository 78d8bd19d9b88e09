"""What the firms owe for a day's declarations, and the documents that pay it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from simulator.cohort import Cohort
from simulator.draws import generator
from simulator.payment_quirks import load_payment_quirks
from simulator.world import World

MOST_TOGETHER, BANKS = 4, 5
TREASURY = "0000TREASURY"
"""Takes what is paid late; it sends no list of the day, so what it says counts."""
_DAY = 86_400
_SUB_ITEMS = (("N", "1901"), ("T", "1753"), ("V", "1702"))
"""Kinds of tax of the simulated declarations, and their sub-items (SAMPLE)."""
_RULES = {"given": 0.9, "guarantee": 0.06, "priority": 0.04}


@dataclass(frozen=True)
class Debt:
    """What is owed for one declaration; moments are local seconds since 1970.

    Attributes:
        row: the declaration's row of its day.
        items: kind of tax, sub-item and amount.
    """

    row: int
    key: int
    firm: int
    stated: int
    rule: str
    items: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Document:
    """One paying document as a bank tells of it.

    Attributes:
        parts: debt and what is paid of each of its items.
        quirk: code of what is wrong, or nothing.
    """

    number: str
    transaction: str
    bank: str
    sent: int
    parts: tuple[tuple[Debt, tuple[int, ...]], ...]
    quirk: str = ""

    @property
    def total(self) -> int:
        """What the document pays in all."""
        return sum(sum(amounts) for _, amounts in self.parts)


def draw_debts(world: World, cohort: Cohort) -> list[Debt]:
    """What is owed by the first version of each declaration that has tax to pay."""
    declarations, totals = cohort.declarations, cohort.contents.totals
    count = len(declarations)
    random = generator(world.seed, cohort.day, "debts")
    rules = random.choice([*_RULES], count, p=[*_RULES.values()])
    amounts = np.stack(
        [tax[:count] for tax in (totals.duty, totals.special, totals.vat)], axis=1
    )
    return [
        Debt(
            row=int(row),
            key=int(declarations.key[row]),
            firm=int(declarations.firm[row]),
            stated=int(declarations.registered[row]) + 20,
            rule=str(rules[row]),
            items=tuple(
                (kind, item, int(amount))
                for (kind, item), amount in zip(_SUB_ITEMS, amounts[row], strict=True)
                if amount
            ),
        )
        for row in np.flatnonzero(amounts.sum(axis=1))
    ]


def draw_documents(
    world: World, cohort: Cohort, debts: list[Debt], rates: dict[str, float]
) -> list[Document]:
    """The documents that pay the debts of a day, as they are sent."""
    random = generator(world.seed, cohort.day, "payments")
    quirks = [quirk.code for quirk in load_payment_quirks()]
    documents: list[Document] = []
    for number, group in enumerate(_together(debts, random)):
        wait = int(random.exponential(1_800)) + 60
        draws = random.random(len(quirks))
        hit = [code for code, x in zip(quirks, draws, strict=True) if x < rates[code]]
        serial = f"{cohort.day:%y%m%d}{number:06d}"
        document = Document(
            number=serial,
            transaction=f"T{serial}",
            bank=f"{1 + group[0].firm % BANKS:08d}",
            # Paid on the day of registration, so that one list settles the day.
            sent=_same_day(max(debt.stated for debt in group), wait),
            parts=tuple((d, tuple(a for _, _, a in d.items)) for d in group),
            quirk=hit[0] if hit else "",
        )
        documents += _lived(document, int(random.integers(2, 40)))
    return sorted(documents, key=_sent)


def days_to_seconds(day: date) -> int:
    """The first local second of a day."""
    return (day - date(1970, 1, 1)).days * _DAY


def _together(debts: list[Debt], random: np.random.Generator) -> Iterator[list[Debt]]:
    """Debts of one firm that are paid by one document."""
    by_firm: dict[int, list[Debt]] = {}
    for debt in debts:
        by_firm.setdefault(debt.firm, []).append(debt)
    for mine in by_firm.values():
        at = 0
        while at < len(mine):
            many = int(random.integers(1, MOST_TOGETHER + 1))
            yield mine[at : at + many]
            at += many


def _lived(document: Document, days: int) -> list[Document]:
    """The documents that one becomes by what goes wrong with it."""
    if document.quirk == "payment_late":
        late = document.sent + days * _DAY
        return [replace(document, bank=TREASURY, sent=late)]
    if document.quirk == "payment_partial":
        halves = [
            tuple(
                (debt, tuple(share(a) for a in amounts))
                for debt, amounts in document.parts
            )
            for share in (_first_half, _second_half)
        ]
        return [
            replace(document, parts=halves[0]),
            replace(
                document,
                parts=halves[1],
                number=f"{document.number}B",
                transaction=f"{document.transaction}B",
                sent=_same_day(document.sent, 600),
            ),
        ]
    again = replace(
        document,
        quirk="",
        number=f"{document.number}C",
        transaction=f"{document.transaction}C",
        sent=_same_day(document.sent, 3_600),
    )
    return [document, again] if document.quirk == "payment_cancelled" else [document]


def _first_half(amount: int) -> int:
    return amount // 2


def _second_half(amount: int) -> int:
    return amount - amount // 2


def _same_day(moment: int, wait: int) -> int:
    """Later on the same day, its last minutes at the most."""
    return min(moment + wait, moment // _DAY * _DAY + _DAY - 300)


def _sent(document: Document) -> int:
    return document.sent
