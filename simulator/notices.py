"""What is said of a declaration besides its content: totals of tax, notices."""

from __future__ import annotations

import numpy as np

from simulator.columns import (
    Text,
    chosen,
    constant,
    digits,
    item_dates,
    joined,
    where,
    whole,
)
from simulator.contents import Contents
from simulator.declarations import Declarations
from simulator.draws import Bools, Ints
from simulator.shapes import ORDINARY, Messages, Stage

RED, INSPECTED_BEFORE = 3, 300
TAX_NAMES = {"N": "Thuế nhập khẩu", "T": "Thuế TTĐB", "V": "Thuế GTGT"}


def notice_columns(
    said: dict[str, Text], about: Declarations, contents: Contents, messages: Messages
) -> dict[str, Text]:
    """What a notice says of a declaration in words of its own."""
    rows = messages.content
    found = {
        "bill_no": said["bills[1].bill_no"],
        "inspection_class_code": whole(messages.channel),
        "registered_date": item_dates(messages.registered_at // 86_400),
        "statement_no": joined("5", digits(about.key, 11)),
        "statement_date": item_dates(messages.business // 86_400),
        "payer_tax_code": said.get("importer_tax_code", constant("", len(about))),
        "payer_name": said["importer_name"],
        "tax_total_currency_code": constant("VND", len(about)),
        "tax_amount_vnd": whole(contents.totals.tax[rows]),
        "payable_tax_vnd": whole(contents.totals.tax[rows]),
    }
    for name, text in tax_totals(contents, rows).items():
        entry, column = name.replace("tax_totals", "taxes").split(".")
        found[f"{entry}.{column}"] = text
        if column == "tax_amount_vnd":
            found[f"{entry}.payable_tax_vnd"] = text
    return found


def tax_totals(contents: Contents, rows: Ints) -> dict[str, Text]:
    """The taxes due, in the order of the law, without gaps."""
    totals = contents.totals
    amounts = {"N": totals.duty, "T": totals.special, "V": totals.vat}
    due = np.stack([amount[rows] for amount in amounts.values()], axis=1)
    order = np.argsort(due == 0, axis=1, kind="stable")
    lines = whole(contents.headers.count[rows])
    found: dict[str, Text] = {}
    for place in range(len(amounts)):
        kind = order[:, place]
        amount = due[np.arange(len(rows)), kind]
        there, entry = amount > 0, f"tax_totals[{place + 1}]"
        found |= {
            f"{entry}.tax_kind_code": where(there, chosen(list(amounts), kind)),
            f"{entry}.tax_name": where(there, chosen(list(TAX_NAMES.values()), kind)),
            f"{entry}.tax_amount_vnd": where(there, whole(amount)),
            f"{entry}.line_count": where(there, lines),
        }
    return found


def is_inspected(messages: Messages) -> Bools:
    """Clearances that follow a physical inspection."""
    ordinary = messages.stream == ORDINARY
    return np.asarray(
        ordinary & (messages.stage == Stage.CLEARED) & (messages.channel == RED)
    )


def inspected_at(messages: Messages) -> Ints:
    """When the inspection before a clearance ended."""
    return messages.business - INSPECTED_BEFORE
