"""Rows of the core tables as the transforms would make them from a day's messages."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Table
from lakehouse.derive.types import forms_of
from lakehouse.messages import Layout
from simulator.cohort import Cohort, message_keys
from simulator.columns import Text, chosen, constant, digits
from simulator.declared_truth import DIRECTIONS, utc_times
from simulator.draws import Ints
from simulator.shapes import PARCEL, RESULTS, Messages, Stage
from simulator.states import STILL, States
from simulator.world import World
from simulator.writing import Wording, item_names, same_kind, word_messages

RANKS = dict.fromkeys((Stage.REGISTERED, Stage.DECLARED, Stage.AMENDING), 1)
RANKS |= dict.fromkeys(RESULTS, 3)
Rows = dict[str, Text]


def declaration_rows(
    world: World, cohort: Cohort, states: States, dates: Ints, table: Table
) -> tuple[pa.Table, list[tuple[Wording, Ints]]]:
    """Rows of `core.vnaccs__declaration`, and the wording of each kind of state.

    Args:
        dates: the day on which each declaration counts as registered, by message.
    """
    messages = cohort.messages.take(states.message)
    parts, wordings = [], []
    for rows in same_kind(messages):
        some, mine = messages.take(rows), states.take(rows)
        said = word_messages(world, cohort, some)
        wordings.append((said, rows))
        found = said_items(said.layout, said.items) | identity(cohort, some)
        found |= _about_kind(said, some)
        if "first_declaration_no" in found:
            # The first part of a split declaration writes F for its own number.
            said_first, own = found["first_declaration_no"], found["declaration_no"]
            is_own = pc.equal(said_first, "F")
            found["first_declaration_no"] = pc.if_else(is_own, own, said_first)
        found |= _registration(world, cohort, mine)
        found |= state_columns(cohort, mine, dates[mine.message])
        found["_content_rank"] = pa.repeat(RANKS[Stage(int(some.stage[0]))], len(some))
        found["_server_at"] = utc_times(some.server)
        parts.append(typed_rows(found, table))
    return pa.concat_tables(parts), wordings


def line_rows_of(
    cohort: Cohort,
    states: States,
    dates: Ints,
    wordings: list[tuple[Wording, Ints]],
    table: Table,
) -> pa.Table:
    """Rows of `core.vnaccs__declaration_line`: the lines of each state."""
    parts = []
    for said, rows in wordings:
        mine = states.take(rows)
        if said.lines is None or said.starts is None:
            lines = said_items(said.layout, said.items)
            counts = np.ones(len(rows), dtype=np.int64)
        else:
            lines = said_items(said.layout, said.lines, of_lines=True)
            counts = np.diff(said.starts)
            lines["vat_vnd"] = _vat(lines, int(counts.sum()))
        owner = np.repeat(np.arange(len(rows)), counts)
        number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        of_lines = mine.take(owner)
        found = lines | identity(cohort, cohort.messages.take(of_lines.message))
        if "goods_name" in lines:
            found["producer_goods_code"] = _code_before(lines["goods_name"])
        found |= state_columns(cohort, of_lines, dates[of_lines.message])
        found["line_no"] = pa.array(number + 1)
        parts.append(typed_rows(found, table))
    return pa.concat_tables(parts)


def month_rows(
    cohort: Cohort, places: Ints, dates: Ints, declared: Ints, table: Table
) -> pa.Table:
    """Rows of `core.vnaccs__declaration_month`, one for each row in `places`."""
    key = digits(message_keys(cohort)[places], 11)
    found = {
        "declaration_key": key,
        "registered_date": days_of(dates[places]),
        "is_date_declared": pa.array(declared[places] == 1),
        "registered_month": months_of(dates[places]),
        "key_prefix": pc.utf8_slice_codeunits(key, 0, 5),
    }
    return typed_rows(found, table)


def state_columns(cohort: Cohort, states: States, dates: Ints) -> Rows:
    """What the lake itself gives to the rows of a state."""
    return {
        "known_from": utc_times(states.known_from),
        "known_until": pc.if_else(
            pa.array(states.until == STILL), None, utc_times(states.until)
        ),
        "is_current": pa.array(states.is_current),
        "registered_date": days_of(dates),
        "registered_month": months_of(dates),
        "_record_hash": message_hashes(cohort, states.message),
    }


def message_hashes(cohort: Cohort, places: Ints) -> Text:
    """Stand-ins for the hashes of messages that never were bytes: one a message."""
    messages = cohort.messages
    body = message_keys(cohort)[places] * 1_000
    body = body + messages.version[places] * 100 + messages.stage[places]
    return digits(body, 64)


def said_items(
    layout: Layout, columns: Mapping[str, Text], *, of_lines: bool = False
) -> Rows:
    """Only what the layout has an item for reaches the lake."""
    known = item_names(layout, of_lines=of_lines)
    return {name: text for name, text in columns.items() if name in known}


def identity(cohort: Cohort, messages: Messages) -> Rows:
    """Which declaration and version messages speak of."""
    parcel = messages.stream == PARCEL
    ordinary = cohort.declarations.key
    keys = np.empty(len(messages), dtype=np.int64)
    keys[parcel] = cohort.parcels.key[messages.subject[parcel]]
    keys[~parcel] = ordinary[messages.subject[~parcel]]
    return {
        "declaration_key": digits(keys, 11),
        "declaration_version": pa.array(messages.version),
        "declaration_no": digits(keys * 10 + messages.version, 12),
        "direction_code": chosen(DIRECTIONS, messages.direction),
    }


def _about_kind(said: Wording, messages: Messages) -> Rows:
    """Columns that are named or made otherwise in core."""
    items, count = said_items(said.layout, said.items), len(messages)
    is_parcel = bool(messages.stream[0] == PARCEL)
    bill = items.get("house_bill_no" if is_parcel else "bills[1].bill_no")
    lines = np.ones(count) if said.starts is None else np.diff(said.starts)
    found: Rows = {
        "first_bill_no": bill,
        "is_low_value": pa.repeat(is_parcel, count),
        "line_count": pa.array(lines.astype(np.int64)),
        "gross_weight_kg": items["gross_weight"],
    }
    if not is_parcel:
        found["goods_name"] = constant("", count)
    day = items.get("arrival_date", None if is_parcel else items.get("departure_date"))
    if day is not None:
        found["transport_date"] = day
    if "customs_value_vnd" not in items and "declared_value_amount" in items:
        found["customs_value_vnd"] = items["declared_value_amount"]
    if "registered_date" in items:
        found["registered_at"] = utc_times(messages.registered_at)
    return found


def _registration(world: World, cohort: Cohort, states: States) -> Rows:
    """What only the sent message says."""
    sent = cohort.messages.take(states.registration)
    stream = int(sent.stream[0])
    about = cohort.parcels if stream == PARCEL else cohort.declarations
    offices = [office.code for office in world.nation.offices]
    return {
        "office_code": chosen(offices, about.office[sent.subject]),
        "_registration_hash": message_hashes(cohort, states.registration),
        "_registration_server_at": utc_times(sent.server),
    }


def _code_before(names: Text) -> Text:
    """The producer's code, which stands before `#&` in a goods name."""
    return pc.struct_field(pc.extract_regex(names, "^(?P<code>.{1,48}?)#&"), 0)


