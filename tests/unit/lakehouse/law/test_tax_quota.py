"""Quotas are used up by lines in order of time; a line takes all it asks or none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lakehouse.law.tax import Assessment, Declaration, QuotaLedger, Reference, assess
from tests.unit.lakehouse.law.taxed_line import LINE, OPEN, lists_with, payable

YEAR = {"valid_from": date(2025, 1, 1), "valid_to": date(2025, 12, 31)}
NEXT = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}


def quota_row(**columns: object) -> dict[str, object]:
    """100 tonnes a year of the code of the line."""
    return {
        "hs_code": "61091010",
        "quota_quantity": "100",
        "quantity_unit_code": "TNE",
        "tariff_table_code": "B14",
        **YEAR,
        **columns,
    }


def reference(*quotas: dict[str, object]) -> Reference:
    """The lists with quotas, and kilograms that can be turned into tonnes."""
    kilogram = {
        "quantity_unit_code": "KGM",
        "target_quantity_unit_code": "TNE",
        "conversion_factor": "0.001",
    }
    more = {"tariff_quota": [*quotas], "unit_conversion": [OPEN | kilogram]}
    return Reference.from_rows(lists_with() | more)


def tables(*quantities: str, unit: str = "TNE", **line: object) -> list[str | None]:
    """The tariff tables of lines of one declaration, by their quantities."""
    return [one.table_applied for one in lines_of(*quantities, unit=unit, **line).lines]


def lines_of(*quantities: str, unit: str = "TNE", **line: object) -> Assessment:
    lines = tuple(
        replace(
            LINE,
            line_no=place,
            first_quantity=Decimal(quantity),
            first_quantity_unit_code=unit,
            second_quantity_unit_code=None,
            **line,  # type: ignore[arg-type]
        )
        for place, quantity in enumerate(quantities, 1)
    )
    declaration = Declaration(date(2025, 8, 14), "VND", lines)
    return assess(declaration, reference(quota_row()))


def test_lines_of_one_declaration_draw_one_after_the_other() -> None:
    """60 of 100 fit, 41 of the 40 left do not: 80 %, not 20 %."""
    found = lines_of("60", "41")
    assert [one.table_applied for one in found.lines] == ["B01", "B14"]
    assert payable(found, 2)["import_duty"] == 8_000_000
    (finding,) = found.findings
    assert (finding.code, finding.line_no) == ("quota_exceeded", 2)
    assert finding.details["balance"] == "40"


def test_the_last_tonne_is_within_the_quota_and_the_next_is_not() -> None:
    assert tables("60", "40", "0.01") == ["B01", "B01", "B14"]


def test_a_line_that_does_not_fit_takes_nothing() -> None:
    """101 of 100 does not fit; then 100 still do."""
    assert tables("101", "100") == ["B14", "B01"]


def test_a_line_that_is_declared_beyond_the_quota_takes_nothing() -> None:
    assert tables("100", tariff_table_code="B14") == ["B14"]
    ledger, lists = QuotaLedger(), reference(quota_row())
    beyond = replace(LINE, is_over_quota=True, first_quantity_unit_code="TNE")
    within = replace(LINE, first_quantity=Decimal(100), first_quantity_unit_code="TNE")
    on = date(2025, 8, 14)
    for line in (beyond, within):
        found = assess(Declaration(on, "VND", (line,)), lists, ledger)
    assert found.lines[0].table_applied == "B01"


def test_a_quantity_draws_in_the_unit_of_the_quota() -> None:
    """100,000 KGM = 100 TNE use it up; 10 KGM more do not fit."""
    assert tables("100000", "10", unit="KGM") == ["B01", "B14"]


@pytest.mark.parametrize(
    ("on", "table"), [("2025-12-31", "B14"), ("2026-01-01", "B01")]
)
def test_declarations_draw_in_time_and_a_new_year_has_a_new_quota(
    on: str, table: str
) -> None:
    lists, ledger = reference(quota_row(), quota_row(**NEXT)), QuotaLedger()
    line = replace(LINE, first_quantity=Decimal(80), first_quantity_unit_code="TNE")
    days = (date(2025, 3, 1), date.fromisoformat(on))
    first, second = (
        assess(Declaration(day, "VND", (line,)), lists, ledger) for day in days
    )
    assert first.lines[0].table_applied == "B01"
    assert second.lines[0].table_applied == table


def test_codes_of_one_quota_draw_on_it_together() -> None:
    shared = {"quota_code": "SUGAR"}
    lists = reference(quota_row(**shared), quota_row(hs_code="17019910", **shared))
    ledger, on = QuotaLedger(), date(2025, 3, 1)
    line = replace(LINE, first_quantity=Decimal(80), first_quantity_unit_code="TNE")
    other = replace(line, hs_code="17019910")
    left = [ledger.draw_line(one, lists, on) for one in (line, other)]
    assert left == [Decimal(100), Decimal(20)]


def test_exports_draw_on_no_quota_of_imports() -> None:
    lists, ledger = reference(quota_row()), QuotaLedger()
    line = replace(LINE, first_quantity=Decimal(80), first_quantity_unit_code="TNE")
    out = Declaration(date(2025, 3, 1), "VND", (line,), direction_code="export")
    assert ledger.draw(out, lists) == {}
    assert ledger.draw_line(line, lists, date(2025, 3, 1)) == Decimal(100)
