"""Build `core.vnaccs__amendment`: one row per amendment after clearance and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.numbered import latest, typed_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

AMENDMENT = ("amendment_no", "event_code", "declaration_key")


def build(
    raw: DataFrame, known: DataFrame, months: DataFrame, table: Table
) -> DataFrame:
    """Build all rows of the declarations in `months`.

    Args:
        raw: new messages of `raw.vnaccs__amendment` that have a number; one that was
            only sent has none yet.
        known: rows of these declarations now.
        months: declaration_key, registered_date, registered_month.
    """
    return latest(typed_rows(raw, table, {}), known, months, table, AMENDMENT)
