"""What is out of its band is told once, with code, reason and figures."""

from datetime import date, timedelta

import pytest

from lakehouse import time
from lakehouse.contracts import load_contracts
from lakehouse.runs import Run
from quality.drift import REASONS, Event, record_events, volume_events

TABLE = load_contracts().table("core.vnaccs__declaration")
MONDAY = date(2026, 11, 2)
DAYS = [MONDAY + timedelta(days=place) for place in range(20)]


def codes(counts, touched):
    return [event.drift_code for event in volume_events(TABLE, counts, touched)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (9_999, ["volume_low"]),
        (10_000, []),
        (2_000_000, []),
        (2_000_001, ["volume_high"]),
    ],
)
def test_a_day_outside_of_the_contract_is_told(rows, found):
    """The contract says 10.000 to 2.000.000 rows a day; both bounds are inside."""
    assert codes([(DAYS[0], rows), (DAYS[1], 20_000)], [DAYS[0]]) == found


def test_the_newest_day_may_still_grow_but_not_shrink():
    assert codes([(DAYS[0], 5)], [DAYS[0]]) == []
    assert codes([(DAYS[0], 2_000_001)], [DAYS[0]]) == ["volume_high"]


def test_a_day_that_the_run_did_not_touch_is_no_news():
    assert codes([(DAYS[0], 5), (DAYS[1], 20_000)], [DAYS[1]]) == []


@pytest.mark.parametrize(
    ("rows", "found"),
    [(14_999, ["volume_fell"]), (15_000, []), (60_000, []), (60_001, ["volume_rose"])],
)
def test_a_day_is_held_against_the_fourteen_days_before(rows, found):
    """Median 30.000, half is 15.000, twice 60.000; one odd day does not move it."""
    before = [(day, 30_000) for day in DAYS[:13]] + [(DAYS[13], 1_000_000)]
    counts = [*before, (DAYS[14], rows), (DAYS[15], 30_000)]
    assert codes(counts, [DAYS[14]]) == found


def test_too_few_days_before_say_nothing():
    counts = [(day, 30_000) for day in DAYS[:13]] + [(DAYS[13], 15_000), (DAYS[14], 1)]
    assert codes(counts, [DAYS[13]]) == []


def test_an_event_is_recorded_once_with_its_reasons(lake):
    event = Event(
        table_name=TABLE.name,
        drift_code="volume_low",
        arrived_date=MONDAY,
        observed_count=5,
        lowest_count=10_000,
        highest_count=2_000_000,
    )
    assert record_events(Run(lake, 1, time.now()), [event, event]) == 1
    assert record_events(Run(lake, 2, time.now()), [event]) == 0
    (row,) = lake.read("ops.drift").to_pylist()
    assert row["run_seq"] == 1
    assert row["reason_vi"] == (
        "Ngày 02/11/2026 có 5 dòng, ít hơn mức 10000 của hợp đồng dữ liệu"
    )
    assert "fewer" in row["reason_en"]


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_can_be_said_in_both_languages(lake, code):
    event = Event(table_name=TABLE.name, drift_code=code, column_name="office_code")
    assert record_events(Run(lake, 1, time.now()), [event]) == 1
