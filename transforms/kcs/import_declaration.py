"""Build `core.kcs__import_declaration`: one row per declaration and state known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

REASONS = {
    "missing_value": (
        "Thiếu số tờ khai, ngày khai hợp lệ hoặc mã HS",
        "No declaration number, no valid date or no HS code",
    ),
    "double_number": (
        "Một số tờ khai có hai nội dung khác nhau đến cùng lúc",
        "Two contents of one declaration number arrived together",
    ),
}

_NUMBER = "kcs_declaration_no"
_REQUIRED = (_NUMBER, "kcs_filed_date", "hs_subheading")
_PLACE = ("_batch_seq", "_source_file", "_source_offset", "_received_at")


def type_rows(raw: DataFrame, table: Table) -> DataFrame:
    """Typed rows of `raw.kcs__declaration` with their place and a refusal code."""
    columns = to_typed(
        table,
        {"known_from": "=_received_at", "known_until": "=null", "is_current": "=false"},
        date_format="yyyy-MM-dd",
    )
    lacking = " or ".join(f"{name} is null" for name in _REQUIRED)
    earlier = (
        f"min(struct(_source_file, _source_offset, _record_hash)) over "
        f"(partition by {_NUMBER}, known_from)._record_hash"
    )
    return (
        raw.selectExpr(*columns, "_record_hash", *_PLACE)
        .selectExpr("*", f"{earlier} as _first_hash")
        .selectExpr(
            "*",
            f"case when {lacking} then 'missing_value' "
            "when _record_hash <> _first_hash then 'double_number' end as code",
        )
        .drop("_first_hash")
    )


def refused_rows(typed: DataFrame) -> DataFrame:
    """Rows that cannot be taken; see `lakehouse.refused`."""
    return typed.where("code is not null").selectExpr(
        "code", f"{_NUMBER} as payload", *_PLACE
    )


def build(typed: DataFrame, known: DataFrame, table: Table) -> DataFrame:
    """Build all rows of the declarations that new messages speak of.

    The same content again is no news; another content of a known number begins a new
    state. So the rows follow from what arrived when, in any order and batching.

    Args:
        typed: new rows, from `type_rows`.
        known: rows of these declarations now.
    """
    content = [
        name
        for name in table.columns
        if name not in ("known_until", "is_current", "_run_seq")
    ]
    arrivals = typed.where("code is null").select(*content)
    first = (
        f"row_number() over (partition by {_NUMBER}, _record_hash order by known_from)"
    )
    follows = f"lead(known_from) over (partition by {_NUMBER} order by known_from)"
    return (
        arrivals.unionByName(known.select(*content))
        .selectExpr("*", f"{first} as _nth")
        .where("_nth = 1")
        .selectExpr("*", f"{follows} as known_until")
        .selectExpr("*", "known_until is null as is_current")
        .select(*(name for name in table.columns if name != "_run_seq"))
    )
