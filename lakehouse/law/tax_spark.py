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
from lakehouse.law.tax_spark_entry import (
    VND,
    or_zero,
    rate_gap,
    with_entry,
    with_waiver,
)
from lakehouse.law.tax_spark_table import with_table
from lakehouse.law.tax_spark_value import keys_of

_JUDGED = ("gap_code", "table_applied", "finding_code", "finding_reason_code")
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
        lines: `registered_date`, `is_low_value` (without it none is), `kind_code`,
            `hs_code`, `origin_country_code`, `tariff_table_code`, both quantities with
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
    known, taxes = _assessed(lines, reference, by)
    return known.select(*kept, _result(taxes).alias(into))


def with_payable(
    lines: DataFrame, reference: Reference, *, by: Sequence[str]
) -> DataFrame:
    """Add `gap_code`, `table_applied`, the finding, and `payable_<tax>` of each tax.

    The amounts are null where there is a gap or the tax is not due; see `with_taxes`
    for the rest.
    """
    kept = list(lines.columns)
    known, taxes = _assessed(lines, reference, by)
    payable = (
        F.when(F.col("gap_code").isNull(), F.col(f"_payable_{tax}"))
        if tax in taxes
        else F.lit(None).cast(VND)
        for tax in TAX_TYPES
    )
    named = (
        amount.alias(f"payable_{tax}")
        for tax, amount in zip(TAX_TYPES, payable, strict=True)
    )
    return known.select(*kept, *_JUDGED, *named)


def _assessed(
    lines: DataFrame, reference: Reference, by: Sequence[str]
) -> tuple[DataFrame, tuple[str, ...]]:
    """Lines with all of their taxes as columns, and the taxes that some line may have.

    What the lists have for none of the codes is left out: each tax is dozens of
    expressions that the engine would plan and reckon for nothing.
    """
    kept = list(lines.columns)
    for name, kind in _OPTIONAL.items():
        if name not in kept:
            lines = lines.withColumn(name, F.lit(None).cast(kind))
    is_export = F.coalesce(F.col("direction_code") == "export", F.lit(False))
    lines = lines.withColumn("_is_export", is_export)
    codes = keys_of(lines, "hs_code")
    known, later = _with_facts(lines, codes, reference)
    duties = tax_facts.duty_rates(codes, reference)
    known = _joined(with_table(known), duties, ["hs_code", DAY, "table_applied"])
    known = _with_parcel(_with_duty(known), by, is_asked="is_low_value" in kept)
    known = _with_export_duty(_with_later_taxes(known, later))
    return known, ("import_duty", *later, EXPORT_DUTY)


def _with_facts(
    lines: DataFrame, codes: Sequence[tax_facts.Key], reference: Reference
) -> tuple[DataFrame, tuple[str, ...]]:
    """Lines with what the lists say of their codes, and the later taxes of these."""
    tables, origins = keys_of(lines, "tariff_table_code"), "origin_country_code"
    kinds, days = keys_of(lines, "kind_code"), sorted({on for _, on in codes})
    places = tax_facts.origin_facts(keys_of(lines, origins), reference)
    own = tax_facts.origin_rates(codes, reference)
    of_codes = tax_facts.code_facts(codes, reference)
    later = tuple(tax for tax in LATER_TAXES if _has_rates(tax, of_codes, own))
    unknown = [tax for tax in LATER_TAXES if tax not in later]
    of_codes = of_codes.drop_columns([f"rate_{tax}" for tax in unknown])
    own = own.drop_columns([f"own_rate_{tax}" for tax in unknown])
    known = _joined(lines, of_codes, ["hs_code", DAY])
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
        for tax in later
    }
    nothing = F.array().cast(_RELIEFS)
    declared = F.coalesce(F.col("reliefs"), nothing)
    reliefs = F.concat(declared, F.coalesce(F.col("kind_reliefs"), nothing))
    return known.withColumns(own_or_any | {"_reliefs": reliefs}), later


def _has_rates(tax: str, of_codes: pa.Table, own: pa.Table) -> bool:
    """Tell whether a tax concerns any code; the lack of VAT is a gap, so it does."""
    known = (of_codes[f"rate_{tax}"], own[f"own_rate_{tax}"])
    return tax == "vat" or any(rates.null_count < len(rates) for rates in known)


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
        .when(subject, rate_gap(rate))
    )
    lines = lines.withColumn("_due_import_duty", subject & rate.isNotNull())
    return with_entry(lines.withColumn("gap_code", gap), "import_duty", value)


def _with_parcel(lines: DataFrame, by: Sequence[str], *, is_asked: bool) -> DataFrame:
    """The verdicts on parcels; a line that is missing holds back the others."""
    if not is_asked:
        none = F.lit(None).cast("string")
        return lines.withColumns({"parcel_duty_code": none, "parcel_vat_code": none})
    parcel = Window.partitionBy(*by)
    missing = F.max(F.col("gap_code").isNotNull().cast("int")).over(parcel)
    lines = lines.withColumns(
        {
            "_missing": missing == 1,
            "_value": F.sum("customs_value_vnd").over(parcel),
            "_duty": F.sum(or_zero("_payable_import_duty")).over(parcel),
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
    return with_waiver(lines, "import_duty", F.col("parcel_duty_code"))


def _with_later_taxes(lines: DataFrame, taxes: Sequence[str]) -> DataFrame:
    """The taxes after import duty; a later base counts what is payable before."""
    value = F.col("customs_value_vnd")
    before = value + or_zero("_payable_import_duty")
    for tax in taxes:
        rate = F.col(f"rate_{tax}")
        open_ = F.col("gap_code").isNull() & ~F.col("_is_export")
        due = (
            open_ & rate.isNotNull() & ~F.coalesce(rate["is_not_subject"], F.lit(False))
        )
        gap = F.when(~open_, F.col("gap_code")).when(due, rate_gap(rate))
        if tax == "vat":
            gap = gap.when(rate.isNull(), "vat_rate_missing")
        base = value if tax in ADDITIONAL_DUTIES else before
        lines = lines.withColumns({f"_due_{tax}": due, "gap_code": gap})
        lines = with_entry(lines, tax, base)
        before = before + or_zero(f"_payable_{tax}")
    return with_waiver(lines, "vat", F.col("parcel_vat_code"))


def _with_export_duty(lines: DataFrame) -> DataFrame:
    """Export duty, the only tax of what leaves; no rate means that none is due."""
    rate, open_ = F.col(f"rate_{EXPORT_DUTY}"), F.col("gap_code").isNull()
    exported = open_ & F.col("_is_export")
    due = exported & rate.isNotNull()
    due = due & ~F.coalesce(rate["is_not_subject"], F.lit(False))
    no_code = F.when(F.col("hs_code").isNull(), "hs_code_missing")
    gap = (
        F.when(~exported, F.col("gap_code"))
        .when(due, rate_gap(rate))
        .otherwise(F.coalesce(no_code, F.col("export_gap_code")))
    )
    lines = lines.withColumns({f"_due_{EXPORT_DUTY}": due, "gap_code": gap})
    return with_entry(lines, EXPORT_DUTY, F.col("customs_value_vnd"))


def _result(taxes: Sequence[str]) -> Column:
    entries = (F.when(F.col(f"_due_{tax}"), _entry(tax)) for tax in taxes)
    present = F.filter(F.array(*entries), lambda entry: entry.isNotNull())
    is_whole = F.col("gap_code").isNull()
    payable = F.lit(0).cast(VND)
    for tax in taxes:
        payable = (payable + or_zero(f"_payable_{tax}")).cast(VND)
    return F.struct(
        *_JUDGED,
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
