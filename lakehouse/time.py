"""The one place for clocks and for what day it is in Viet Nam."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from lakehouse.settings import settings

BUSINESS_ZONE_NAME = "Asia/Ho_Chi_Minh"
BUSINESS_ZONE = ZoneInfo(BUSINESS_ZONE_NAME)


def now() -> datetime:
    """The moment of this run in UTC; `CUSTOMS_NOW` freezes it."""
    frozen = settings().now
    return frozen.astimezone(UTC) if frozen else datetime.now(UTC)


def business_date(moment: datetime) -> date:
    """The date of a moment in Viet Nam.

    Args:
        moment: an aware time; a naive one would silently mean the machine's zone.

    Raises:
        ValueError: the moment has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no business date")
    return moment.astimezone(BUSINESS_ZONE).date()


def business_date_sql(column: str) -> str:
    """Spark SQL of `business_date` for a UTC timestamp column."""
    return f"to_date(from_utc_timestamp({column}, '{BUSINESS_ZONE_NAME}'))"


def business_to_utc_sql(column: str) -> str:
    """Spark SQL that reads a local wall-clock timestamp as Viet Nam time."""
    return f"to_utc_timestamp({column}, '{BUSINESS_ZONE_NAME}')"


TEXT_LENGTH = 18
"""Characters of `as_text`."""
_FIRST_MICROSECOND = 100_000_000_000_000_000


def as_text(column: str) -> str:
    """Spark SQL of a timestamp as text that orders as the times do; null comes first.

    Engines compare text much faster than structs, and dates are slow to format.
    """
    micros = f"unix_micros({column}) + {_FIRST_MICROSECOND}"
    return f"lpad(coalesce(cast({micros} as string), ''), {TEXT_LENGTH}, '0')"
