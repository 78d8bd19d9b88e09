"""Build `core.vnaccs__declaration_line`: one row per goods line of each known state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed
from transforms.vnaccs.candidates import named
from transforms.vnaccs.declaration import KNOWN_CANDIDATE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_STATE = (
    "declaration_key",
    "declaration_version",
    "_record_hash",
    "registered_date",
    "known_from",
    "known_until",
    "is_current",
    "registered_month",
)
_MESSAGE = ("declaration_key", "declaration_version", "_candidate")

_LINE = {
    "line_no": "=line_place",
    "vat_vnd": (
        # Rate codes of value added tax begin with V, the one-letter code of the tax.
        "=aggregate(filter(line.other_taxes, tax -> tax.tax_rate_code like 'V%'), "
        "cast(null as decimal(20,0)), (sum, tax) -> "
        "cast(coalesce(sum, 0) + try_cast(tax.tax_amount_vnd as decimal(18,0)) "
        "as decimal(20,0)))"
    ),
}


def build(
    raw: DataFrame,
    parcels: DataFrame,
    known: DataFrame,
    declarations: DataFrame,
    table: Table,
) -> DataFrame:
    """Build all lines of the declarations in `declarations`.

    Args:
        raw: new messages of `raw.vnaccs__declaration`.
        parcels: new messages of `raw.vnaccs__parcel`; each is one goods line.
        known: lines of these declarations now.
        declarations: rows of `core.vnaccs__declaration` as they will be, with
            `_candidate`, the message whose lines count.
    """
    content = [name for name in table.columns if name not in (*_STATE, "_run_seq")]
    counting = declarations.select("_candidate").distinct()
    before = known.selectExpr(f"{KNOWN_CANDIDATE} as _candidate", "*")
    lines = (
        _lines_of_declarations(_counting(raw, counting), table)
        .unionByName(_typed(_counting(parcels, counting), table, {"line_no": "=1"}))
        .unionByName(before.select(*_MESSAGE, *content))
    )
    states = declarations.select(*_STATE, "_candidate")
    return states.join(lines, on=list(_MESSAGE), how="inner")


def _counting(raw: DataFrame, counting: DataFrame) -> DataFrame:
    return named(raw, counting).selectExpr(
        "*",
        "substring(trim(declaration_no), 1, 11) as declaration_key",
        "cast(substring(trim(declaration_no), 12, 1) as int) as declaration_version",
    )


def _lines_of_declarations(raw: DataFrame, table: Table) -> DataFrame:
    exploded = raw.selectExpr(*_MESSAGE, "posexplode(lines) as (line_at, line)")
    placed = exploded.selectExpr("*", "line_at + 1 as line_place", "line.*")
    return _typed(placed, table, _LINE)


def _typed(frame: DataFrame, table: Table, expressions: dict[str, str]) -> DataFrame:
    content = Table(
        spec=table.spec,
        columns={n: c for n, c in table.columns.items() if n not in _STATE},
    )
    absent = {
        # A low-value parcel has no such field.
        name: "cast(null as string)"
        for name, column in content.columns.items()
        if name not in frame.columns and not column.is_technical
    }
    return frame.selectExpr(*_MESSAGE, *to_typed(content, absent | expressions))