def _vat(lines: Rows, count: int) -> Text:
    """The amount of the tax whose code begins with V, in either place."""
    found = constant("", count)
    for place in (2, 1):
        code = lines.get(f"other_taxes[{place}].tax_rate_code")
        amount = lines.get(f"other_taxes[{place}].tax_amount_vnd")
        if code is not None and amount is not None:
            found = pc.if_else(pc.starts_with(code, "V"), amount, found)
    return found


def typed_rows(columns: Mapping[str, Text], table: Table) -> pa.Table:
    """Columns of the contract, texts converted as the transforms convert them."""
    count = len(next(iter(columns.values()), ()))
    found = {}
    for name, column in table.columns.items():
        if name == "_run_seq":
            continue
        kind = forms_of(column.type).arrow
        values = columns.get(name)
        found[name] = pa.nulls(count, kind) if values is None else _as(values, kind)
    return pa.table(found)


def _as(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if values.type != pa.string():
        return values.cast(kind)
    filled = pc.if_else(pc.equal(values, ""), None, values)
    if kind == pa.string():
        return filled
    if kind != pa.date32():
        return filled.cast(kind)
    year, month, day = (
        pc.utf8_slice_codeunits(filled, *part) for part in ((4, 8), (2, 4), (0, 2))
    )
    return pc.binary_join_element_wise(year, month, day, "-").cast(kind)


def days_of(numbers: Ints) -> pa.Array:
    """Days since 1970 as dates."""
    return pa.array(numbers.astype("datetime64[D]")).cast(pa.date32())


def months_of(numbers: Ints) -> Text:
    """The month of days since 1970, as `2026-11`."""
    months = numbers.astype("datetime64[D]").astype("datetime64[M]")
    known, places = np.unique(months, return_inverse=True)
    return chosen([str(month) for month in known], places)
