"""Deadlines of customs law: the last day on which something is still in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias

import holidays

from lakehouse.errors import DataRefused

Calendar: TypeAlias = Mapping[date, bool]
"""Dates of `ref.holiday` and whether offices work on them."""
Unit: TypeAlias = Literal["calendar_day", "working_day", "day_of_next_month"]

_UNITS: Mapping[str, Unit] = {
    "calendar_day": "calendar_day",
    "working_day": "working_day",
    "day_of_next_month": "day_of_next_month",
}
_COUNTRY = "VN"
_NOTHING: Calendar = {}
_DAY = timedelta(days=1)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Deadline:
    """A length of time; the day of the event that starts it is not counted."""

    code: str
    length: int
    unit: Unit

    def last_day(self, event: date, known: Calendar = _NOTHING) -> date:
        """The last day that is still within the deadline.

        Args:
            event: the day from which the time runs.
            known: days of `ref.holiday`, which go before the calendar of the package.
        """
        # A last day on a holiday is not moved: Art. 148 of the Civil Code would move
        # it; whether customs does is to be verified.
        if self.unit == "calendar_day":
            return event + timedelta(days=self.length)
        if self.unit == "working_day":
            return add_working_days(event, self.length, known)
        years, month = divmod(event.month, _MONTHS)
        return date(event.year + years, month + 1, self.length)

    def is_kept(self, event: date, done: date, known: Calendar = _NOTHING) -> bool:
        """Tell whether something done on a day is in time: day 60 is within 60 days."""
        return done <= self.last_day(event, known)


class Deadlines:
    """The deadlines of `ref.deadline`, asked by code and day."""

    def __init__(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Index rows of the table."""
        self._rows: dict[str, list[tuple[date, date, Deadline]]] = {}
        for row in rows:
            self._take(row)

    def on(self, code: str, event: date) -> Deadline:
        """The deadline as in force on the day of the event that starts it.

        Raises:
            DataRefused: no row of the list holds on the day.
        """
        for start, end, deadline in self._rows.get(code, ()):
            if start <= event <= end:
                return deadline
        raise DataRefused(
            "deadline_missing",
            f"no deadline {code} is in force on {event}",
            "Load the row with its validity: customs ingest ref --from FILE",
        )

    def _take(self, row: Mapping[str, object]) -> None:
        code = str(row["deadline_code"])
        deadline = _deadline(code, row)
        start = date.fromisoformat(str(row["valid_from"]))
        end = date.fromisoformat(str(row["valid_to"] or date.max))
        self._rows.setdefault(code, []).append((start, end, deadline))


def _deadline(code: str, row: Mapping[str, object]) -> Deadline:
    length = int(str(row["deadline_length"]))
    return Deadline(code, length, _UNITS[str(row["deadline_unit_code"])])


def add_working_days(start: date, count: int, known: Calendar = _NOTHING) -> date:
    """The day that is so many working days after a day, which itself is not counted."""
    day = start
    while count > 0:
        day += _DAY
        count -= is_working_day(day, known)
    return day


def is_working_day(day: date, known: Calendar = _NOTHING) -> bool:
    """Tell whether offices work: no weekend and no public holiday, Tet included.

    Days that the Government exchanges (a Saturday worked for a Monday off) count as
    `known` says, else as the package `holidays` has them.
    """
    if day in known:
        return known[day]
    return _calendar(day.year).is_working_day(day)


@lru_cache(maxsize=32)
def _calendar(year: int) -> holidays.HolidayBase:
    # An observed day off may stem from a holiday of the year before.
    return holidays.country_holidays(_COUNTRY, years=(year - 1, year, year + 1))
