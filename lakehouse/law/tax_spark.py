"""The taxes of lines as Spark columns equal to `tax.assess`.

A line carries what `assess` would say of it: the table applied, the taxes in the order
of the law, or the reason why there are none. Only what Sail and Apache Spark compute
alike is used, and nothing that can fail on a value. A differential test holds the
columns and the Python functions together.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from lakehouse.law import tax_facts
from lakehouse.law.tax_facts import DAY
from lakehouse.law.tax_reference import (
    ADDITIONAL_DUTIES,
    EXPORT_DUTY,
    LATER_TAXES,
    TAX_TYPES,
    Reference,
)
from lakehouse.law.tax_spark_quantity import quantity_in
from lakehouse.law.tax_spark_table import with_table
from lakehouse.law.tax_spark_value import keys_of

_VND = "decimal(20,0)"
_EXACT = "decimal(37,12)"
_RELIEFS = "array<struct<tax_type:string,percent:decimal(9,4)>>"
# What a line of core does not say yet: it comes with permits and certificates.
_OPTIONAL = {
    "is_over_quota": "boolean",
    "certificate": (
        "struct<form_code:string,origin_country_code:string,hs6:string,"
        "issued_date:date,valid_to:date,status_code:string>"
    ),
    "is_certificate_known": "boolean",
    "reliefs": _RELIEFS,
    "value_gap": "string",
    "direction_code": "string",
    "quota_balance": "decimal(20,4)",
}


def with_taxes(
    lines: DataFrame, reference: Reference, *, by: Sequence[str], into: str
) -> DataFrame:
    """Add a struct with the taxes of each line, or why there are none.

    Fields: `gap_code`, `table_applied`, `finding_code`, `finding_reason_code`,
    `parcel_duty_code`, `parcel_vat_code`, `taxes` (tax_type, base_vnd, percent,
    unit_vnd, amount_vnd, relief_vnd, payable_vnd) and `payable_vnd`.

    Args:
        lines: `registered_date`, `is_low_value`, `kind_code`, `hs_code`,
            `origin_country_code`, `tariff_table_code`, first and second quantity with
            their units, `customs_value_vnd` and the columns in `by`; where they are
            known, `direction_code` (else import), `is_over_quota`, `quota_balance`
            (what is left before the line, else the whole), `certificate` (struct as
            `Certificate`), `is_certificate_known`, `reliefs` (structs as `Relief`) and
            `value_gap`. Exact for quantities and rates of at most four decimals.
        reference: the lists, as they are known now.
        by: the columns that name a declaration.
        into: name of the new column.
    """
    kept = list(lines.columns)
    for name, kind in _OPTIONAL.items():
        if name not in kept:
            lines = lines.withColumn(name, F.lit(None).cast(kind))
    is_export = F.coalesce(F.col("direction_code") == "export", F.lit(False))
    lines = lines.withColumn("_is_export", is_export)
    codes = keys_of(lines, "hs_code")
    known = with_table(_with_facts(lines, codes, reference))
    duties = tax_facts.duty_rates(codes, reference)
    known = _joined(known, duties, ["hs_code", DAY, "table_applied"])
    known = _with_later_taxes(_with_parcel(_with_duty(known), by))
    known = _with_export_duty(known)
    return known.select(*kept, _result().alias(into))


def _with_facts(
    lines: DataFrame, codes: Sequence[tax_facts.Key], reference: Reference
) -> DataFrame:
    """Lines with all that the lists say of their codes on their days."""
    tables, origins = keys_of(lines, "tariff_table_code"), "origin_country_code"
    kinds, days = keys_of(lines, "kind_code"), sorted({on for _, on in codes})
    places = tax_facts.origin_facts(keys_of(lines, origins), reference)
    own = tax_facts.origin_rates(codes, reference)
    known = _joined(lines, tax_facts.code_facts(codes, reference), ["hs_code", DAY])
    known = _joined(known, own, ["hs_code", DAY, origins])
    known = _joined(
        known, tax_facts.table_facts(tables, reference), ["tariff_table_code", DAY]
    )
    known = _joined(known, places, [origins, DAY])
    known = _joined(known, tax_facts.kind_facts(kinds, reference), ["kind_code", DAY])
    known = _joined(known, tax_facts.day_facts(days, reference), [DAY])
    own_or_any = {
        f"rate_{tax}": F.when(F.col("has_own"), F.col(f"own_rate_{tax}")).otherwise(
            F.col(f"rate_{tax}")
        )
        for tax in LATER_TAXES
    }
    nothing = F.array().cast(_RELIEFS)
    declared = F.coalesce(F.col("reliefs"), nothing)
    reliefs = F.concat(declared, F.coalesce(F.col("kind_reliefs"), nothing))
    return known.withColumns(own_or_any | {"_reliefs": reliefs})


def _joined(lines: DataFrame, facts: pa.Table, on: list[str]) -> DataFrame:
    if not len(facts):
        # The lists say nothing here, and a frame without rows has no types.
        fields = from_arrow_schema(facts.schema).fields
        return lines.withColumns(
            {
                field.name: F.lit(None).cast(field.dataType)
                for field in fields
                if field.name not in on
            }
        )
    frame = lines.sparkSession.createDataFrame(facts)
    return lines.join(F.broadcast(frame), on=on, how="left")


def _with_duty(lines: DataFrame) -> DataFrame:
    """Import duty before what a parcel as a whole decides."""
    rate, value = F.col("rate_import_duty"), F.col("customs_value_vnd")
    imported = F.col("gap_code").isNull() & ~F.col("_is_export")
    subject = imported & ~F.col("is_not_subject")
    gap = (
        F.when(F.col("gap_code").isNotNull(), F.col("gap_code"))
        .when(subject & rate.isNull(), "duty_rate_missing")
        .when(subject, _rate_gap(rate))
    )
    lines = lines.withColumn("_due_import_duty", subject & rate.isNotNull())
    return _with_entry(lines.withColumn("gap_code", gap), "import_duty", value)


def _with_parcel(lines: DataFrame, by: Sequence[str]) -> DataFrame:
    """The verdicts on parcels; a line that is missing holds back the others."""
    parcel = Window.partitionBy(*by)
    missing = F.max(F.col("gap_code").isNotNull().cast("int")).over(parcel)
    lines = lines.withColumns(
        {
            "_missing": missing == 1,
            "_value": F.sum("customs_value_vnd").over(parcel),
            "_duty": F.sum(_or_zero("_payable_import_duty")).over(parcel),
        }
    )
    is_parcel = F.col("is_low_value") & ~F.col("_is_export")
    is_judged = is_parcel & ~F.col("_missing")
    held = is_parcel & F.col("_missing") & F.col("gap_code").isNull()
    small = F.col("_duty") < F.col("duty_exempt_under_vnd")
    duty = (
        F.when(F.col("_value") <= F.col("duty_exempt_up_to_vnd"), "exempt_by_value")
        .when(small, "exempt_by_small_duty")
        .otherwise("due")
    )
    up_to = F.col("_value") <= F.col("vat_exempt_up_to_vnd")
    vat = F.when(up_to, "exempt_by_value").otherwise("due")
    lines = lines.withColumns(
        {
            "gap_code": F.when(held, "parcel_incomplete").otherwise(F.col("gap_code")),
            "parcel_duty_code": F.when(is_judged, duty),
            "parcel_vat_code": F.when(is_judged, vat),
        }
    )
    return _waived(lines, "import_duty", F.col("parcel_duty_code"))


def _with_later_taxes(lines: DataFrame) -> DataFrame:
    """The taxes after import duty; a later base counts what is payable before."""
    value = F.col("customs_value_vnd")
    before = value + _or_zero("_payable_import_duty")
    for tax in LATER_TAXES:
        rate = F.col(f"rate_{tax}")
        open_ = F.col("gap_code").isNull() & ~F.col("_is_export")
        due = (
            open_ & rate.isNotNull() & ~F.coalesce(rate["is_not_subject"], F.lit(False))
        )
        gap = F.when(~open_, F.col("gap_code")).when(due, _rate_gap(rate))
        if tax == "vat":
            gap = gap.when(rate.isNull(), "vat_rate_missing")
        base = value if tax in ADDITIONAL_DUTIES else before
        lines = lines.withColumns({f"_due_{tax}": due, "gap_code": gap})
        lines = _with_entry(lines, tax, base)
        before = before + _or_zero(f"_payable_{tax}")
    return _waived(lines, "vat", F.col("parcel_vat_code"))


def _with_export_duty(lines: DataFrame) -> DataFrame:
    """Export duty, the only tax of what leaves; no rate means that none is due."""
    rate, open_ = F.col(f"rate_{EXPORT_DUTY}"), F.col("gap_code").isNull()
    exported = open_ & F.col("_is_export")
    due = exported & rate.isNotNull()
    due = due & ~F.coalesce(rate["is_not_subject"], F.lit(False))
    no_code = F.when(F.col("hs_code").isNull(), "hs_code_missing")
    gap = (
        F.when(~exported, F.col("gap_code"))
        .when(due, _rate_gap(rate))
        .otherwise(F.coalesce(no_code, F.col("export_gap_code")))
    )
    lines = lines.withColumns({f"_due_{EXPORT_DUTY}": due, "gap_code": gap})
    return _with_entry(lines, EXPORT_DUTY, F.col("customs_value_vnd"))


def _rate_gap(rate: Column) -> Column:
    """Why a rate for a unit cannot be applied to a line, null where it can."""
    by_unit = rate["is_by_unit"]
    no_quantity = quantity_in(rate).isNull()
    return F.when(by_unit & no_quantity, "unit_mismatch").when(
        by_unit & rate["unit_vnd"].isNull(), "exchange_rate_missing"
    )


def _with_entry(lines: DataFrame, tax: str, base: Column) -> DataFrame:
    """One tax: percent of the base, an amount for a unit, or both, rounded once."""
    rate = F.col(f"rate_{tax}")
    hundredth = F.expr("cast(0.01 as decimal(3,2))")
    whole = base.cast(_VND)
    percent = (whole * rate["percent"] * hundredth).try_cast(_EXACT)
    by_unit = (quantity_in(rate) * rate["unit_vnd"]).try_cast(_EXACT)
    zero = F.lit(0).cast(_EXACT)
    amount = F.coalesce(percent, zero) + F.coalesce(by_unit, zero)
    due, known = F.col(f"_due_{tax}"), F.col(f"_amount_{tax}")
    reliefs = F.filter("_reliefs", lambda relief: relief["tax_type"] == tax)
    lines = lines.withColumns(
        {
            f"_base_{tax}": F.when(rate["percent"].isNotNull(), whole),
            f"_amount_{tax}": F.when(due, F.round(amount, 0).try_cast(_VND)),
            f"_reliefs_{tax}": reliefs,
        }
    )
    relieved = F.aggregate(
        f"_reliefs_{tax}",
        F.lit(0).cast(_VND),
        lambda total, relief: (
            total + F.round(known * relief["percent"] * hundredth, 0)
        ).cast(_VND),
    )
    lines = lines.withColumn(f"_relief_{tax}", F.least(known, relieved))
    payable = (known - F.col(f"_relief_{tax}")).cast(_VND)
    return lines.withColumn(f"_payable_{tax}", payable)


def _waived(lines: DataFrame, tax: str, verdict: Column) -> DataFrame:
    is_waived = verdict.isNotNull() & (verdict != "due")
    amount, nothing = F.col(f"_amount_{tax}"), F.lit(0).cast(_VND)
    relief, payable = F.col(f"_relief_{tax}"), F.col(f"_payable_{tax}")
    waived = F.when(amount.isNotNull(), nothing)
    return lines.withColumns(
        {
            f"_relief_{tax}": F.when(is_waived, amount).otherwise(relief),
            f"_payable_{tax}": F.when(is_waived, waived).otherwise(payable),
        }
    )


def _or_zero(name: str) -> Column:
    return F.coalesce(F.col(name), F.lit(0).cast(_VND))


def _result() -> Column:
    entries = (F.when(F.col(f"_due_{tax}"), _entry(tax)) for tax in TAX_TYPES)
    present = F.filter(F.array(*entries), lambda entry: entry.isNotNull())
    is_whole = F.col("gap_code").isNull()
    payable = F.lit(0).cast(_VND)
    for tax in TAX_TYPES:
        payable = (payable + _or_zero(f"_payable_{tax}")).cast(_VND)
    return F.struct(
        "gap_code",
        "table_applied",
        "finding_code",
        "finding_reason_code",
        "parcel_duty_code",
        "parcel_vat_code",
        F.when(is_whole, present).alias("taxes"),
        F.when(is_whole, payable).alias("payable_vnd"),
    )


def _entry(tax: str) -> Column:
    rate = F.col(f"rate_{tax}")
    return F.struct(
        F.lit(tax).alias("tax_type"),
        F.col(f"_base_{tax}").alias("base_vnd"),
        rate["percent"].alias("percent"),
        rate["unit_vnd"].alias("unit_vnd"),
        F.col(f"_amount_{tax}").alias("amount_vnd"),
        F.col(f"_relief_{tax}").alias("relief_vnd"),
        F.col(f"_payable_{tax}").alias("payable_vnd"),
    )
