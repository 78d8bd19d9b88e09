"""What a tax is made of, one rule of the law at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lakehouse.law.tax import Charge, Gap, Relief
from tests.unit.lakehouse.law.taxed_line import (
    CERTIFICATE,
    LINE,
    OPEN,
    assess_lines,
    by_unit,
    gap_of,
    lists_with,
    payable,
    rate_row,
)


def test_vat_counts_duty_in_its_base() -> None:
    """10,000,000 at 20 % = 2,000,000; 12,000,000 at 10 % = 1,200,000."""
    assert payable(assess_lines()) == {"import_duty": 2_000_000, "vat": 1_200_000}


def test_a_rate_of_its_own_origin_goes_before_that_of_all_origins() -> None:
    """Dumping duty 19.38 % of China, not the 5 % of all: 1,938,000 of 10,000,000."""
    rates = (
        rate_row("anti_dumping", "5"),
        rate_row("anti_dumping", "19.38", origin_scope_code="CN"),
    )
    found = assess_lines(more=lists_with(*rates))
    assert payable(found)["anti_dumping"] == 1_938_000
    other = assess_lines(
        replace(LINE, origin_country_code="KR"), more=lists_with(*rates)
    )
    assert payable(other)["anti_dumping"] == 500_000


def test_additional_duties_are_on_the_customs_value_and_consumption_taxes_on_all() -> (
    None
):
    """Duty 2,000,000 + safeguard 10 % of 10,000,000; special consumption 50 % of
    13,000,000; VAT 10 % of 19,500,000."""
    found = assess_lines(
        more=lists_with(rate_row("safeguard", "10"), rate_row("sct", "50"))
    )
    assert payable(found) == {
        "import_duty": 2_000_000,
        "safeguard": 1_000_000,
        "sct": 6_500_000,
        "vat": 1_950_000,
    }


def test_an_amount_for_a_unit_takes_the_quantity_declared_in_that_unit() -> None:
    """25.5 KGM x 3 USD x 26,000.5 = 1,989,038.25, so 1,989,038."""
    rows = lists_with(rate_row("ept", None, **by_unit("3", "USD", "KGM")))
    rows["exchange_rate"] = [
        OPEN
        | {
            "rate_type_code": "customs",
            "base_currency_code": "USD",
            "quote_currency_code": "VND",
            "exchange_rate": "26000.5",
            "is_sample": True,
        }
    ]
    assert payable(assess_lines(more=rows))["ept"] == 1_989_038


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (by_unit("3", "VND", "TNE"), "unit_mismatch"),
        (by_unit("3", "USD", "PCE"), "exchange_rate_missing"),
    ],
)
def test_an_amount_that_cannot_be_applied_is_a_gap_and_no_zero(
    row: dict[str, Any], code: str
) -> None:
    found = assess_lines(more=lists_with(rate_row("ept", None, **row)))
    assert gap_of(found) == code
    assert found.lines[0].taxes == ()
    assert found.lines[0].payable_vnd is None


def test_a_line_without_a_rate_leaves_the_others_assessed() -> None:
    other = replace(LINE, line_no=2, hs_code="99999999")
    found = assess_lines(LINE, other)
    assert gap_of(found) == "duty_rate_missing"
    assert found.gaps == (Gap("duty_rate_missing", 2),)
    assert payable(found) == {"import_duty": 2_000_000, "vat": 1_200_000}
    assert "thuế nhập khẩu" in found.gaps[0].message_vi


def test_no_vat_row_is_not_the_same_as_no_vat() -> None:
    rows = lists_with()
    without = [row for row in rows["tax_rate"] if row["tax_type_code"] != "vat"]
    assert gap_of(assess_lines(more={"tax_rate": without})) == "vat_rate_missing"
    not_subject = rate_row("vat", None, is_not_subject=True)
    found = assess_lines(more={"tax_rate": [*without, not_subject]})
    assert payable(found) == {"import_duty": 2_000_000}


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
    line = replace(LINE, tariff_table_code="B05", certificate=CERTIFICATE)
    assert payable(assess_lines(line))["import_duty"] == 500_000
    refused = replace(line, certificate=replace(CERTIFICATE, **changed))
    found = assess_lines(refused)
    assert found.lines[0].table_applied == "B01"
    assert payable(found)["import_duty"] == 2_000_000
    (finding,) = found.findings
    assert (finding.code, finding.details["reason"]) == ("fta_refused", reason)
    assert ": " in finding.message_vi


def test_a_table_of_an_agreement_that_is_not_in_force_gives_no_preference() -> None:
    line = replace(LINE, tariff_table_code="B06", certificate=CERTIFICATE)
    (finding,) = assess_lines(line).findings
    assert finding.details["reason"] == "agreement_not_in_force"


@pytest.mark.parametrize("origin", ["KP", None])
def test_goods_without_mfn_treatment_pay_the_ordinary_rate(origin: str | None) -> None:
    found = assess_lines(replace(LINE, origin_country_code=origin))
    assert found.lines[0].table_applied == "B03"
    assert [one.code for one in found.findings] == ["mfn_refused"]


def test_marked_over_a_quota_that_nobody_knows_is_a_gap() -> None:
    assert gap_of(assess_lines(replace(LINE, is_over_quota=True))) == "quota_missing"


@pytest.mark.parametrize(
    ("balance", "unit", "table"),
    [("100", "PCE", "B01"), ("99.99", "PCE", "B14"), ("25.5", "KGM", "B01")],
)
def test_a_quota_line_is_judged_whole_in_the_unit_of_the_quota(
    balance: str, unit: str, table: str
) -> None:
    quota = OPEN | {
        "hs_code": "61091010",
        "quota_quantity": balance,
        "quantity_unit_code": unit,
        "tariff_table_code": "B14",
    }
    found = assess_lines(more={"tariff_quota": [quota]})
    assert found.lines[0].table_applied == table
    assert bool(found.findings) is (table == "B14")


def test_reliefs_of_the_line_and_of_the_kind_are_added_up_to_the_whole_tax() -> None:
    """2,000,000 less 30 % is 1,400,000; less 80 % more is nothing, never below."""
    line = replace(LINE, reliefs=(Relief("import_duty", Decimal(30)),))
    assert payable(assess_lines(line))["import_duty"] == 1_400_000
    kind = OPEN | {
        "kind_code": "E31",
        "tax_type_code": "import_duty",
        "relief_percent": "80",
    }
    found = assess_lines(line, more={"kind_relief": [kind]}, kind_code="E31")
    assert payable(found) == {"import_duty": 0, "vat": 1_000_000}


def test_a_reduced_rate_of_vat_never_raises_the_tax() -> None:
    reduced = OPEN | {
        "hs_code": "61091010",
        "tax_percent": "8",
        "is_without_special_consumption": True,
    }
    assert payable(assess_lines(more={"vat_reduction": [reduced]}))["vat"] == 960_000
    five = [row for row in lists_with()["tax_rate"] if row["tax_type_code"] != "vat"]
    more = {"vat_reduction": [reduced], "tax_rate": [*five, rate_row("vat", "5")]}
    assert payable(assess_lines(more=more))["vat"] == 600_000


def test_a_parcel_on_a_day_without_a_rule_is_not_exempt_and_says_so() -> None:
    line = replace(LINE, invoice_amount=Decimal(500_000))
    found = assess_lines(line, is_low_value=True)
    assert payable(found) == {"import_duty": 100_000, "vat": 60_000}
    assert [one.code for one in found.findings] == ["low_value_rule_missing"]


def test_a_line_that_is_missing_holds_back_its_parcel() -> None:
    other = replace(LINE, line_no=2, hs_code="99999999")
    found = assess_lines(LINE, other, is_low_value=True)
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
    assert gap_of(assess_lines(charges=tuple(charges))) == code


def test_carriage_of_goods_that_are_all_free_cannot_be_spread() -> None:
    free = replace(LINE, invoice_amount=Decimal(0))
    charge = Charge("freight", "VND", Decimal(1))
    assert gap_of(assess_lines(free, charges=(charge,))) == "no_value_to_apportion_by"
    assert assess_lines(free).total_payable_vnd == 0


def test_no_product_is_rounded_before_the_tax_is() -> None:
    """30 digits: 99,999,999,999,999,999,999 x 0.4999 % has a tail that must count."""
    value = Decimal("9" * 20)
    rows = lists_with()
    rows["tax_rate"] = [
        rate_row("import_duty", "0.4999", tariff_table_scope_code="B01"),
        rate_row("vat", "0"),
    ]
    found = assess_lines(replace(LINE, invoice_amount=value), more=rows)
    assert payable(found)["import_duty"] == (int("9" * 20) * 4999 + 500_000) // 10**6


def test_a_preference_whose_certificate_nobody_told_is_not_evaluated() -> None:
    """Unlike one that is known to have none, which pays the MFN rate."""
    line = replace(LINE, tariff_table_code="B05", is_certificate_known=False)
    assert gap_of(assess_lines(line)) == "certificate_unknown"
    told = assess_lines(replace(line, is_certificate_known=True))
    assert payable(told)["import_duty"] == 2_000_000
    # Where no agreement is in force no certificate would help.
    other = assess_lines(replace(line, tariff_table_code="B06"))
    assert payable(other)["import_duty"] == 2_000_000
