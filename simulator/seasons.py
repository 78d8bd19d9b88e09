"""How busy a day and its hours are: Tet, month ends, Mondays, sales."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import holidays

from simulator.nation import Nation


def ordinary_factor(nation: Nation, day: date) -> float:
    """The load of ordinary declarations; 1 on a plain working day."""
    seasons = nation.seasons
    if is_holiday(day):
        return seasons.holiday
    factor = seasons.weekday[day.weekday()]
    last = calendar.monthrange(day.year, day.month)[1]
    if last - day.day < seasons.month_end_days:
        factor *= seasons.month_end
    if 0 < days_to_tet(day) <= seasons.before_tet_days:
        factor *= seasons.before_tet
    return factor


def parcel_factor(nation: Nation, day: date) -> float:
    """The load of parcels: shops do not close, but sales days double it."""
    seasons = nation.seasons
    factor = seasons.parcel_weekday[day.weekday()]
    if f"{day:%m-%d}" in seasons.sale_days:
        factor *= seasons.sale
    if 0 < days_to_tet(day) <= seasons.before_tet_days:
        factor *= seasons.before_tet
    return factor


def ordinary_hours(nation: Nation, day: date) -> Sequence[float]:
    """The load of the hours; Monday mornings are fuller."""
    return nation.hours.monday if day.weekday() == 0 else nation.hours.ordinary


def is_holiday(day: date) -> bool:
    """Whether offices are closed by law."""
    return day in _public_holidays(day.year)


def days_to_tet(day: date) -> int:
    """Days to the first of Tet of the same year; negative after it."""
    return (_tet(day.year) - day).days


@lru_cache(maxsize=32)
def _public_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("VN", years=year, language="en_US"))


@lru_cache(maxsize=32)
def _tet(year: int) -> date:
    named = _public_holidays(year)
    firsts = [day for day, name in named.items() if name == "Lunar New Year"]
    # The package always names it; the first of February is its middle.
    return min(firsts, default=date(year, 2, 1))
