"""The tariff table of lines as Spark columns equal to `tax_table.choose_table`."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse.law.tax_declaration import VALID_CERTIFICATE
from lakehouse.law.tax_facts import DAY
from lakehouse.law.tax_spark_quantity import quantity_in
from lakehouse.law.tax_table import MFN, NOT_SUBJECT, PREFERENTIAL


def with_table(lines: DataFrame) -> DataFrame:
    """Add `table_applied`, `is_not_subject`, the finding and the first gap."""
    lines = _judged(lines)
    subject, role = F.col("_subject"), F.coalesce(F.col("role"), F.lit(""))
    declared = F.col("tariff_table_code")
    case, refused = F.col("_quota_case"), F.col("_refusal").isNotNull()
    within = subject & case.isNull()
    is_refused = within & (role == PREFERENTIAL) & refused
    is_ordinary = within & (role == MFN) & ~F.col("_has_mfn")
    out = case.isin("quota_exceeded", "declared_out")
    unknown = (F.col("_refusal") == "certificate_missing") & ~F.col("_is_told")
    is_unknown = is_refused & unknown
    is_refused = is_refused & ~unknown
    fallback = F.when(F.col("_has_mfn"), F.col("mfn_table"))
    table = (
        F.when(subject & out, F.col("quota")["table_code"])
        .when(is_refused, fallback.otherwise(F.col("ordinary_table")))
        .when(is_ordinary, F.col("ordinary_table"))
        .when(F.col("is_not_subject") | (within & ~is_unknown), declared)
    )
    finding = (
        F.when(subject & (case == "quota_exceeded"), "quota_exceeded")
        .when(is_refused, "fta_refused")
        .when(is_ordinary, "mfn_refused")
    )
    negative = F.when(F.col("customs_value_vnd") < 0, "negative_customs_value")
    gap = F.coalesce(F.col("value_gap"), negative)
    missing = subject & case.isin("quota_missing", "unit_mismatch")
    return lines.withColumns(
        {
            "table_applied": table,
            "finding_code": finding,
            "finding_reason_code": F.when(is_refused, F.col("_refusal")),
            "gap_code": F.when(missing, case)
            .when(is_unknown, "certificate_unknown")
            .otherwise(gap),
        }
    )


def _judged(lines: DataFrame) -> DataFrame:
    """Add whether a tax is due at all, and what quota and preference say."""
    no = F.lit(False)
    valued = F.col("value_gap").isNull() & (F.col("customs_value_vnd") >= 0)
    role = F.coalesce(F.col("role"), F.lit(""))
    imported = ~F.col("_is_export")
    return lines.withColumns(
        {
            "_subject": F.coalesce(valued, no) & imported & (role != NOT_SUBJECT),
            "is_not_subject": F.coalesce(valued, no) & imported & (role == NOT_SUBJECT),
            "_has_mfn": F.coalesce(F.col("has_mfn"), no),
            "_over": F.coalesce(F.col("is_over_quota"), no),
            "_in_unit": quantity_in(F.col("quota")),
            "_refusal": _refusal(),
            "_is_told": F.coalesce(F.col("is_certificate_known"), F.lit(True)),
        }
    ).withColumn("_quota_case", _quota_case())


def _quota_case() -> Column:
    """What the quota says of a line, null where it says nothing or the line fits."""
    quota, over = F.col("quota"), F.col("_over")
    left = F.coalesce(F.col("quota_balance"), quota["balance"])
    is_out_already = F.col("tariff_table_code").eqNullSafe(quota["table_code"])
    return (
        F.when(over & quota.isNull(), "quota_missing")
        .when(over, "declared_out")
        .when(quota.isNull() | is_out_already, None)
        .when(F.col("_in_unit").isNull(), "unit_mismatch")
        .when(F.col("_in_unit") > left, "quota_exceeded")
    )


def _refusal() -> Column:
    """Why the certificate does not give the preference, null where it does."""
    found, admitted, on = F.col("certificate"), F.col("admitted"), F.col(DAY)
    form, origin = found["form_code"], found["origin_country_code"]
    known_form = F.exists(admitted, lambda pair: pair["form_code"] == form)
    known_pair = F.exists(
        admitted,
        lambda pair: (
            (pair["form_code"] == form) & (pair["origin_country_code"] == origin)
        ),
    )
    same_origin = origin.eqNullSafe(F.col("origin_country_code"))
    hs6 = F.substring(F.coalesce(F.col("hs_code"), F.lit("")), 1, 6)
    return (
        F.when(admitted.isNull(), "agreement_not_in_force")
        .when(found.isNull(), "certificate_missing")
        .when(found["status_code"] != VALID_CERTIFICATE, "certificate_cancelled")
        .when(~known_form, "certificate_form")
        .when(~known_pair | ~same_origin, "certificate_origin")
        .when(found["hs6"] != hs6, "certificate_hs")
        .when(found["issued_date"] > on, "certificate_not_yet_issued")
        .when(found["valid_to"] < on, "certificate_expired")
    )
