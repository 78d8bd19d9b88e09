"""What a tax is made of, one rule of the law at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lakehouse.law.tax import (
    Assessment,
    Certificate,
    Charge,
    Declaration,
    Gap,
    Line,
    Reference,
    Relief,
    assess,
)

_ON = date(2025, 8, 14)
_OPEN = {"valid_from": date(2020, 1, 1), "valid_to": None}
_PERCENT = {
    "tariff_table_scope_code": "*",
    "origin_scope_code": "*",
    "unit_tax_amount": None,
    "unit_tax_currency_code": None,
    "quantity_unit_code": None,
    "is_not_subject": False,
}
_LINE = Line(
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
_CERTIFICATE = Certificate("E", "CN", "610910", _ON, _ON, "valid")


def _rate(tax: str, percent: str | None, **columns: Any) -> dict[str, Any]:
    row = {"tax_type_code": tax, "hs_code": "61091010", "tax_percent": percent}
    return _OPEN | _PERCENT | row | columns


def _by_unit(amount: str, currency: str, unit: str) -> dict[str, Any]:
    return {
        "unit_tax_amount": amount,
        "unit_tax_currency_code": currency,
        "quantity_unit_code": unit,
    }


def _lists(*rates: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
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
                _rate("import_duty", percent, tariff_table_scope_code=table)
                for table, percent in duties.items()
            ),
            _rate("vat", "10"),
            *rates,
        ],
        "tariff_table": [
            _OPEN | {"tariff_table_code": table, "tariff_role_code": role}
            for table, role in roles.items()
        ],
        "mfn_origin": [_OPEN | {"origin_country_code": "CN"}],
        "tariff_preference": [
            _OPEN
            | {
                "tariff_table_code": "B05",
                "certificate_form_code": "E",
                "origin_country_code": origin,
            }
            for origin in ("CN", "LA")
        ],
    }


def _assess(*lines: Line, more: Any = None, **header: Any) -> Assessment:
    declaration = Declaration(_ON, "VND", lines or (_LINE,), **header)
    return assess(declaration, Reference.from_rows(_lists() | (more or {})))


def _payable(found: Assessment, line_no: int = 1) -> dict[str, int]:
    (line,) = (one for one in found.lines if one.line_no == line_no)
    return {entry.tax_type: entry.payable_vnd for entry in line.taxes}


def _gap(found: Assessment) -> str:
    assert not found.evaluated
    assert found.totals_vnd is None
    assert found.total_payable_vnd is None
    return found.gaps[0].code


def test_vat_counts_duty_in_its_base() -> None:
    """10,000,000 at 20 % = 2,000,000; 12,000,000 at 10 % = 1,200,000."""
    assert _payable(_assess()) == {"import_duty": 2_000_000, "vat": 1_200_000}


def test_a_rate_of_its_own_origin_goes_before_that_of_all_origins() -> None:
    """Dumping duty 19.38 % of China, not the 5 % of all: 1,938,000 of 10,000,000."""
    rates = (
        _rate("anti_dumping", "5"),
        _rate("anti_dumping", "19.38", origin_scope_code="CN"),
    )
    found = _assess(more=_lists(*rates))
    assert _payable(found)["anti_dumping"] == 1_938_000
    other = _assess(replace(_LINE, origin_country_code="KR"), more=_lists(*rates))
    assert _payable(other)["anti_dumping"] == 500_000


def test_additional_duties_are_on_the_customs_value_and_consumption_taxes_on_all() -> (
    None
):
    """Duty 2,000,000 + safeguard 10 % of 10,000,000; special consumption 50 % of
    13,000,000; VAT 10 % of 19,500,000."""
    found = _assess(more=_lists(_rate("safeguard", "10"), _rate("sct", "50")))
    assert _payable(found) == {
        "import_duty": 2_000_000,
        "safeguard": 1_000_000,
        "sct": 6_500_000,
        "vat": 1_950_000,
    }


def test_an_amount_for_a_unit_takes_the_quantity_declared_in_that_unit() -> None:
    """25.5 KGM x 3 USD x 26,000.5 = 1,989,038.25, so 1,989,038."""
    rows = _lists(_rate("ept", None, **_by_unit("3", "USD", "KGM")))
    rows["exchange_rate"] = [
        _OPEN
        | {
            "rate_type_code": "customs",
            "base_currency_code": "USD",
            "quote_currency_code": "VND",
            "exchange_rate": "26000.5",
            "is_sample": True,
        }
    ]
    assert _payable(_assess(more=rows))["ept"] == 1_989_038


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (_by_unit("3", "VND", "TNE"), "unit_mismatch"),
        (_by_unit("3", "USD", "PCE"), "exchange_rate_missing"),
    ],
)
def test_an_amount_that_cannot_be_applied_is_a_gap_and_no_zero(
    row: dict[str, Any], code: str
) -> None:
    found = _assess(more=_lists(_rate("ept", None, **row)))
    assert _gap(found) == code
    assert found.lines[0].taxes == ()
    assert found.lines[0].payable_vnd is None


def test_a_line_without_a_rate_leaves_the_others_assessed() -> None:
    other = replace(_LINE, line_no=2, hs_code="99999999")
    found = _assess(_LINE, other)
    assert _gap(found) == "duty_rate_missing"
    assert found.gaps == (Gap("duty_rate_missing", 2),)
    assert _payable(found) == {"import_duty": 2_000_000, "vat": 1_200_000}
    assert "thuế nhập khẩu" in found.gaps[0].message_vi


def test_no_vat_row_is_not_the_same_as_no_vat() -> None:
    rows = _lists()
    without = [row for row in rows["tax_rate"] if row["tax_type_code"] != "vat"]
    assert _gap(_assess(more={"tax_rate": without})) == "vat_rate_missing"
    not_subject = _rate("vat", None, is_not_subject=True)
    found = _assess(more={"tax_rate": [*without, not_subject]})
    assert _payable(found) == {"import_duty": 2_000_000}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status_code": "cancelled"}, "certificate_cancelled"),
        ({"form_code": "D"}, "certificate_form"),
        ({"origin_country_code": "KR"}, "certificate_origin"),
        ({"origin_country_code": "LA"}, "certificate_origin"),
        ({"hs6": "610990"}, "certificate_hs"),
        ({"issued_date": date(2025, 8, 15)}, "certificate_not_yet_issued"),
        ({"valid_to": date(2025, 8, 13)}, "certificate_expired"),
    ],
)
def test_a_preference_needs_a_certificate_that_holds_in_every_respect(
    changed: dict[str, Any], reason: str
) -> None:
    line = replace(_LINE, tariff_table_code="B05", certificate=_CERTIFICATE)
    assert _payable(_assess(line))["import_duty"] == 500_000
    refused = replace(line, certificate=replace(_CERTIFICATE, **changed))
    found = _assess(refused)
    assert found.lines[0].table_applied == "B01"
    assert _payable(found)["import_duty"] == 2_000_000
    (finding,) = found.findings
    assert (finding.code, finding.details["reason"]) == ("fta_refused", reason)
    assert ": " in finding.message_vi


def test_a_table_of_an_agreement_that_is_not_in_force_gives_no_preference() -> None:
    line = replace(_LINE, tariff_table_code="B06", certificate=_CERTIFICATE)
    (finding,) = _assess(line).findings
    assert finding.details["reason"] == "agreement_not_in_force"


@pytest.mark.parametrize("origin", ["KP", None])
def test_goods_without_mfn_treatment_pay_the_ordinary_rate(origin: str | None) -> None:
    found = _assess(replace(_LINE, origin_country_code=origin))
    assert found.lines[0].table_applied == "B03"
    assert [one.code for one in found.findings] == ["mfn_refused"]


def test_marked_over_a_quota_that_nobody_knows_is_a_gap() -> None:
    assert _gap(_assess(replace(_LINE, is_over_quota=True))) == "quota_missing"


@pytest.mark.parametrize(
    ("balance", "unit", "table"),
    [("100", "PCE", "B01"), ("99.99", "PCE", "B14"), ("25.5", "KGM", "B01")],
)
def test_a_quota_line_is_judged_whole_in_the_unit_of_the_quota(
    balance: str, unit: str, table: str
) -> None:
    quota = _OPEN | {
        "hs_code": "61091010",
        "quota_quantity": balance,
        "quantity_unit_code": unit,
        "tariff_table_code": "B14",
    }
    found = _assess(more={"tariff_quota": [quota]})
    assert found.lines[0].table_applied == table
    assert bool(found.findings) is (table == "B14")


def test_reliefs_of_the_line_and_of_the_kind_are_added_up_to_the_whole_tax() -> None:
    """2,000,000 less 30 % is 1,400,000; less 80 % more is nothing, never below."""
    line = replace(_LINE, reliefs=(Relief("import_duty", Decimal(30)),))
    assert _payable(_assess(line))["import_duty"] == 1_400_000
    kind = _OPEN | {
        "kind_code": "E31",
        "tax_type_code": "import_duty",
        "relief_percent": "80",
    }
    found = _assess(line, more={"kind_relief": [kind]}, kind_code="E31")
    assert _payable(found) == {"import_duty": 0, "vat": 1_000_000}


def test_a_reduced_rate_of_vat_never_raises_the_tax() -> None:
    reduced = _OPEN | {
        "hs_code": "61091010",
        "tax_percent": "8",
        "is_without_special_consumption": True,
    }
    assert _payable(_assess(more={"vat_reduction": [reduced]}))["vat"] == 960_000
    five = [row for row in _lists()["tax_rate"] if row["tax_type_code"] != "vat"]
    more = {"vat_reduction": [reduced], "tax_rate": [*five, _rate("vat", "5")]}
    assert _payable(_assess(more=more))["vat"] == 600_000


def test_a_parcel_on_a_day_without_a_rule_is_not_exempt_and_says_so() -> None:
    line = replace(_LINE, invoice_amount=Decimal(500_000))
    found = _assess(line, is_low_value=True)
    assert _payable(found) == {"import_duty": 100_000, "vat": 60_000}
    assert [one.code for one in found.findings] == ["low_value_rule_missing"]


def test_a_line_that_is_missing_holds_back_its_parcel() -> None:
    other = replace(_LINE, line_no=2, hs_code="99999999")
    found = _assess(_LINE, other, is_low_value=True)
    assert [gap.code for gap in found.gaps] == [
        "parcel_incomplete",
        "duty_rate_missing",
    ]
    assert found.parcel is None


@pytest.mark.parametrize(
    ("charges", "code"),
    [
        ([Charge("freight", "ZZZ", Decimal(1))], "exchange_rate_missing"),
        ([Charge("freight", "VND", Decimal(-1))], "negative_amount"),
        ([Charge("addition", "VND", Decimal(1), (2,))], "adjustment_line_unknown"),
        ([Charge("deduction", "VND", Decimal(10**8))], "negative_customs_value"),
    ],
)
def test_a_common_amount_that_cannot_be_spread_is_a_gap(
    charges: list[Charge], code: str
) -> None:
    assert _gap(_assess(charges=tuple(charges))) == code


def test_carriage_of_goods_that_are_all_free_cannot_be_spread() -> None:
    free = replace(_LINE, invoice_amount=Decimal(0))
    charge = Charge("freight", "VND", Decimal(1))
    assert _gap(_assess(free, charges=(charge,))) == "no_value_to_apportion_by"
    assert _assess(free).total_payable_vnd == 0


def test_no_product_is_rounded_before_the_tax_is() -> None:
    """30 digits: 99,999,999,999,999,999,999 x 0.4999 % has a tail that must count."""
    value = Decimal("9" * 20)
    rows = _lists()
    rows["tax_rate"] = [
        _rate("import_duty", "0.4999", tariff_table_scope_code="B01"),
        _rate("vat", "0"),
    ]
    found = _assess(replace(_LINE, invoice_amount=value), more=rows)
    assert _payable(found)["import_duty"] == (int("9" * 20) * 4999 + 500_000) // 10**6
