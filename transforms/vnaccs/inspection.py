"""Build `core.vnaccs__inspection`: one row per designation and what was known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.known_at import known_at_moments, standing

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_VALUES = ("designated_at", "designation_cancelled_at", "inspected_at")
_KINDS = "('inspection_designated', 'inspection_cancelled', 'inspected')"


def build(events: DataFrame, months: DataFrame, table: Table) -> DataFrame:
    """Build all rows of the declarations in `months`.

    A designation ends with the next cancellation or result after it.

    Args:
        events: all events of these declarations, as `core.vnaccs__declaration_event`
            will hold them.
        months: declaration_key, registered_date, registered_month.
    """
    told = events.where(f"event_code in {_KINDS}").selectExpr(
        "declaration_key",
        "known_from",
        "event_code",
        "coalesce(business_at, server_at, known_from) as _at",
    )
    known = known_at_moments(told)
    rows = standing(_designations(known), known, _VALUES)
    last = (
        "max(if(known_until is null and designation_cancelled_at is null, "
        "designated_at, null)) over (partition by declaration_key)"
    )
    is_current = (
        "known_until is null and designation_cancelled_at is null "
        f"and designated_at = {last}"
    )
    return (
        rows.selectExpr("*", f"coalesce({is_current}, false) as is_current")
        .join(
            months.select("declaration_key", "registered_date", "registered_month"),
            on="declaration_key",
            how="inner",
        )
        .select(*(name for name in table.columns if name != "_run_seq"))
    )


def _designations(known: DataFrame) -> DataFrame:
    """Designations of each moment with the end that was known then."""
    following = (
        "over (partition by declaration_key, _moment "
        "order by _at, if(event_code = 'inspection_designated', 0, 1) "
        "rows between current row and unbounded following)"
    )
    ended = known.selectExpr(
        "*",
        f"min(if(event_code = 'inspection_cancelled', _at, null)) {following} "
        "as _cancelled",
        f"min(if(event_code = 'inspected', _at, null)) {following} as _inspected",
    ).where("event_code = 'inspection_designated'")
    is_cancelled = (
        "_cancelled is not null and (_inspected is null or _cancelled < _inspected)"
    )
    return ended.selectExpr(
        "declaration_key",
        "_moment",
        "_known_at",
        "_at as designated_at",
        f"if({is_cancelled}, _cancelled, null) as designation_cancelled_at",
        f"if({is_cancelled}, null, _inspected) as inspected_at",
    ).distinct()
