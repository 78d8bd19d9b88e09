"""The quantity of a line in the unit of a rate or a quota."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lakehouse.law.tax_declaration import Line
from lakehouse.law.tax_exact import product
from lakehouse.law.tax_reference import Reference

_PLACES = Decimal("0.0001")


def quantity_in(
    line: Line, unit_code: str | None, reference: Reference, on: date
) -> Decimal | None:
    """The quantity that is declared in a unit, else one turned into it.

    What is declared in the unit itself goes before what is converted, the first
    quantity before the second. A converted quantity is rounded to four decimals,
    half up, as finely as quantities are kept.
    """
    if unit_code is None:
        return None
    declared = _declared(line)
    for quantity, unit in declared:
        if unit == unit_code:
            return quantity
    for quantity, unit in declared:
        factor = reference.unit_factor(unit, unit_code, on)
        if quantity is not None and factor is not None:
            return product(quantity, factor).quantize(_PLACES, ROUND_HALF_UP)
    return None


def _declared(line: Line) -> Iterable[tuple[Decimal | None, str | None]]:
    return (
        (line.first_quantity, line.first_quantity_unit_code),
        (line.second_quantity, line.second_quantity_unit_code),
    )
