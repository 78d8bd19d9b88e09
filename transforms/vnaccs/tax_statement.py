"""Build `core.vnaccs__tax_statement`: one row per tax or fee of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.numbered import latest, typed_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_AMOUNTS = (
    "tax_name",
    "budget_item_code",
    "old_tax_vnd",
    "tax_amount_vnd",
    "exempt_tax_vnd",
    "reduced_tax_vnd",
    "payable_tax_vnd",
)
_STATEMENT = ("statement_no", "event_code")


def build(
    raw: DataFrame, known: DataFrame, months: DataFrame, table: Table
) -> DataFrame:
    """Build all rows of the declarations in `months`.

    Args:
        raw: new messages of `raw.vnaccs__tax_statement`.
        known: rows of these declarations now.
        months: declaration_key, registered_date, registered_month.
    """
    totals = [name for name in _AMOUNTS if name in raw.columns]
    others = [name for name in raw.columns if name not in (*totals, "taxes")]
    # A fee for clearance lists no amounts; its statement is one row without any.
    entries = raw.selectExpr(*others, "posexplode_outer(taxes) as (tax_at, tax)")
    amounts = (f"tax.{name} as {name}" for name in _AMOUNTS)
    told = entries.where("tax_at is null or tax is not null").selectExpr(
        *others, *amounts, "coalesce(tax_at + 1, 0) as entry_no"
    )
    rows = typed_rows(told, table, {"entry_no": "=entry_no"})
    return latest(rows, known, months, table, _STATEMENT)
