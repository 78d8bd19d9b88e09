"""Rows of the core tables of taxes and lists, of each state of a version."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Contracts, Table
from simulator.cohort import Cohort
from simulator.columns import chosen, constant
from simulator.core_rows import (
    Rows,
    identity,
    said_items,
    state_columns,
    typed_rows,
)
from simulator.draws import Ints
from simulator.states import States
from simulator.writing import Wording

CORE = "core.vnaccs__declaration_"
DOCUMENT, TAX = f"{CORE}document", f"{CORE}tax"
LISTS = {
    f"{CORE}container": ("containers", "container_no"),
    f"{CORE}bill": ("bills", "bill_no"),
    f"{CORE}permit": ("permits", "permit_no"),
    f"{CORE}tax_total": ("tax_totals", "tax_amount_vnd"),
}
"""Table → its list, and the field without which an entry says nothing."""

MOST_ENTRIES = 5
DOCUMENTS = {
    "invoice": {
        "attachment_class_code": "invoice_class_code",
        "document_no": "invoice_no",
        "document_date": "invoice_date",
    },
    "e_invoice": {
        "attachment_class_code": "invoice_class_code",
        "document_no": "invoice_receipt_no",
        "document_date": "invoice_date",
    },
    "attachment": {
        "attachment_class_code": "attachments[1].attachment_class_code",
        "document_no": "attachments[1].attachment_no",
    },
}
Parts = dict[str, list[pa.Table]]


def list_rows(
    cohort: Cohort,
    states: States,
    dates: Ints,
    wordings: list[tuple[Wording, Ints]],
    contracts: Contracts,
) -> dict[str, pa.Table]:
    """Rows of taxes, totals, containers, bills, permits and documents."""
    names = (*LISTS, DOCUMENT, TAX)
    parts: Parts = {name: [typed_rows({}, contracts.table(name))] for name in names}
    for said, rows in wordings:
        if said.lines is None or said.starts is None:
            # A low-value parcel has no list.
            continue
        mine = states.take(rows)
        about = identity(cohort, cohort.messages.take(mine.message))
        about |= state_columns(cohort, mine, dates[mine.message])
        items = said_items(said.layout, said.items)
        for name, (source, needed) in LISTS.items():
            for place in range(1, MOST_ENTRIES + 1):
                entry = entry_columns(items, f"{source}[{place}].")
                if needed in entry:
                    entry["entry_no"] = pa.repeat(place, len(rows))
                    table = contracts.table(name)
                    parts[name].append(_filled(about | entry, needed, table))
        parts[DOCUMENT] += _documents(about, items, contracts)
        owner = np.repeat(np.arange(len(rows)), np.diff(said.starts))
        parts[TAX] += _taxes(said, _repeated(about, owner), owner, contracts)
    return {name: pa.concat_tables(found) for name, found in parts.items()}


def entry_columns(items: Mapping[str, pa.Array], start: str) -> Rows:
    """The columns of one entry of a list, by their own names."""
    return {
        name.removeprefix(start): text
        for name, text in items.items()
        if name.startswith(start)
    }


def _filled(found: Rows, needed: str, table: Table) -> pa.Table:
    there = pc.not_equal(found[needed], "")
    return typed_rows({name: one.filter(there) for name, one in found.items()}, table)


def _repeated(columns: Rows, owner: Ints) -> Rows:
    rows = pa.array(owner)
    return {name: column.take(rows) for name, column in columns.items()}


def _documents(about: Rows, items: Rows, contracts: Contracts) -> list[pa.Table]:
    count = len(about["declaration_key"])
    found = []
    for kind, named in DOCUMENTS.items():
        said = {name: items[item] for name, item in named.items() if item in items}
        if "document_no" not in said:
            continue
        said["referred_kind_code"] = constant(kind, count)
        said["entry_no"] = pa.repeat(1, count)
        table = contracts.table(DOCUMENT)
        found.append(_filled(about | said, "document_no", table))
    return found


def _taxes(
    said: Wording, about: Rows, owner: Ints, contracts: Contracts
) -> list[pa.Table]:
    """Duty first, then the other taxes as they stand."""
    assert said.lines is not None
    assert said.starts is not None
    lines = said_items(said.layout, said.lines, of_lines=True)
    table, number = contracts.table(TAX), np.arange(len(owner)) - said.starts[owner] + 1
    about = about | {"line_no": pa.array(number)}
    found = []
    if "duty_rate_text" in lines:
        outward = pc.equal(about["direction_code"], "export")
        amount = lines.get("import_duty_vnd", lines.get("export_duty_vnd"))
        duty = {
            "tax_no": pa.repeat(0, len(owner)),
            "tax_kind_code": chosen(
                ("N", "X"), outward.to_numpy(zero_copy_only=False).astype(np.int64)
            ),
            "tax_base_vnd": lines["customs_value_vnd"],
            "tax_rate_text": lines["duty_rate_text"],
            "tax_amount_vnd": amount,
        }
        found.append(_filled(about | duty, "tax_rate_text", table))
    for place in range(1, MOST_ENTRIES + 1):
        entry = entry_columns(lines, f"other_taxes[{place}].")
        if "tax_rate_code" in entry:
            entry["tax_no"] = pa.repeat(place, len(owner))
            code = entry["tax_rate_code"]
            entry["tax_kind_code"] = pc.utf8_slice_codeunits(code, 0, 1)
            found.append(_filled(about | entry, "tax_rate_code", table))
    return found
