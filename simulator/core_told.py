"""Rows of the core tables of what is told later: statements, amendments, histories."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Contracts, Table
from simulator.cohort import Cohort
from simulator.columns import constant
from simulator.core_lists import MOST_ENTRIES, entry_columns
from simulator.core_rows import (
    Rows,
    days_of,
    identity,
    message_hashes,
    months_of,
    said_items,
    typed_rows,
)
from simulator.declared_truth import moments_or_none, utc_times
from simulator.draws import Ints
from simulator.notices import inspected_at, is_inspected
from simulator.shapes import REVISION_STATES, Stage
from simulator.states import STILL, subject_keys
from simulator.world import World
from simulator.writing import Wording, same_kind, word_messages

CHANNEL, INSPECTION = "core.vnaccs__declaration_channel", "core.vnaccs__inspection"
STATEMENT = "core.vnaccs__tax_statement"
AMENDMENT, AMENDMENT_LINE = "core.vnaccs__amendment", "core.vnaccs__amendment_line"
TOLD = (CHANNEL, INSPECTION, STATEMENT, AMENDMENT, AMENDMENT_LINE)


def told_rows(
    world: World, cohort: Cohort, received: Ints, dates: Ints, contracts: Contracts
) -> dict[str, pa.Table]:
    """Rows of statements, amendments after clearance, channels and inspections.

    Args:
        received: when each message came, `STILL` if it has not.
        dates: the day on which each declaration counts as registered, by message.
    """
    tables = {name: contracts.table(name) for name in TOLD}
    parts = {name: [typed_rows({}, table)] for name, table in tables.items()}
    for said, about in _worded(world, cohort, received, dates, (Stage.TAXED,)):
        parts[STATEMENT] += _statements(said, about, tables[STATEMENT])
    for said, about in _worded(world, cohort, received, dates, REVISION_STATES):
        items = said_items(said.layout, said.items)
        parts[AMENDMENT].append(typed_rows(items | about, tables[AMENDMENT]))
        parts[AMENDMENT_LINE] += _revised(said, items, about, tables[AMENDMENT_LINE])
    parts[CHANNEL].append(_channels(cohort, received, dates, tables[CHANNEL]))
    parts[INSPECTION] += _inspections(cohort, received, dates, tables[INSPECTION])
    return {name: pa.concat_tables(found) for name, found in parts.items()}


def _worded(
    world: World,
    cohort: Cohort,
    received: Ints,
    dates: Ints,
    stages: tuple[Stage, ...],
) -> Iterator[tuple[Wording, Rows]]:
    """Messages of some stages in words, and what the lake gives to their rows."""
    there = np.flatnonzero(np.isin(cohort.messages.stage, stages) & (received != STILL))
    for rows in same_kind(cohort.messages.take(there)):
        places = there[rows]
        some = cohort.messages.take(places)
        said = word_messages(world, cohort, some)
        yield (
            said,
            identity(cohort, some)
            | {
                "event_code": constant(said.layout.event_code or "", len(some)),
                "server_at": utc_times(some.server),
                "known_from": utc_times(received[places]),
                "registered_date": days_of(dates[places]),
                "registered_month": months_of(dates[places]),
                "_record_hash": message_hashes(cohort, places),
            },
        )


def _statements(said: Wording, about: Rows, table: Table) -> Iterator[pa.Table]:
    items = said_items(said.layout, said.items)
    named = {name: items[name] for name in ("statement_no", "statement_date")}
    for place in range(1, MOST_ENTRIES + 1):
        entry = entry_columns(items, f"taxes[{place}].")
        if entry:
            count = len(entry["tax_name"])
            rows = about | named | entry | {"entry_no": pa.repeat(place, count)}
            filled = typed_rows(rows, table)
            yield filled.filter(pc.is_valid(filled["tax_name"]))


def _revised(
    said: Wording, items: Rows, about: Rows, table: Table
) -> Iterator[pa.Table]:
    """Duty of the line, then its other taxes, which repeat nothing of the line."""
    assert said.lines is not None
    lines = said_items(said.layout, said.lines, of_lines=True)
    count = len(lines["line_no"])
    whole = about | {
        "amendment_no": items["amendment_no"],
        "entry_no": pa.repeat(1, count),
        "line_no": lines["line_no"],
    }
    yield typed_rows(lines | whole | {"tax_no": pa.repeat(0, count)}, table)
    for place in range(1, MOST_ENTRIES + 1):
        entry = entry_columns(lines, f"other_taxes[{place}].")
        if "tax_kind_code" in entry:
            there = pc.not_equal(entry["tax_kind_code"], "")
            tax = whole | entry | {"tax_no": pa.repeat(place, count)}
            yield typed_rows(tax, table).filter(there)


def _channels(cohort: Cohort, received: Ints, dates: Ints, table: Table) -> pa.Table:
    """Without quirks a channel is announced once, and amendments keep it."""
    there = (cohort.messages.stage == Stage.CHANNEL) & (received != STILL)
    places = np.flatnonzero(there)
    some = cohort.messages.take(places)
    found = identity(cohort, some) | {
        "channel_code": pa.array(some.channel).cast(pa.string()),
        "effective_from": utc_times(np.maximum(some.server, some.registered_at)),
        "known_from": utc_times(received[places]),
        "is_current": pa.repeat(True, len(some)),
        "registered_date": days_of(dates[places]),
        "registered_month": months_of(dates[places]),
    }
    return typed_rows(found, table)


def _inspections(
    cohort: Cohort, received: Ints, dates: Ints, table: Table
) -> Iterator[pa.Table]:
    """A designation, and once the clearance tells of the result, both."""
    messages = cohort.messages
    there = received != STILL
    designated = np.flatnonzero((messages.stage == Stage.DESIGNATED) & there)
    subject = subject_keys(messages)
    result = np.full(int(subject.max(initial=-1)) + 1, -1, dtype=np.int64)
    ended = np.flatnonzero(is_inspected(messages) & there)
    result[subject[ended]] = ended
    after = result[subject[designated]]
    known = np.where(after >= 0, received[after], STILL)
    first = (after < 0) | (known > received[designated])
    nothing = np.full(len(designated), STILL, dtype=np.int64)
    for rows, begins, ends, done in (
        (np.flatnonzero(first), received[designated], known, nothing),
        (np.flatnonzero(after >= 0), known, nothing, inspected_at(messages)[after]),
    ):
        places = designated[rows]
        found = identity(cohort, messages.take(places)) | {
            "designated_at": utc_times(messages.server[places]),
            "inspected_at": moments_or_none(done[rows]),
            "known_from": utc_times(begins[rows]),
            "known_until": moments_or_none(ends[rows]),
            "is_current": pa.array(ends[rows] == STILL),
            "registered_date": days_of(dates[places]),
            "registered_month": months_of(dates[places]),
        }
        yield typed_rows(found, table)
