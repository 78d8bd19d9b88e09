"""Customs values of lines as Spark columns equal to `tax_value.value_lines`."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakehouse.law.tax_facts import DAY, Key, exchange_facts
from lakehouse.law.tax_reference import Reference

_VND = "decimal(20,0)"
_PARTS = ("freight", "insurance", "addition", "deduction")


def with_customs_value(
    lines: DataFrame, charges: DataFrame, reference: Reference, *, by: Sequence[str]
) -> DataFrame:
    """Add the parts of the customs value, `customs_value_vnd` and `value_gap`.

    Args:
        lines: `line_no`, `registered_date`, `invoice_currency_code`,
            `invoice_amount`, and the columns in `by`.
        charges: common amounts: the columns in `by`, `charge_no`, `part` (freight,
            insurance, addition, deduction), `currency_code`, `amount`, and
            `line_nos`, null where all lines share it.
        reference: the lists, as they are known now.
        by: the columns that name a declaration.
    """
    priced = _priced(lines, reference)
    common = _common(charges, priced, reference, by)
    shares, gaps = _shares(priced, common, by), _gaps(priced, common, by)
    known = priced.join(shares, on=[*by, "line_no"], how="left")
    known = known.join(gaps, on=list(by), how="left")
    freight, insurance, addition, deduction = (
        F.coalesce(F.col(f"_{part}"), F.lit(0).cast(_VND)) for part in _PARTS
    )
    known = known.withColumns(
        {
            "freight_vnd": freight,
            "insurance_vnd": insurance,
            "adjustment_vnd": (addition - deduction).cast(_VND),
        }
    )
    value = F.col("invoice_vnd") + F.col("freight_vnd") + F.col("insurance_vnd")
    whole = (value + F.col("adjustment_vnd")).cast(_VND)
    known = known.withColumn("customs_value_vnd", whole)
    return known.drop("_rate", *(f"_{part}" for part in _PARTS))


def keys_of(frame: DataFrame, code: str) -> list[Key]:
    """The distinct codes of a column on each day."""
    rows = frame.select(code, DAY).distinct().toArrow().to_pylist()
    return [(row[code], row[DAY]) for row in rows]


def _rates(frame: DataFrame, keys: list[Key], reference: Reference) -> DataFrame:
    table = exchange_facts(keys, reference)
    return F.broadcast(frame.sparkSession.createDataFrame(table))


def _priced(lines: DataFrame, reference: Reference) -> DataFrame:
    """Lines with the invoice amount in dong."""
    currency = "invoice_currency_code"
    keys = keys_of(lines, currency)
    rates = _rates(lines, keys, reference).withColumnRenamed("currency_code", currency)
    priced = lines.join(rates, on=[currency, DAY], how="left")
    return priced.withColumn("invoice_vnd", _dong("invoice_amount"))


def _common(
    charges: DataFrame, lines: DataFrame, reference: Reference, by: Sequence[str]
) -> DataFrame:
    """Charges in dong, with the numbers of the lines that may take a share."""
    numbers = lines.groupBy(*by).agg(
        F.max(DAY).alias(DAY),
        F.collect_list("line_no").alias("_all"),
        F.collect_list(F.when(F.col("invoice_amount") > 0, F.col("line_no"))).alias(
            "_valued"
        ),
    )
    common = charges.join(numbers, on=list(by), how="inner")
    rates = _rates(lines, keys_of(common, "currency_code"), reference)
    common = common.join(rates, on=["currency_code", DAY], how="left")
    named = F.coalesce(F.col("line_nos"), F.col("_all"))
    return common.withColumn("_named", named).withColumn("_vnd", _dong("amount"))


def _gaps(lines: DataFrame, common: DataFrame, by: Sequence[str]) -> DataFrame:
    """What forbids to value a declaration, the first reason: `value_gap`."""
    of_lines = lines.select(
        *by,
        _first_of(
            exchange_rate_missing=F.col("_rate").isNull(),
            negative_amount=F.col("invoice_amount") < 0,
        ).alias("_rank"),
    )
    unknown = F.size(F.array_except("_named", "_all")) > 0
    taken = F.size(F.array_intersect("_named", "_valued")) > 0
    of_charges = common.select(
        *by,
        _first_of(
            exchange_rate_missing=F.col("_rate").isNull(),
            negative_amount=F.col("amount") < 0,
            adjustment_line_unknown=unknown,
            no_value_to_apportion_by=(F.col("amount") > 0) & ~taken,
        ).alias("_rank"),
    )
    ranks = of_lines.unionByName(of_charges).groupBy(*by)
    first = ranks.agg(F.min("_rank").alias("_rank"))
    return first.select(*by, F.substring("_rank", 3, 99).alias("value_gap"))


def _first_of(**reasons: Column) -> Column:
    """The first reason that holds, after a digit that ranks it."""
    ranked = ("exchange_rate_missing", "negative_amount", "adjustment_line_unknown")
    order = (*ranked, "no_value_to_apportion_by")
    found = F.lit(None).cast("string")
    for reason in reversed([one for one in order if one in reasons]):
        code = F.lit(f"{order.index(reason)} {reason}")
        found = F.when(reasons[reason], code).otherwise(found)
    return found


def _shares(lines: DataFrame, common: DataFrame, by: Sequence[str]) -> DataFrame:
    """By line: what it takes of each part; the last valued line takes the remainder.

    Decimals must not be divided, so a division of doubles proposes a share and the
    exact remainder corrects it.
    """
    part, whole = F.col("_part"), F.col("_whole")
    own = lines.where(F.col("invoice_amount") > 0).select(
        *by, "line_no", F.col("invoice_amount").try_cast("decimal(18,4)").alias("_part")
    )
    spread = common.select(
        *by, "charge_no", "part", "_named", F.col("_vnd").try_cast("decimal(18,0)")
    )
    pairs = spread.join(own, on=list(by), how="inner")
    pairs = pairs.where(F.array_contains("_named", F.col("line_no")))
    charge = Window.partitionBy(*by, "charge_no")
    backwards = charge.orderBy(F.col("line_no").desc())
    pairs = pairs.withColumns(
        {
            "_whole": F.sum("_part").over(charge).try_cast("decimal(18,4)"),
            "_place": F.row_number().over(backwards),
        }
    )
    near = F.col("_vnd").cast("double") * (part.cast("double") / whole.cast("double"))
    pairs = pairs.withColumn("_near", F.floor(near).cast("decimal(18,0)"))
    left = F.col("_vnd") * part - F.col("_near") * whole
    pairs = pairs.withColumn("_left", left)
    step = F.floor(F.col("_left").cast("double") / whole.cast("double"))
    pairs = pairs.withColumn("_step", step.cast("decimal(18,0)"))
    rest = F.col("_left") - F.col("_step") * whole
    beside = F.when(rest < 0, -1).when(rest >= whole, 1).otherwise(0)
    share = F.col("_near") + F.col("_step") + beside
    pairs = pairs.withColumn("_share", share.cast(_VND))
    remainder = F.col("_vnd") - F.sum("_share").over(charge)
    last = F.when(F.col("_place") == 1, remainder).otherwise(F.lit(0).cast(_VND))
    pairs = pairs.withColumn("_taken", (F.col("_share") + last).cast(_VND))
    return pairs.groupBy(*by, "line_no").agg(*_sums_of_parts())


def _sums_of_parts() -> list[Column]:
    return [
        F.sum(F.when(F.col("part") == name, F.col("_taken")))
        .cast(_VND)
        .alias(f"_{name}")
        for name in _PARTS
    ]


def _dong(amount: str) -> Column:
    product = F.col(amount).cast("decimal(20,4)") * F.col("_rate")
    return F.round(product, 0).try_cast(_VND)
