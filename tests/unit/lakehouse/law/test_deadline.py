"""A deadline has a last day, and that day is still in time."""

from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.errors import DataRefused
from lakehouse.law.deadline import (
    Deadline,
    Deadlines,
    add_working_days,
    is_working_day,
)
from lakehouse.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def deadlines() -> Deadlines:
    """The deadlines shipped as reference rows."""
    path = PROJECT_ROOT / "ingestion/ref/sample/deadline.yml"
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Deadlines(listed["defaults"] | row for row in listed["rows"])


def test_day_60_after_clearance_is_still_within_60_days(deadlines: Deadlines) -> None:
    """Circular 38/2015/TT-BTC, Art. 20: cleared on 2 March, day 60 is 1 May."""
    cleared = date(2026, 3, 2)
    amend = deadlines.on("amend_after_clearance", cleared)
    assert amend.last_day(cleared) == date(2026, 5, 1)
    assert amend.is_kept(cleared, date(2026, 5, 1))
    assert not amend.is_kept(cleared, date(2026, 5, 2))


def test_five_working_days_over_tet_take_two_weeks(deadlines: Deadlines) -> None:
    """Asked on Friday 13 February 2026; Tet is 16-20 February, so day 5 is the 27th."""
    asked = date(2026, 2, 13)
    assert deadlines.on("amend_on_request", asked).last_day(asked) == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("cleared", "due"),
    [
        (date(2026, 1, 1), date(2026, 2, 10)),
        (date(2026, 1, 31), date(2026, 2, 10)),
        (date(2026, 12, 5), date(2027, 1, 10)),
        (date(2026, 11, 30), date(2026, 12, 10)),
    ],
)
def test_a_priority_enterprise_pays_by_day_10_of_the_next_month(
    deadlines: Deadlines, cleared: date, due: date
) -> None:
    assert deadlines.on("pay_tax_priority", cleared).last_day(cleared) == due


def test_the_275_days_ended_with_the_law_of_2016(deadlines: Deadlines) -> None:
    last = date(2016, 8, 31)
    deferral = deadlines.on("pay_tax_export_production", last)
    assert deferral.last_day(last) == date(2017, 6, 2)
    with pytest.raises(DataRefused, match="deadline_missing"):
        deadlines.on("pay_tax_export_production", date(2016, 9, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 17), False),  # first day of Tet
        (date(2026, 2, 21), False),  # a Saturday
        (date(2026, 9, 2), False),  # National Day
        (date(2025, 4, 26), True),  # a Saturday worked for 2 May
        (date(2025, 5, 2), False),
        (date(2026, 3, 3), True),
    ],
)
def test_offices_close_on_weekends_holidays_and_exchanged_days(
    day: date, works: bool
) -> None:
    assert is_working_day(day) is works


def test_a_day_of_the_list_goes_before_the_calendar_of_the_package() -> None:
    """A storm closes offices on Monday 2 March 2026: day 1 is then the Tuesday."""
    friday, closed = date(2026, 2, 27), {date(2026, 3, 2): False}
    assert add_working_days(friday, 1) == date(2026, 3, 2)
    assert add_working_days(friday, 1, closed) == date(2026, 3, 3)


@given(
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
    st.integers(1, 40),
)
def test_the_days_up_to_the_last_working_day_are_as_many_as_asked(
    start: date, count: int
) -> None:
    end = add_working_days(start, count)
    between = [start + timedelta(days=one + 1) for one in range((end - start).days)]
    assert sum(map(is_working_day, between)) == count
    assert is_working_day(end)


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.integers(1, 400))
def test_a_calendar_deadline_counts_every_day_after_the_event(
    event: date, length: int
) -> None:
    deadline = Deadline("any", length, "calendar_day")
    assert (deadline.last_day(event) - event).days == length
