"""What versions truly hold and refer to, and by which message it is known."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.messages import Layout
from simulator.cohort import Cohort
from simulator.columns import Text, chosen, constant, digits, where
from simulator.declared_truth import moments_or_none
from simulator.draws import Bools, Ints
from simulator.links import exemption_columns, link_columns
from simulator.quirks import load_quirks
from simulator.shapes import ORDINARY, Messages, Stage
from simulator.told import Best, Told, best_of
from simulator.world import World
from simulator.writing import item_names, layout_of, same_kind

KINDS = {
    "bills": "bill",
    "containers": "container",
    "invoice_no": "invoice",
    "invoice_receipt_no": "e_invoice",
    "permits": "permit",
    "attachments": "attachment",
}
"""List, or item of the header, to the kind of what its numbers name."""

VALUES = ("customs_value_vnd", "declared_value_amount")


def version_truth(cohort: Cohort, found: Told) -> pa.Table:
    """One row a version; a parcel has one.

    `lost_to` is the quirk for which nothing of the version can be known,
    `value_lost_to` that for which its value cannot.
    """
    messages = cohort.messages
    fact, count = _versions(cohort)
    known = best_of(fact, count, found, _with_content(messages))
    valued = best_of(fact, count, found, _naming(messages, VALUES))
    value_lost_to = _or_spoilt(cohort, fact, valued, "value")
    headers, totals = cohort.contents.headers, cohort.contents.totals
    parcels = cohort.parcels
    alone = np.zeros(len(parcels), dtype=np.int64)
    taxes = {
        "import_or_export_duty_vnd": totals.duty,
        "special_consumption_vnd": totals.special,
        "vat_vnd": totals.vat,
        "tax_total_vnd": totals.tax,
    }
    # Parcels of the low-value layouts carry no tax.
    none = pa.nulls(len(parcels), pa.int64())
    return pa.table(
        {
            "declaration_key": _keys(cohort),
            "declaration_version": np.concatenate([headers.version, alone]).astype(
                np.int32
            ),
            "line_count": np.concatenate([headers.count, alone + 1]),
            "customs_value_vnd": np.concatenate([totals.value, parcels.value]),
            **{
                name: pa.concat_arrays([pa.array(amount), none])
                for name, amount in taxes.items()
            },
            "received_at": moments_or_none(known.received),
            "lost_to": known.lost_to(messages),
            "value_lost_to": value_lost_to,
        }
    )


def link_truth(world: World, cohort: Cohort, found: Told) -> pa.Table:
    """One row a document, bill or container that an ordinary version refers to."""
    headers = cohort.contents.headers
    rows = np.arange(len(headers))
    about = cohort.declarations.take(headers.declaration)
    columns = link_columns(world, about, cohort.contents, rows)
    fact, count = _versions(cohort)
    parts = []
    for name, numbers in columns.items():
        kind = KINDS[name.split("[")[0]]
        if not name.endswith("_no"):
            continue
        best = best_of(fact, count, found, _naming(cohort.messages, (name,)))
        lost_to = _or_spoilt(cohort, fact, best, kind)
        parts.append(_named(cohort, kind, _entry(name), numbers, lost_to))
    others = (_exemptions(world, cohort, found), _first_parts(cohort, found))
    return pa.concat_tables([*parts, *others])


def _first_parts(cohort: Cohort, found: Told) -> pa.Table:
    """The first part of a split consignment; the first names itself."""
    headers = cohort.contents.headers
    about = cohort.declarations.take(headers.declaration)
    own = digits(about.key * 10 + headers.version, 12)
    first = where(about.part > 1, digits(about.first_key * 10, 12), own)
    fact, count = _versions(cohort)
    named = _naming(cohort.messages, ("first_declaration_no",))
    lost_to = best_of(fact, count, found, named).lost_to(cohort.messages)
    return _named(cohort, "first_part", 1, where(about.part > 0, first), lost_to)


def _exemptions(world: World, cohort: Cohort, found: Told) -> pa.Table:
    """The list by which the first line of a version is exempt."""
    about = cohort.declarations.take(cohort.contents.headers.declaration)
    name = "exemption_list_no"
    numbers = exemption_columns(world, about, np.ones(len(about), np.int64))[name]
    fact, count = _versions(cohort)
    best = best_of(fact, count, found, _naming(cohort.messages, (name,), of_lines=True))
    lost_to = best.lost_to(cohort.messages)
    return _named(cohort, "exemption_list", 1, numbers, lost_to)


def _named(
    cohort: Cohort, kind: str, entry: int, numbers: Text, lost_to: Text
) -> pa.Table:
    headers = cohort.contents.headers
    count = len(headers)
    table = pa.table(
        {
            "declaration_key": digits(cohort.declarations.key[headers.declaration], 11),
            "declaration_version": headers.version.astype(np.int32),
            "link_code": constant(kind, count),
            "entry_no": pa.repeat(pa.scalar(entry, pa.int32()), count),
            "number": numbers,
            "lost_to": lost_to.slice(0, count),
        }
    )
    return table.filter(pc.not_equal(numbers, ""))


def _entry(name: str) -> int:
    found = re.search(r"\[(\d+)\]", name)
    return int(found.group(1)) if found else 1


def _versions(cohort: Cohort) -> tuple[Ints, int]:
    """The number of the version that each message is of, and how many there are."""
    messages, ordinary = cohort.messages, len(cohort.contents.headers)
    after = np.where(messages.stream == ORDINARY, 0, ordinary)
    return messages.content + after, ordinary + len(cohort.parcels)


def _keys(cohort: Cohort) -> Text:
    declaration = cohort.contents.headers.declaration
    keys = [cohort.declarations.key[declaration], cohort.parcels.key]
    return digits(np.concatenate(keys), 11)


def _with_content(messages: Messages) -> Bools:
    carries = np.zeros(len(messages), dtype=np.bool_)
    for rows in same_kind(messages):
        carries[rows] = _layout(messages, rows).content_rank > 0
    return carries


def _naming(
    messages: Messages, names: tuple[str, ...], *, of_lines: bool = False
) -> Bools:
    """Declarations in whose layout there is a place for one of the items."""
    carries = np.zeros(len(messages), dtype=np.bool_)
    for rows in same_kind(messages):
        layout = _layout(messages, rows)
        has = not item_names(layout, of_lines=of_lines).isdisjoint(names)
        carries[rows] = has and layout.family in ("declaration", "parcel")
    return carries


def _layout(messages: Messages, rows: Ints) -> Layout:
    one = messages.take(rows[:1])
    stage = Stage(int(one.stage[0]))
    return layout_of(int(one.stream[0]), stage, int(one.direction[0]))


def _or_spoilt(cohort: Cohort, fact: Ints, best: Best, said: str) -> Text:
    """The quirk for which a fact cannot be known, as no message says it rightly."""
    messages, codes = cohort.messages, [quirk.code for quirk in load_quirks()]
    spoils = [place for place, q in enumerate(load_quirks(), 1) if said in q.spoils]
    hit = np.flatnonzero(np.isin(messages.quirk, spoils))
    place = np.zeros(len(best.row), dtype=np.int64)
    place[fact[hit]] = messages.quirk[hit]
    lost_to = best.lost_to(messages)
    return pc.if_else(pc.equal(lost_to, ""), chosen(codes, place - 1), lost_to)
