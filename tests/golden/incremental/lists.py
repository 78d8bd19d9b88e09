"""Some rows of the reference lists that gold reads."""

from __future__ import annotations

from datetime import UTC, date, datetime

_BORDERS = {"2": False, "4": True, "6": None}
# Sub-item, kind of tax, whether it is for the land border.
_ITEMS = (
    ("1701", "V", None),
    ("1702", "V", False),
    ("1703", "V", True),
    ("1901", "N", False),
    ("1902", "N", True),
    ("1903", "B", None),
)


def list_rows() -> dict[str, list[dict]]:
    """Rows of some reference lists, without `_run_seq`."""
    period = {
        "valid_from": date(2014, 4, 1),
        "valid_to": None,
        "known_from": datetime(2014, 4, 1, tzinfo=UTC),
        "known_until": None,
    }
    closed = period | {"valid_to": date(2026, 9, 1)}
    return {
        "ref.transport_mode": [
            {"transport_mode_code": code, "is_land_border": is_land} | period
            for code, is_land in _BORDERS.items()
        ],
        "ref.budget_item": [
            {"budget_item_code": code, "tax_kind_code": kind, "is_land_border": is_land}
            | period
            for code, kind, is_land in _ITEMS
        ],
        "ref.kind_code": [{"kind_code": "A11", "direction_code": "import"} | period],
        "ref.country": [{"country_code": "CN"} | period],
        "ref.currency": [{"currency_code": "USD"} | period],
        "ref.commodity": [{"hs_code": "85171300"} | period],
        "ref.office": [
            {"office_code": "28NJ"} | closed,
            {"office_code": "28NK"} | period,
        ],
        "ref.office_mapping": [
            {
                "old_office_code": "28NJ",
                "new_office_code": new,
                "is_main_successor": main,
            }
            | period
            for new, main in (("28NK", True), ("18A3", False))
        ],
    }
