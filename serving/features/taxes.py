"""The lists of taxes of a lake, published to the decision service."""

from __future__ import annotations

from lakehouse.law.tax_lists import publish_tax_lists
from lakehouse.law.tax_reference import TAX_LISTS
from lakehouse.tables import Lake


def publish_taxes(lake: Lake) -> str:
    """Publish the rows that are known now, as gold reads them; returns their hash."""
    known = "select * from t where known_until is null"
    lists = {name: lake.read(f"ref.{name}", known).to_pylist() for name in TAX_LISTS}
    return publish_tax_lists(lists, lake.root / "published" / "taxes")
