"""Build `core.vnaccs__declaration_month`: one row per declaration, where it lies.

The month of first registration partitions every table of the declaration. An answer of
the system gives the date; until one has come, the day on which the first message came
stands in, and the rows move when the date is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.time import business_date_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def build(numbers: DataFrame, known: DataFrame) -> DataFrame:
    """Build the rows of every declaration in `numbers`.

    Args:
        numbers: declaration_key, registered_date (null where the message has none),
            known_from of new messages.
        known: rows of these declarations now.
    """
    from pyspark.sql import functions as F

    arrived = business_date_sql("known_from")
    said = numbers.selectExpr(
        "declaration_key",
        f"coalesce(registered_date, {arrived}) as registered_date",
        "registered_date is not null as is_date_declared",
    )
    before = known.select("declaration_key", "registered_date", "is_date_declared")
    lay = known.selectExpr(
        "declaration_key", "registered_month as month_before", "_earlier_months"
    )
    declared = F.expr("min(case when is_date_declared then registered_date end)")
    dates = (
        said.unionByName(before)
        .groupBy("declaration_key")
        .agg(declared.alias("declared"), F.min("registered_date").alias("stand_in"))
    )
    # A declared date outranks a stand-in; among equals the first date holds.
    month = "date_format(coalesce(declared, stand_in), 'yyyy-MM')"
    return dates.join(lay, on="declaration_key", how="left").selectExpr(
        "declaration_key",
        "coalesce(declared, stand_in) as registered_date",
        "declared is not null as is_date_declared",
        f"{month} as registered_month",
        "substring(declaration_key, 1, 5) as key_prefix",
        f"case when month_before <> {month} "
        "then concat_ws(' ', _earlier_months, month_before) "
        "else _earlier_months end as _earlier_months",
    )
