"""A line, its lists and its taxes, valid by default: a test states what matters."""

from datetime import date
from decimal import Decimal
from typing import Any

from lakehouse.law.tax import (
    Assessment,
    Certificate,
    Declaration,
    Line,
    Reference,
    assess,
)

ON = date(2025, 8, 14)
OPEN = {"valid_from": date(2020, 1, 1), "valid_to": None}
_PERCENT = {
    "tariff_table_scope_code": "*",
    "origin_scope_code": "*",
    "unit_tax_amount": None,
    "unit_tax_currency_code": None,
    "quantity_unit_code": None,
    "is_not_subject": False,
}
LINE = Line(
    line_no=1,
    hs_code="61091010",
    origin_country_code="CN",
    tariff_table_code="B01",
    invoice_amount=Decimal("10000000"),
    first_quantity=Decimal(100),
    first_quantity_unit_code="PCE",
    second_quantity=Decimal("25.5"),
    second_quantity_unit_code="KGM",
)
CERTIFICATE = Certificate("E", "CN", "610910", ON, ON, "valid")


def rate_row(tax: str, percent: str | None, **columns: Any) -> dict[str, Any]:
    """A row of `ref.tax_rate`."""
    row = {"tax_type_code": tax, "hs_code": "61091010", "tax_percent": percent}
    return OPEN | _PERCENT | row | columns


def by_unit(amount: str, currency: str, unit: str) -> dict[str, Any]:
    """Columns of an amount for a unit."""
    return {
        "unit_tax_amount": amount,
        "unit_tax_currency_code": currency,
        "quantity_unit_code": unit,
    }


def lists_with(*rates: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Duty 20 % (MFN), 30 % (ordinary), 5 % with a certificate; VAT 10 %."""
    duties = {"B01": "20", "B03": "30", "B05": "5", "B14": "80"}
    roles = {
        "B01": "mfn",
        "B03": "ordinary",
        "B05": "preferential",
        "B06": "preferential",
        "B30": "not_subject",
    }
    return {
        "tax_rate": [
            *(
                rate_row("import_duty", percent, tariff_table_scope_code=table)
                for table, percent in duties.items()
            ),
            rate_row("vat", "10"),
            *rates,
        ],
        "tariff_table": [
            OPEN | {"tariff_table_code": table, "tariff_role_code": role}
            for table, role in roles.items()
        ],
        "mfn_origin": [OPEN | {"origin_country_code": "CN"}],
        "tariff_preference": [
            OPEN
            | {
                "tariff_table_code": "B05",
                "certificate_form_code": "E",
                "origin_country_code": origin,
            }
            for origin in ("CN", "LA")
        ],
    }


def assess_lines(*lines: Line, more: Any = None, **header: Any) -> Assessment:
    """Assess lines of a declaration in dong by the lists, and more of them."""
    declaration = Declaration(ON, "VND", lines or (LINE,), **header)
    return assess(declaration, Reference.from_rows(lists_with() | (more or {})))


def payable(found: Assessment, line_no: int = 1) -> dict[str, int]:
    """What is payable of each tax of a line."""
    (line,) = (one for one in found.lines if one.line_no == line_no)
    return {entry.tax_type: entry.payable_vnd for entry in line.taxes}


def gap_of(found: Assessment) -> str:
    """Why a declaration is not evaluated; it then has no total."""
    assert not found.evaluated
    assert found.totals_vnd is None
    assert found.total_payable_vnd is None
    return found.gaps[0].code
