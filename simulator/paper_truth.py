"""What papers around declarations truly say, and by which message it is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulator.cohort import Cohort
from simulator.columns import Text, decimals, digits, where
from simulator.draws import Bools
from simulator.event_truth import event_codes
from simulator.links import (
    attachment_numbers,
    box_counts,
    container_numbers,
    invoice_receipts,
    list_numbers,
)
from simulator.paper_wording import UNNUMBERED, journey_numbers
from simulator.shapes import INVOICES, LISTS, LOANS, PAPERS, Messages, Stage
from simulator.told import Told, best_of
from simulator.writing import item_names, layout_of, same_kind


def paper_truth(cohort: Cohort, found: Told) -> pa.Table:
    """One row a telling of a paper that has a number.

    `first_quantity` and `container_no` are those of the first goods and the first
    container, empty where its kind of message has no place for them.
    """
    messages = cohort.messages
    numbered = [stage for stage in (Stage.ATTACHED, *PAPERS) if stage not in UNNUMBERED]
    tells = np.isin(messages.stage, numbered)
    fact = np.where(tells, messages.subject * len(Stage) + messages.stage, 0)
    best = best_of(fact, int(fact.max(initial=0)) + 1, found, tells)
    there = np.flatnonzero(best.other >= 0)
    told, lost_to = messages.take(best.other[there]), best.lost_to(messages)
    keys = cohort.declarations.key[told.subject]
    return pa.table(
        {
            "paper_no": _numbers(cohort, told),
            "event_code": pa.array(event_codes(told).tolist(), pa.string()),
            "declaration_key": where(
                _has(told, "declarations[1].declaration_no", "declaration_no"),
                digits(keys, 11),
            ),
            **_goods(cohort, told),
            "lost_to": lost_to.take(pa.array(there)),
        }
    )


def _numbers(cohort: Cohort, told: Messages) -> Text:
    """By its own number, or that of the declaration that it is about."""
    about = cohort.declarations.take(told.subject)
    pool = (
        attachment_numbers(about),
        invoice_receipts(about),
        list_numbers(about),
        digits(about.key * 10 + told.version, 12),
    )
    kinds = ((Stage.ATTACHED,), INVOICES, LISTS, LOANS)
    numbers = journey_numbers(about.key)
    for stages, texts in zip(kinds, pool, strict=True):
        numbers = where(np.isin(told.stage, stages), texts, numbers)
    return numbers


def _goods(cohort: Cohort, told: Messages) -> dict[str, Text]:
    start = cohort.contents.headers.start[told.content]
    quantity = decimals(cohort.contents.lines.quantity[start], 2)
    about = cohort.declarations.take(told.subject)
    boxed = box_counts(about, cohort.contents, told.content) > 0
    said = _has(told, "first_quantity", of_lines=True)
    held = boxed & _has(told, "container_no")
    return {
        "first_quantity": where(said, quantity),
        "container_no": where(held, container_numbers(about.serial)),
    }


def _has(told: Messages, *names: str, of_lines: bool = False) -> Bools:
    """Whether the kind of each message has a place for one of the items."""
    found = np.zeros(len(told), dtype=np.bool_)
    for rows in same_kind(told):
        one = told.take(rows[:1])
        stage = Stage(int(one.stage[0]))
        layout = layout_of(int(one.stream[0]), stage, int(one.direction[0]))
        found[rows] = not item_names(layout, of_lines=of_lines).isdisjoint(names)
    return found
