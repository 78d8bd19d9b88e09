"""Long histories written straight to core, as the transforms would have made them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from lakehouse import time
from lakehouse.contracts import Contracts
from lakehouse.runs import Consumption, Run, start_run
from lakehouse.tables import Lake
from simulator.cohort import draw_cohort
from simulator.core_lists import DOCUMENT, LISTS, TAX, list_rows
from simulator.core_rows import (
    declaration_rows,
    line_rows_of,
    month_rows,
)
from simulator.core_told import TOLD, told_rows
from simulator.draws import Bools, Ints
from simulator.event_rows import event_rows
from simulator.landing import DAY_SECONDS
from simulator.shapes import ANSWERED, REVISION_STATES, UNKEYED, Messages, Stage
from simulator.states import STILL, known_states, received_times, subject_keys
from simulator.world import World, build_world

DECLARATION = "core.vnaccs__declaration"
LINE = "core.vnaccs__declaration_line"
EVENT = "core.vnaccs__declaration_event"
MONTH = "core.vnaccs__declaration_month"
TABLES = (MONTH, DECLARATION, LINE, EVENT, TAX, DOCUMENT, *LISTS, *TOLD)
DAYS_A_COMMIT = 1


def write_core_history(
    lake: Lake,
    first: date,
    days: int,
    scale: float,
    seed: int = 1,
    tell: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write the core tables of `days` days of registration, without quirks.

    What arrives after the last day is left out: `customs simulate` of the same seed
    and scale, with `since` the day after, lands it.

    Args:
        lake: its core tables must be empty or of other days: rows are appended.
        first: first day of registration.
        tell: called with days written and days in all.

    Returns:
        Rows written, by table.
    """
    world = build_world(seed, scale)
    until = first + timedelta(days=days)
    written = dict.fromkeys(TABLES, 0)
    with start_run(lake, "simulate history") as run:
        started = time.now()
        for done in range(0, days, DAYS_A_COMMIT):
            some = [
                first + timedelta(days=number)
                for number in range(done, min(done + DAYS_A_COMMIT, days))
            ]
            for name, rows in _some_days(world, lake, some, until).items():
                _append(run, name, rows)
                written[name] += len(rows)
            if tell:
                tell(min(done + DAYS_A_COMMIT, days), days)
        run.record(*(Consumption(name, n, started) for name, n in written.items()))
    return written


def core_of_day(
    world: World, contracts: Contracts, day: date, until: date
) -> dict[str, pa.Table]:
    """Rows of the core tables of one day's declarations, as known at `until`."""
    cohort = draw_cohort(world, day)
    received = received_times(world, cohort, until)
    # What names no declaration reaches none of its tables.
    received[np.isin(cohort.messages.stage, UNKEYED)] = STILL
    states = known_states(cohort.messages, received)
    declared, dates = _registration_days(cohort.messages, received)
    rows, wordings = declaration_rows(
        world, cohort, states, dates, contracts.table(DECLARATION)
    )
    lines = line_rows_of(cohort, states, dates, wordings, contracts.table(LINE))
    return {
        MONTH: month_rows(
            cohort,
            _one_each(cohort.messages, received),
            dates,
            declared,
            contracts.table(MONTH),
        ),
        DECLARATION: rows,
        LINE: lines,
        EVENT: event_rows(world, cohort, received, dates, contracts.table(EVENT)),
        **list_rows(cohort, states, dates, wordings, contracts),
        **told_rows(world, cohort, received, dates, contracts),
    }


def _some_days(
    world: World, lake: Lake, days: list[date], until: date
) -> dict[str, pa.Table]:
    found = [core_of_day(world, lake.contracts, day, until) for day in days]
    return {name: pa.concat_tables([one[name] for one in found]) for name in TABLES}


def _append(run: Run, name: str, rows: pa.Table) -> None:
    stamped = rows.append_column("_run_seq", pa.array(np.full(len(rows), run.seq)))
    run.lake.append(name, stamped)


def _registration_days(messages: Messages, received: Ints) -> tuple[Ints, Ints]:
    """For each message: whether an answer gave the day of its declaration, and the day.

    Until an answer has come the day of the first arrival stands in.
    """
    subject = subject_keys(messages)
    size = int(subject.max(initial=-1)) + 1
    there: Bools = received != STILL
    dated = (*ANSWERED, Stage.TAXED, Stage.REVISING, *REVISION_STATES)
    answered = there & np.isin(messages.stage, dated)
    declared = np.zeros(size, dtype=np.int64)
    declared[subject[answered]] = 1
    earliest = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(earliest, subject[there], received[there])
    day = np.where(declared[subject] == 1, messages.registered_at, earliest[subject])
    return declared[subject], np.where(there, day // DAY_SECONDS, 0)


def _one_each(messages: Messages, received: Ints) -> Ints:
    """The first row of each declaration of which anything was received."""
    there = np.flatnonzero(received != STILL)
    _, first = np.unique(subject_keys(messages)[there], return_index=True)
    return there[first]
