"""What lines should pay, worked out for the model of `gold.fct_tax_difference`.

The law of taxes is declared in `lakehouse.law`, not again in the SQL of a model: this
makes a view of its answers known to the engine, for the lines that are to be judged.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lakehouse.engine import engine
from lakehouse.errors import DataRefused
from lakehouse.law.tax_reasons import REASONS
from lakehouse.law.tax_reference import HS_DIGITS, TAX_LISTS, Reference
from lakehouse.law.tax_spark import with_payable
from lakehouse.law.tax_spark_quota import with_quota_balance
from lakehouse.replace import literals
from lakehouse.tables import Lake

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FACT = "gold.fct_tax_difference"
VIEW = "ops_expected_tax"
ALL = "true"
_KEYS = "ops_tax_keys"
_DECLARATION = "core.vnaccs__declaration"
_LINE = "core.vnaccs__declaration_line"
_CHANGING = (_DECLARATION, _LINE, "core.vnaccs__declaration_tax")
_MONTH = "core.vnaccs__declaration_month"
_CURRENT = "known_until is null"
_KEY = ("declaration_key",)
# A registration that does not say its time comes after those of its day that do.
_TIME = ("registered_date", "_registered_at")
_PARTS = {
    "import_duty": ("import_duty",),
    "additional_duty": ("safeguard", "anti_dumping", "anti_subsidy"),
    "special_consumption_tax": ("sct",),
    "environment_tax": ("ept",),
    "vat": ("vat",),
    "export_duty": ("export_duty",),
}


class _Work(NamedTuple):
    """The lake, what the fact has consumed, and a folder for what is read twice."""

    lake: Lake
    since: int
    folder: Path

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        path = str(self.folder / name)
        frame.write.mode("overwrite").parquet(path)
        return engine().spark.read.schema(frame.schema).parquet(path)


def work_out_taxes(lake: Lake, since: int, folder: Path) -> str:
    """Make the view of expected taxes known; which declarations it covers, as SQL.

    Args:
        lake: its core tables are known to the engine.
        since: the newest run that the fact has consumed, 0 for none.
        folder: where intermediate rows may lie during the run.

    Raises:
        DataRefused: the engine cannot read or reckon something.
    """
    from pyspark.errors import PySparkException

    try:
        return _work_out(_Work(lake, since, folder))
    except PySparkException as error:
        raise DataRefused(
            "model_failed",
            f"{FACT}: {' '.join(str(error).split())[:600]}",
            "No gold table was built; correct the cause and run again",
        ) from None


def _work_out(work: _Work) -> str:
    scope = ALL if work.since == 0 or _lists_changed(work) else _changed(work)
    codes = _quota_codes(work)
    if scope != ALL and codes and _touches(scope, codes):
        # Who comes earlier leaves less for all who come later.
        scope = _changed(work, codes)
    lines = work.keep(_lines(scope), "ops_tax_lines")
    reference = _reference(work, lines)
    known = with_quota_balance(lines, reference, by=_KEY, order=_TIME)
    _shown(with_payable(known, reference, by=_KEY)).createOrReplaceTempView(VIEW)
    return scope


def _lists_changed(work: _Work) -> bool:
    newest = "select coalesce(max(_run_seq), 0) as seq from t"
    names = (f"ref.{name}" for name in (*TAX_LISTS, "tax_kind"))
    return any(work.lake.read(n, newest)["seq"][0].as_py() > work.since for n in names)


def _changed(work: _Work, quota_codes: str | None = None) -> str:
    """The declarations with news, and with goods of quotas if news concern these."""
    place = "declaration_key, registered_month"
    newer = f"_run_seq > {work.since}"
    parts = [f"select {place} from {name} where {newer}" for name in _CHANGING]
    parts.append(
        "select declaration_key, explode(split(_earlier_months, ' ')) "
        f"as registered_month from {_MONTH} "
        f"where _earlier_months is not null and {newer}"
    )
    if quota_codes:
        parts.append(f"select {place} from {_LINE} where hs_code in ({quota_codes})")
    spark = engine().spark
    keys = spark.sql(" union all ".join(parts)).distinct()
    name = f"{_KEYS}_{'quota' if quota_codes else 'news'}"
    kept = work.keep(keys, name)
    kept.createOrReplaceTempView(name)
    return (
        f"registered_month in ({literals(kept, 'registered_month')}) and "
        f"declaration_key in (select declaration_key from {name})"
    )


def _quota_codes(work: _Work) -> str:
    rows = work.lake.read(
        "ref.tariff_quota", f"select distinct hs_code from t where {_CURRENT}"
    )
    return ", ".join(sorted(f"'{code}'" for code in rows["hs_code"].to_pylist()))


def _touches(scope: str, codes: str) -> bool:
    """Tell whether news have, or had in an earlier version, goods under a quota."""
    found = engine().spark.sql(
        f"select 1 as one from {_LINE} where hs_code in ({codes}) and {scope} limit 1"
    )
    return bool(found.collect())


def _lines(scope: str) -> DataFrame:
    return engine().spark.sql(
        f"""
        select
            l.declaration_key, l.line_no, l.declaration_version, d.direction_code,
            d.office_code,
            if(d.direction_code = 'import', d.importer_tax_code, d.exporter_tax_code)
                as tax_code,
            d.kind_code, l.hs_code, l.origin_country_code, l.tariff_table_code,
            l.first_quantity, l.first_quantity_unit_code,
            l.second_quantity, l.second_quantity_unit_code, l.customs_value_vnd,
            l.registered_date, l.registered_month,
            coalesce(d.registered_at, timestamp'9999-01-01') as _registered_at,
            false as is_certificate_known,
            case when d.registered_at is null then 'not_registered'
                when l.customs_value_vnd is null then 'customs_value_missing'
                end as value_gap
        from (select * from {_LINE} where is_current and {scope}) as l
        inner join (
            select * from {_DECLARATION}
            where is_current and not is_low_value and {scope}
        ) as d on l.declaration_key = d.declaration_key
        """
    )


def _reference(work: _Work, lines: DataFrame) -> Reference:
    """The lists as they are known now; of the rates those of the codes of the lines."""
    codes = lines.selectExpr(f"substring(hs_code, 1, {HS_DIGITS}) as code").distinct()
    known = sorted(row.code for row in codes.collect() if row.code is not None)
    of_codes = ", ".join("'" + code.replace("'", "''") + "'" for code in known) or "''"
    start = f"select * from t where {_CURRENT}"
    here = f" and (substr(hs_code, 1, {HS_DIGITS}) in ({of_codes})"
    rates = f"{here} or tax_type_code = 'export_duty')"
    where = {"tax_rate": rates, "vat_reduction": f"{here})"}
    return Reference.from_rows(
        {
            name: work.lake.read(f"ref.{name}", start + where.get(name, "")).to_pylist()
            for name in TAX_LISTS
        }
    )


def _shown(lines: DataFrame) -> DataFrame:
    """The columns that the model reads."""
    from pyspark.sql import functions as F

    amounts = {
        part: [F.col(f"payable_{tax}") for tax in taxes]
        for part, taxes in _PARTS.items()
    }
    sums = []
    everything = []
    for part, columns in amounts.items():
        known = [F.coalesce(one, F.lit(0)) for one in columns]
        everything += known
        whole = sum(known[1:], known[0]).cast("decimal(20,0)")
        is_due = F.coalesce(*columns).isNotNull()
        sums.append(F.when(is_due, whole).alias(f"expected_{part}_vnd"))
    total = sum(everything[1:], everything[0]).cast("decimal(20,0)")
    reasons = F.lit(None).cast("string")
    for code, (text, _) in REASONS.items():
        reasons = F.when(F.col("gap_code") == code, text).otherwise(reasons)
    left_out = ("is_certificate_known", "value_gap", "quota_balance", "_registered_at")
    return lines.select(
        *(name for name in lines.columns if name not in left_out),
        F.col("table_applied").alias("applied_tariff_table_code"),
        F.col("finding_code").alias("tax_finding_code"),
        F.col("finding_reason_code").alias("tax_finding_reason_code"),
        reasons.alias("gap_reason_vi"),
        F.lit(REASONS["relief_claimed"][0]).alias("relief_reason_vi"),
        F.when(F.col("gap_code").isNull(), total).alias("expected_tax_vnd"),
        *sums,
    )
