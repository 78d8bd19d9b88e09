"""Export duty: what the export tariff lists pays, all else pays nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from lakehouse.law.tax import Assessment, Relief
from tests.unit.lakehouse.law.taxed_line import (
    LINE,
    assess_lines,
    by_unit,
    gap_of,
    lists_with,
    payable,
    rate_row,
)

ORE = replace(LINE, hs_code="26140090", tariff_table_code=None)
DUTY = rate_row("export_duty", "30", hs_code="26140090")


def exported(*lines: object, rates: tuple[object, ...] = (DUTY,)) -> Assessment:
    """Assess an export declaration by the lists and some rates of export duty."""
    more = lists_with(*rates)  # type: ignore[arg-type]
    return assess_lines(*lines, more=more, direction_code="export")  # type: ignore[arg-type]


def test_an_export_pays_export_duty_and_no_vat() -> None:
    """10,000,000 x 30 % = 3,000,000."""
    assert payable(exported(ORE)) == {"export_duty": 3_000_000}


def test_a_code_outside_the_export_tariff_pays_nothing() -> None:
    found = exported(replace(LINE, hs_code="61091010"))
    assert found.evaluated
    assert found.total_payable_vnd == 0


def test_without_an_export_tariff_nothing_is_known() -> None:
    assert gap_of(exported(ORE, rates=())) == "export_tariff_missing"
    ended = DUTY | {"valid_to": date(2024, 12, 31)}
    assert gap_of(exported(ORE, rates=(ended,))) == "export_tariff_missing"


def test_a_line_of_ten_digits_has_its_own_rate() -> None:
    """28047000 90 pays 5 %; eight digits do not tell which of its lines is meant."""
    rates = tuple(
        rate_row("export_duty", percent, hs_code=f"28047000{end}")
        for end, percent in (("10", "20"), ("90", "5"))
    )
    whole = replace(ORE, hs_code="2804700090")
    assert payable(exported(whole, rates=rates)) == {"export_duty": 500_000}
    short = replace(ORE, hs_code="28047000")
    assert gap_of(exported(short, rates=rates)) == "export_code_short"


def test_ten_digits_take_the_rate_of_the_eight_before_them() -> None:
    found = exported(replace(ORE, hs_code="2614009010"))
    assert payable(found) == {"export_duty": 3_000_000}


def test_a_line_without_a_code_is_not_evaluated() -> None:
    assert gap_of(exported(replace(ORE, hs_code=None))) == "hs_code_missing"


def test_an_export_duty_by_quantity_is_turned_into_the_unit_of_the_rate() -> None:
    """25.5 KGM = 0.0255 TNE; x 1,000,000 = 25,500."""
    amount = by_unit("1000000", "VND", "TNE")
    rate = rate_row("export_duty", None, hs_code="26140090", **amount)
    more = lists_with(rate) | {"unit_conversion": [conversion("KGM", "TNE", "0.001")]}
    found = assess_lines(ORE, more=more, direction_code="export")
    assert payable(found) == {"export_duty": 25_500}


def test_an_exemption_relieves_export_duty() -> None:
    relief = Relief("export_duty", Decimal(100))
    (line,) = exported(replace(ORE, reliefs=(relief,))).lines
    (entry,) = line.taxes
    assert (entry.amount_vnd, entry.relief_vnd, entry.payable_vnd) == (
        3_000_000,
        3_000_000,
        0,
    )


def conversion(unit: str, target: str, factor: str) -> dict[str, object]:
    """A row of `ref.unit_conversion` that always holds."""
    return {
        "quantity_unit_code": unit,
        "target_quantity_unit_code": target,
        "conversion_factor": factor,
        "valid_from": date(2014, 4, 1),
        "valid_to": None,
    }
