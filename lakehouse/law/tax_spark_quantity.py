"""Quantities of lines as Spark columns equal to `tax_quantity.quantity_in`."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

_QUANTITY = "decimal(18,4)"


def quantity_in(asked: Column) -> Column:
    """The quantity of a line in the unit of a rate or quota, null where there is none.

    Args:
        asked: struct with `unit_code`, and the `factors` of units that can be turned
            into it.
    """
    unit = asked["unit_code"]
    declared = [
        (F.col(f"{place}_quantity"), F.col(f"{place}_quantity_unit_code"))
        for place in ("first", "second")
    ]
    (first, first_unit), (second, second_unit) = declared
    return (
        F.when(unit == first_unit, first.try_cast(_QUANTITY))
        .when(unit == second_unit, second.try_cast(_QUANTITY))
        .otherwise(
            F.coalesce(*(_turned(asked["factors"], *one) for one in declared)),
        )
    )


def _turned(factors: Column, quantity: Column, unit: Column) -> Column:
    found = F.filter(factors, lambda one: one["unit_code"] == unit)
    product = quantity.try_cast(_QUANTITY) * F.get(found, F.lit(0))["factor"]
    return F.round(product, 4).try_cast(_QUANTITY)
