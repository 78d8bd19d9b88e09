"""One tax of lines as Spark columns equal to `tax_line.tax_entry`."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse.law.tax_spark_quantity import quantity_in

VND = "decimal(20,0)"
_EXACT = "decimal(37,12)"


def rate_gap(rate: Column) -> Column:
    """Why a rate for a unit cannot be applied to a line, null where it can."""
    by_unit = rate["is_by_unit"]
    no_quantity = quantity_in(rate).isNull()
    return F.when(by_unit & no_quantity, "unit_mismatch").when(
        by_unit & rate["unit_vnd"].isNull(), "exchange_rate_missing"
    )


def with_entry(lines: DataFrame, tax: str, base: Column) -> DataFrame:
    """One tax: percent of the base, an amount for a unit, or both, rounded once."""
    rate = F.col(f"rate_{tax}")
    hundredth = F.expr("cast(0.01 as decimal(3,2))")
    whole = base.cast(VND)
    percent = (whole * rate["percent"] * hundredth).try_cast(_EXACT)
    by_unit = (quantity_in(rate) * rate["unit_vnd"]).try_cast(_EXACT)
    zero = F.lit(0).cast(_EXACT)
    amount = F.coalesce(percent, zero) + F.coalesce(by_unit, zero)
    due, known = F.col(f"_due_{tax}"), F.col(f"_amount_{tax}")
    reliefs = F.filter("_reliefs", lambda relief: relief["tax_type"] == tax)
    lines = lines.withColumns(
        {
            f"_base_{tax}": F.when(rate["percent"].isNotNull(), whole),
            f"_amount_{tax}": F.when(due, F.round(amount, 0).try_cast(VND)),
            f"_reliefs_{tax}": reliefs,
        }
    )
    relieved = F.aggregate(
        f"_reliefs_{tax}",
        F.lit(0).cast(VND),
        lambda total, relief: (
            total + F.round(known * relief["percent"] * hundredth, 0)
        ).cast(VND),
    )
    lines = lines.withColumn(f"_relief_{tax}", F.least(known, relieved))
    payable = (known - F.col(f"_relief_{tax}")).cast(VND)
    return lines.withColumn(f"_payable_{tax}", payable)


def with_waiver(lines: DataFrame, tax: str, verdict: Column) -> DataFrame:
    """Relieve a tax whole where the verdict on the parcel is an exemption."""
    is_waived = verdict.isNotNull() & (verdict != "due")
    amount, nothing = F.col(f"_amount_{tax}"), F.lit(0).cast(VND)
    relief, payable = F.col(f"_relief_{tax}"), F.col(f"_payable_{tax}")
    waived = F.when(amount.isNotNull(), nothing)
    return lines.withColumns(
        {
            f"_relief_{tax}": F.when(is_waived, amount).otherwise(relief),
            f"_payable_{tax}": F.when(is_waived, waived).otherwise(payable),
        }
    )


def or_zero(name: str) -> Column:
    """An amount, nothing where there is none."""
    return F.coalesce(F.col(name), F.lit(0).cast(VND))
