"""What is left of quotas before lines, as a Spark column equal to `QuotaLedger`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse.law.tax_declaration import Line
from lakehouse.law.tax_exact import ZERO
from lakehouse.law.tax_quota import QuotaLedger
from lakehouse.law.tax_reference import Reference

_BALANCE = pa.decimal128(20, 4)
_READ = (
    "registered_date",
    "hs_code",
    "tariff_table_code",
    "first_quantity",
    "first_quantity_unit_code",
    "second_quantity",
    "second_quantity_unit_code",
)


def with_quota_balance(
    lines: DataFrame, reference: Reference, *, by: Sequence[str], order: Sequence[str]
) -> DataFrame:
    """Add `quota_balance`: what is left of its quota before each line.

    Whether a line fits depends on whether each one before it did, so this is a walk
    and no sum; it walks the lines of quota goods alone, which are few.

    Args:
        lines: all lines that draw on the quotas concerned, from the first of their
            periods on, as `with_taxes` takes them.
        reference: the lists, as they are known now.
        by: the columns that name a declaration.
        order: the columns by which declarations come in time.
    """
    codes = sorted(code for code in reference.quota_codes() if code is not None)
    here = F.col("hs_code").isin(codes) & ~_is_export(lines) if codes else F.lit(0) == 1
    if "value_gap" in lines.columns:
        # What cannot be valued is not assessed, so it draws on nothing.
        here = here & F.col("value_gap").isNull()
    marks = [name for name in ("is_over_quota",) if name in lines.columns]
    wanted = dict.fromkeys([*order, *by, "line_no", *_READ, *marks])
    asked = lines.where(here).select(*wanted).toArrow()
    if not len(asked):
        nothing = F.lit(None).cast("decimal(20,4)")
        return lines.withColumn("quota_balance", nothing)
    names = [*by, "line_no"]
    schema = pa.schema([*(asked.schema.field(name) for name in names)])
    rows = sorted(asked.to_pylist(), key=itemgetter(*dict.fromkeys([*order, *names])))
    found = pa.Table.from_pylist(rows, schema).append_column(
        "quota_balance", pa.array(_walk(rows, reference), _BALANCE)
    )
    balances = lines.sparkSession.createDataFrame(found)
    return lines.join(F.broadcast(balances), on=names, how="left")


def _is_export(lines: DataFrame) -> Column:
    if "direction_code" not in lines.columns:
        return F.lit(False)
    return F.coalesce(F.col("direction_code") == "export", F.lit(False))


def _walk(rows: Iterable[dict[str, Any]], reference: Reference) -> list[Any]:
    ledger = QuotaLedger()
    return [
        ledger.draw_line(_line(row), reference, row["registered_date"]) for row in rows
    ]


def _line(row: dict[str, Any]) -> Line:
    return Line(
        line_no=row["line_no"],
        hs_code=row["hs_code"],
        origin_country_code=None,
        tariff_table_code=row["tariff_table_code"],
        # A quota asks for quantities only.
        invoice_amount=ZERO,
        first_quantity=row["first_quantity"],
        first_quantity_unit_code=row["first_quantity_unit_code"],
        second_quantity=row["second_quantity"],
        second_quantity_unit_code=row["second_quantity_unit_code"],
        is_over_quota=bool(row.get("is_over_quota")),
    )
