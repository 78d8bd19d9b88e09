"""A quantity is taken in the unit of the rate, or turned into it by the list."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lakehouse.law.tax_quantity import quantity_in
from lakehouse.law.tax_reference import Reference
from tests.unit.lakehouse.law.taxed_line import LINE, ON, OPEN

FACTORS = {("LBR", "KGM"): "0.45359237", ("TNE", "KGM"): "1000", ("KGM", "GRM"): "1000"}
REFERENCE = Reference.from_rows(
    {
        "unit_conversion": [
            OPEN
            | {
                "quantity_unit_code": unit,
                "target_quantity_unit_code": target,
                "conversion_factor": factor,
            }
            for (unit, target), factor in FACTORS.items()
        ]
    }
)


@pytest.mark.parametrize(
    ("quantity", "unit", "wanted", "expected"),
    [
        ("2", "TNE", "KGM", "2000"),
        # 100 pounds are 45.359237 kg.
        ("100", "LBR", "KGM", "45.3592"),
        # 1.5 pounds are 0.680388555 kg; the fifth decimal rounds up.
        ("1.5", "LBR", "KGM", "0.6804"),
        ("3", "KGM", "KGM", "3"),
        # No row turns kilograms into tonnes, though one does the opposite.
        ("3", "KGM", "TNE", None),
        ("3", "BX", "KGM", None),
        ("3", None, "KGM", None),
    ],
)
def test_a_quantity_is_turned_by_the_row_of_its_two_units(
    quantity: str, unit: str | None, wanted: str, expected: str | None
) -> None:
    line = replace(
        LINE,
        first_quantity=Decimal(quantity),
        first_quantity_unit_code=unit,
        second_quantity_unit_code=None,
    )
    found = quantity_in(line, wanted, REFERENCE, ON)
    assert found == (None if expected is None else Decimal(expected))


def test_what_is_declared_in_the_unit_goes_before_what_is_turned_into_it() -> None:
    """2 TNE would be 2,000 KGM, but the line says 1,950 KGM itself."""
    line = replace(
        LINE,
        first_quantity=Decimal(2),
        first_quantity_unit_code="TNE",
        second_quantity=Decimal(1950),
        second_quantity_unit_code="KGM",
    )
    assert quantity_in(line, "KGM", REFERENCE, ON) == Decimal(1950)


def test_a_factor_holds_in_its_period_only() -> None:
    assert quantity_in(LINE, "GRM", REFERENCE, ON) == Decimal(25500)
    assert quantity_in(LINE, "GRM", REFERENCE, date(2019, 12, 31)) is None
