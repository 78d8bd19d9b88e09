"""Build `core.vnaccs__amendment_line`: one row per tax of a line, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.amendment import AMENDMENT
from transforms.vnaccs.numbered import latest, typed_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_MESSAGE = (
    "declaration_no",
    "amendment_no",
    "event_code",
    "server_time",
    "_received_at",
    "_record_hash",
)
# Amounts that are exempt are written with a star before them.
_AMOUNTS = {
    f"{side}_tax_amount_vnd": f"ltrim('*', trim({side}_tax_amount_vnd))"
    for side in ("before", "after")
}


def build(
    raw: DataFrame, known: DataFrame, months: DataFrame, table: Table
) -> DataFrame:
    """Build all rows of the declarations in `months`.

    Args:
        raw: new messages of `raw.vnaccs__amendment` that have a number.
        known: rows of these declarations now.
        months: declaration_key, registered_date, registered_month.
    """
    lines = raw.selectExpr(*_MESSAGE, "posexplode(lines) as (line_at, line)")
    lines = lines.where("line is not null").selectExpr(*_MESSAGE, "line_at", "line.*")
    taxes = lines.selectExpr(
        *_MESSAGE, "line_at", "line_no", "posexplode(other_taxes) as (tax_at, tax)"
    )
    others = taxes.where("tax is not null").selectExpr(
        *_MESSAGE, "line_at", "line_no", "tax_at", "tax.*"
    )
    place = {"entry_no": "=line_at + 1"}
    rows = typed_rows(lines, table, place | {"tax_no": "=0"} | _AMOUNTS).unionByName(
        typed_rows(others, table, place | {"tax_no": "=tax_at + 1"} | _AMOUNTS)
    )
    return latest(rows, known, months, table, AMENDMENT)
