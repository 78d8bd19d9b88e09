"""Build `core.vnaccs__document`: one row per telling of a paper around declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed
from lakehouse.time import BUSINESS_ZONE_NAME
from transforms.vnaccs.by_number import KIND
from transforms.vnaccs.candidates import SERVER_AT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TOLD_MONTH = (
    f"coalesce(date_format(from_utc_timestamp({SERVER_AT}, '{BUSINESS_ZONE_NAME}'), "
    "'yyyy-MM'), '0000-00')"
)
PLACE = {"told_month": f"={TOLD_MONTH}", "known_from": "=_received_at"}


def first_tellings(raw: DataFrame) -> DataFrame:
    """New messages of `raw.vnaccs__document`, each content once, as it came first."""
    first = (
        "partition by _record_hash order by _received_at, _batch_seq, _source_offset"
    )
    return (
        raw.selectExpr("*", f"row_number() over ({first}) as _nth")
        .where("_nth = 1")
        .drop("_nth")
    )


def build(raw: DataFrame, known: DataFrame, table: Table) -> DataFrame:
    """Build the rows of the papers that new messages tell of.

    Args:
        raw: new messages, from `first_tellings`.
        known: rows of the same messages now; the first arrival counts.
    """
    expressions = PLACE | {
        "document_kind_code": KIND,
        "server_at": f"={SERVER_AT}",
    }
    rows = raw.selectExpr(*to_typed(table, expressions), "_record_hash")
    return earliest(rows, known, table)


def earliest(rows: DataFrame, known: DataFrame, table: Table) -> DataFrame:
    """Rows of a table of papers, each key once, known from its first arrival."""
    columns = [name for name in table.columns if name != "_run_seq"]
    nth = (
        f"row_number() over (partition by {', '.join(table.key)} "
        "order by known_from) as _nth"
    )
    return (
        rows.select(*columns)
        .unionByName(known.select(*columns))
        .selectExpr("*", nth)
        .where("_nth = 1")
        .select(*columns)
    )
