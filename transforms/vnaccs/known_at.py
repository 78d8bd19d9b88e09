"""What was known at each moment at which something arrived, as rows that stand a while.

The rows follow from the set of events and their arrivals alone, whatever their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOMENT = ("declaration_key", "_moment")
"""A declaration, and the how-manieth moment at which something of it arrived."""


def known_at_moments(told: DataFrame) -> DataFrame:
    """Each row of `told` once for every moment from its own `known_from` on.

    Returns:
        The columns of `told` without `known_from`, and `_moment`, `_known_at`.
    """
    moments = (
        told.select("declaration_key", "known_from")
        .distinct()
        .selectExpr(
            "declaration_key as _key",
            "known_from as _known_at",
            "row_number() over (partition by declaration_key order by known_from) "
            "as _moment",
        )
    )
    both = (told["declaration_key"] == moments["_key"]) & (
        told["known_from"] <= moments["_known_at"]
    )
    return told.join(moments, on=both, how="inner").drop("_key", "known_from")


def standing(said: DataFrame, moments: DataFrame, values: Sequence[str]) -> DataFrame:
    """Join what is said alike in neighbouring moments.

    Args:
        said: `MOMENT`, `_known_at` and values, one row for each moment in which it
            is so.
        moments: every row of `known_at_moments`, for the moment that follows.
        values: columns that are the same in a row as long as it stands.

    Returns:
        declaration_key, values, known_from, known_until.
    """
    from pyspark.sql import functions as F

    same = ", ".join(("declaration_key", *values))
    islands = said.selectExpr(
        *MOMENT,
        "_known_at",
        *values,
        f"_moment - row_number() over (partition by {same} order by _moment) as _run",
    )
    rows = islands.groupBy("declaration_key", *values, "_run").agg(
        F.min("_known_at").alias("known_from"), F.max("_moment").alias("_last")
    )
    after = moments.selectExpr(
        "declaration_key", "_moment - 1 as _last", "_known_at as known_until"
    ).distinct()
    return rows.join(after, on=["declaration_key", "_last"], how="left").select(
        "declaration_key", *values, "known_from", "known_until"
    )
