"""Build `core.vnaccs__declaration_line`: one row per goods line of each known state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed

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
_MESSAGE = ("declaration_key", "declaration_version", "_record_hash")

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
    sent: DataFrame, known: DataFrame, declarations: DataFrame, table: Table
) -> DataFrame:
    """Build all lines of the declarations in `declarations`.

    Args:
        sent: typed lines of new messages, from `lines_of_declarations` and
            `lines_of_parcels`.
        known: lines of these declarations now.
        declarations: rows of `core.vnaccs__declaration` as they will be.
    """
    content = [name for name in table.columns if name not in (*_STATE, "_run_seq")]
    lines = sent.unionByName(known.select(*_MESSAGE, *content))
    place = f"partition by {', '.join(_MESSAGE)}, line_no order by line_no"
    once = (
        lines.selectExpr("*", f"row_number() over ({place}) as _nth")
        .where("_nth = 1")
        .drop("_nth")
    )
    return declarations.select(*_STATE).join(once, on=list(_MESSAGE), how="inner")


def lines_of_declarations(raw: DataFrame, table: Table) -> DataFrame:
    """Typed lines of `raw.vnaccs__declaration`, each message once."""
    exploded = _numbered(raw).selectExpr(
        "declaration_key",
        "declaration_version",
        "_record_hash",
        "posexplode(lines) as (line_at, line)",
    )
    placed = exploded.selectExpr("*", "line_at + 1 as line_place", "line.*")
    return _typed(placed, table, _LINE)


def lines_of_parcels(raw: DataFrame, table: Table) -> DataFrame:
    """The one goods line of each low-value parcel."""
    return _typed(_numbered(raw), table, {"line_no": "=1"})


def _typed(frame: DataFrame, table: Table, expressions: dict[str, str]) -> DataFrame:
    wanted = dict(expressions)
    for name, column in table.columns.items():
        absent = name not in frame.columns and name not in wanted
        if absent and not column.is_technical:
            wanted[name] = "cast(null as string)"
    content = Table(
        spec=table.spec,
        columns={n: c for n, c in table.columns.items() if n not in _STATE},
    )
    return frame.selectExpr(*_MESSAGE, *to_typed(content, _only(content, wanted)))


def _only(table: Table, expressions: dict[str, str]) -> dict[str, str]:
    return {name: sql for name, sql in expressions.items() if name in table.columns}


def _numbered(raw: DataFrame) -> DataFrame:
    place = "partition by declaration_no, _record_hash order by _source_offset"
    return (
        raw.selectExpr("*", f"row_number() over ({place}) as _nth")
        .where("_nth = 1 and cast(content_rank as int) > 0")
        .selectExpr(
            "*",
            "substring(trim(declaration_no), 1, 11) as declaration_key",
            "cast(substring(trim(declaration_no), 12, 1) as int) as declaration_version",
        )
    )
