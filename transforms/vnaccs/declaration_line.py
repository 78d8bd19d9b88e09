"""Build `core.vnaccs__declaration_line`: one row per goods line of each known state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.stated import MESSAGE, in_states, typed_content

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# `CODE#&name#&quantity`: producers put their code before the name, and the quantity
# behind it where the field has too few decimals. Either may be missing.
_PARTS = "split(goods_name, '#&')"
_LAST = f"trim(element_at({_PARTS}, -1))"
_IS_QUANTITY = f"(size({_PARTS}) > 1 and {_LAST} rlike '^[0-9]+([.,][0-9]+)?$')"
_HAS_CODE = (
    f"(size({_PARTS}) > if({_IS_QUANTITY}, 2, 1) "
    f"and length(trim(get({_PARTS}, 0))) between 1 and 48)"
)

_LINE = {
    "line_no": "=line_place",
    "producer_goods_code": f"if({_HAS_CODE}, get({_PARTS}, 0), null)",
    "exact_quantity": f"if({_IS_QUANTITY}, replace({_LAST}, ',', '.'), null)",
    "vat_vnd": (
        # Rate codes of value added tax begin with V, the one-letter code of the tax.
        "=aggregate(filter(other_taxes, tax -> tax.tax_rate_code like 'V%'), "
        "cast(null as decimal(20,0)), (sum, tax) -> "
        "cast(coalesce(sum, 0) + try_cast(tax.tax_amount_vnd as decimal(18,0)) "
        "as decimal(20,0)))"
    ),
}


def build(
    lines: DataFrame,
    parcels: DataFrame,
    known: DataFrame,
    declarations: DataFrame,
    table: Table,
) -> DataFrame:
    """Build all lines of the declarations in `declarations`.

    Args:
        lines: lines of new messages that count, see `lines_of`.
        parcels: new low-value messages that count; each is one goods line.
        known: lines of these declarations now.
        declarations: rows of `core.vnaccs__declaration` as they will be.
    """
    stated = typed_content(lines, table, _LINE).unionByName(
        typed_content(parcels, table, {"line_no": "=1"})
    )
    return in_states(stated, known, declarations, table)


def lines_of(raw: DataFrame, fields: list[str]) -> DataFrame:
    """Lines of messages as sent, with `line_place`, from 1.

    Args:
        raw: new messages that count.
        fields: what is wanted of a line; the rest is not carried along.
    """
    exploded = raw.selectExpr(*MESSAGE, "posexplode(lines) as (line_at, line)")
    wanted = (f"line.{name} as {name}" for name in fields)
    return exploded.selectExpr(*MESSAGE, "line_at + 1 as line_place", *wanted)


def counts_of(lines: DataFrame) -> DataFrame:
    """Lines of each message that has any: `_candidate`, `_line_count`."""
    from pyspark.sql import functions as F

    return lines.groupBy("_candidate").agg(F.max("line_place").alias("_line_count"))
