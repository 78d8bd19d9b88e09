"""Dates with the public holidays of Viet Nam, as rows for `gold.dim_date`."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pyarrow as pa

FIRST_YEAR = 2014
"""VNACCS took its first declaration in April of this year."""
_SCHEMA = pa.schema(
    [
        pa.field("calendar_date", pa.date32(), nullable=False),
        pa.field("holiday_name_vi", pa.string()),
        pa.field("is_tet", pa.bool_(), nullable=False),
        pa.field("is_working_day", pa.bool_(), nullable=False),
        pa.field("is_sample", pa.bool_(), nullable=False),
    ]
)


def calendar(last_year: int) -> pa.Table:
    """One row per date from the first year of VNACCS to the end of `last_year`.

    Names and days come from the `holidays` package, which follows the Labour Code and
    the yearly decisions that it knows; it is no official list, so rows are samples.
    """
    known = holidays.country_holidays(
        "VN", years=range(FIRST_YEAR, last_year + 1), language="vi"
    )
    first = date(FIRST_YEAR, 1, 1)
    days = [
        first + timedelta(days=number)
        for number in range((date(last_year + 1, 1, 1) - first).days)
    ]
    return pa.table(
        {
            "calendar_date": days,
            "holiday_name_vi": [known.get(day) for day in days],
            "is_tet": [_is_lunar_new_year(known.get(day)) for day in days],
            "is_working_day": [known.is_working_day(day) for day in days],
            "is_sample": [True] * len(days),
        },
        schema=_SCHEMA,
    )


def _is_lunar_new_year(holiday: str | None) -> bool:
    # The first of January is a Tết too, of the solar calendar (Tết Dương lịch).
    return holiday is not None and "Tết" in holiday and "Dương lịch" not in holiday
