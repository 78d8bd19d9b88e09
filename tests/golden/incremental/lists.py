"""Some rows of the reference lists that gold reads."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

_BORDERS = {"2": False, "4": True, "6": None}
_HOLIDAYS = (
    (date(2026, 1, 1), "Tết Dương lịch", False),
    (date(2026, 2, 17), "Tết Nguyên đán", True),
)
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
    return _tax_lists(period) | {
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
        "ref.holiday": _holidays(period),
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


def _holidays(period: dict) -> list[dict]:
    return [
        period
        | {
            "calendar_date": day,
            "valid_from": day,
            "valid_to": day,
            "holiday_name_vi": name,
            "is_tet": is_tet,
            "is_working_day": False,
            "is_sample": False,
        }
        for day, name, is_tet in _HOLIDAYS
    ]


_PREFERENCE = {
    "tariff_table_code": "B05",
    "certificate_form_code": "E",
    "origin_country_code": "CN",
}


def _tax_lists(period: dict) -> dict[str, list[dict]]:
    """Rates of the goods of the messages; one is missing, one is under a quota."""
    kinds = {"N": "import_duty", "X": "export_duty", "V": "vat", "B": "safeguard"}
    return {
        "ref.tax_kind": [
            {"tax_kind_code": kind, "tax_type_code": tax} | period
            for kind, tax in kinds.items()
        ],
        "ref.tax_rate": [
            _rate("import_duty", "85171300", "10", "B01") | period,
            _rate("vat", "85171300", "8") | period,
            _rate("import_duty", "61091010", "20", "B01") | period,
            _rate("import_duty", "61091010", "80", "B14") | period,
            _rate("vat", "61091010", "8") | period,
            _rate("export_duty", "84713020", "10") | period,
        ],
        "ref.tariff_table": [
            {"tariff_table_code": table, "tariff_role_code": role} | period
            for table, role in (("B01", "mfn"), ("B05", "preferential"))
        ],
        "ref.tariff_preference": [_PREFERENCE | period],
        "ref.mfn_origin": [
            {"origin_country_code": origin} | period for origin in ("CN", "KR")
        ],
        "ref.tariff_quota": [
            {
                "hs_code": "61091010",
                "quota_quantity": Decimal(60),
                "quantity_unit_code": "PCE",
                "tariff_table_code": "B14",
            }
            | period
        ],
    }


def _rate(tax: str, hs_code: str, percent: str, table: str = "*") -> dict:
    return {
        "tax_type_code": tax,
        "hs_code": hs_code,
        "tariff_table_scope_code": table,
        "origin_scope_code": "*",
        "tax_percent": Decimal(percent),
        "is_not_subject": False,
    }
