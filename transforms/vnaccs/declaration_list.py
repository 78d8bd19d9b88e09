"""Build the core tables that are lists in the header: one row per entry of each state.

Containers, bills, permits and totals of tax; entries keep the place that they have in
the message, and empty ones between filled ones are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.stated import MESSAGE, in_states, typed_content

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LISTS = {
    "core.vnaccs__declaration_container": ("containers", "container_no"),
    "core.vnaccs__declaration_bill": ("bills", "bill_no"),
    "core.vnaccs__declaration_permit": ("permits", "permit_no"),
    "core.vnaccs__declaration_tax_total": ("tax_totals", "tax_amount_vnd"),
}
"""Table → its list in raw, and the field without which an entry says nothing."""


def build(
    headers: DataFrame, known: DataFrame, declarations: DataFrame, table: Table
) -> DataFrame:
    """Build all entries of the declarations in `declarations`.

    Args:
        headers: lists of new messages that count.
        known: entries of these declarations now.
        declarations: rows of `core.vnaccs__declaration` as they will be.
    """
    source, needed = LISTS[table.name]
    entries = headers.selectExpr(*MESSAGE, f"posexplode({source}) as (entry_at, entry)")
    filled = entries.where(f"nullif(trim(entry.{needed}), '') is not null")
    stated = typed_content(
        filled.selectExpr(*MESSAGE, "entry_at", "entry.*"),
        table,
        {"entry_no": "=entry_at + 1"},
    )
    return in_states(stated, known, declarations, table)
