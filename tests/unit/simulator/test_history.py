"""Core rows written without messages."""

from datetime import date, timedelta

import numpy as np
import pytest

from lakehouse.contracts import load_contracts
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from simulator.cohort import draw_cohort
from simulator.history import DECLARATION, TABLES, core_of_day, write_core_history
from simulator.nationwide import Plan, simulate
from simulator.quirks import quirk_rates
from simulator.shapes import RESULTS, Stage
from simulator.states import STILL, known_states
from simulator.world import build_world

FIRST, SCALE, SEED = date(2026, 11, 3), 0.004, 12
# Stand-ins for bytes that never were, and when they were worked on.
NOT_COMPARED = {"_run_seq", "_record_hash", "_registration_hash", "processed_at"}


@pytest.fixture(scope="module")
def small():
    world = build_world(SEED, SCALE)
    return world, draw_cohort(world, FIRST)


def received_in_files_of(cohort, seconds):
    """Each message comes with a file that is closed every so many seconds."""
    return -(-cohort.messages.arrival // seconds) * seconds


def test_what_was_sent_counts_until_the_answer_has_come(small):
    _, cohort = small
    states = known_states(cohort.messages, received_in_files_of(cohort, 1))
    sent = np.isin(
        cohort.messages.stage[states.message], (Stage.REGISTERED, Stage.AMENDING)
    )
    assert sent.any()
    assert (states.until[sent] > states.known_from[sent]).all()
    assert not states.is_current[sent].any()


def test_of_one_file_only_the_answer_counts(small):
    _, cohort = small
    late = received_in_files_of(cohort, 10**9)
    states = known_states(cohort.messages, late)
    assert np.isin(cohort.messages.stage[states.message], RESULTS).all()
    assert (states.until == STILL).all()


def test_one_version_of_a_declaration_is_current(small):
    world, cohort = small
    rows = core_of_day(world, load_contracts(), FIRST, date(2027, 1, 1))[DECLARATION]
    table = rows.select(["declaration_key", "declaration_version", "is_current"])
    current = [row for row in table.to_pylist() if row["is_current"]]
    keys = [row["declaration_key"] for row in current]
    assert len(set(keys)) == len(keys) == len(cohort.declarations) + len(cohort.parcels)


@pytest.mark.slow
@pytest.mark.engine
def test_history_is_what_the_transforms_would_make(tmp_path):
    """Landing files of two days through reader and transforms, beside the short way."""
    from ingestion.vnaccs.read import READER
    from lakehouse.intake import ingest
    from transforms.stage import build_core

    until = FIRST + timedelta(days=2)
    out = tmp_path / "out"
    rates = quirk_rates(["off"])
    list(simulate(Plan(SEED, SCALE, FIRST, 2, rates, out, until=until)))
    long_way, short_way = Lake(tmp_path / "long"), Lake(tmp_path / "short")
    with start_run(long_way, "test") as run:
        ingest(run, READER, out / "landing" / "vnaccs")
        build_core(run)
    write_core_history(short_way, FIRST, 2, SCALE, SEED)
    for name in TABLES:
        one, other = rows_of(long_way, name), rows_of(short_way, name)
        assert one, name
        assert one == other, name


def rows_of(lake, name):
    table = lake.read(name)
    kept = [column for column in table.column_names if column not in NOT_COMPARED]
    rows = table.select([name for name in kept if name != "event_id"]).to_pylist()
    return sorted(map(repr, rows))
