"""The load of days."""

from datetime import date

import pytest

from simulator.nation import load_nation
from simulator.seasons import days_to_tet, ordinary_factor, parcel_factor


def test_a_plain_working_day_is_the_national_day():
    assert ordinary_factor(load_nation(), date(2026, 11, 4)) == 1.0
    assert parcel_factor(load_nation(), date(2026, 11, 4)) == 1.0


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 2), "Monday"),
        (date(2026, 9, 30), "month end"),
        (date(2026, 2, 10), "before Tet"),
    ],
)
def test_some_days_are_fuller(day, why):
    assert ordinary_factor(load_nation(), day) > 1.0, why


def test_offices_are_almost_empty_in_tet():
    assert days_to_tet(date(2026, 2, 17)) == 0
    assert ordinary_factor(load_nation(), date(2026, 2, 18)) < 0.2


def test_a_sales_day_brings_more_parcels():
    assert parcel_factor(load_nation(), date(2026, 11, 11)) > 1.5
