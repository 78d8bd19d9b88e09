"""A table is fresh, late or never there, by the delay that its contract promises."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lakehouse.derive.to_rows import to_rows
from lakehouse.status import source_states, table_states

CORE = "core.vnaccs__declaration"
NOW = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)


def append(lake, name, *rows):
    lake.append(name, to_rows(lake.contracts.table(name), rows))


def state_of(lake, name):
    (state,) = table_states(lake, [name])
    return state


@pytest.mark.parametrize(
    ("age", "freshness"),
    [(timedelta(hours=1), "fresh"), (timedelta(hours=1, seconds=1), "late")],
)
def test_newest_arrival_is_held_against_the_promise(lake, frozen_now, age, freshness):
    """The contract promises one hour; it is 09:30."""
    old = NOW - timedelta(days=3)
    append(lake, CORE, {"known_from": NOW - age}, {"known_from": old})
    assert state_of(lake, CORE).freshness == freshness
    assert state_of(lake, CORE).newest_at == NOW - age


def test_a_table_that_was_never_made_says_so(lake):
    state = state_of(lake, CORE)
    assert (state.freshness, state.rows, state.version) == ("never", None, None)


def test_a_table_without_rows_was_never_there(lake):
    lake.delta(CORE)
    assert (state_of(lake, CORE).freshness, state_of(lake, CORE).rows) == ("never", 0)


def test_a_table_without_arrivals_is_as_fresh_as_its_newest_run(lake, frozen_now):
    report = "gold.rpt_channel_share_daily"
    append(lake, report, {"registered_date": date(2026, 11, 2)})
    assert state_of(lake, report).freshness == "late"
    append(lake, "ops.run_table", {"run_seq": 7, "table_name": report, "ended_at": NOW})
    state = state_of(lake, report)
    assert (state.freshness, state.newest_run) == ("fresh", 7)
    assert state.newest_date == date(2026, 11, 2)


def test_a_table_without_a_promise_is_never_late(lake, frozen_now):
    append(lake, "ref.channel", {"known_from": NOW - timedelta(days=900)})
    assert state_of(lake, "ref.channel").freshness == "unpromised"


def test_rows_of_an_older_version_are_counted_as_of_then(lake):
    append(lake, CORE, {})
    version = lake.version(CORE)
    append(lake, CORE, {}, {})
    (then,) = table_states(lake, [CORE], versions={CORE: version})
    assert (then.rows, state_of(lake, CORE).rows) == (1, 3)


def test_a_source_tells_what_came_what_was_refused_and_what_waits(lake, frozen_now):
    append(
        lake,
        "ops.batch",
        {
            "source_code": "vnaccs",
            "batch_status": "committed",
            "message_count": 10,
            "accepted_count": 7,
            "rejected_count": 2,
        },
        {"source_code": "vnaccs", "batch_seq": 2, "batch_status": "planned"},
    )
    append(lake, "ops.pending", {"source_code": "vnaccs"})
    append(lake, "raw.vnaccs__message", {"_received_at": NOW})
    states = {state.source: state for state in source_states(lake)}
    vnaccs = states["vnaccs"]
    assert (vnaccs.messages, vnaccs.accepted, vnaccs.rejected, vnaccs.pending) == (
        10,
        7,
        2,
        1,
    )
    assert vnaccs.freshness == "fresh"
    assert states["kcs"].freshness == "never"
