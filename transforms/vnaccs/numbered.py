"""Messages about a declaration that have a number of their own, typed and told apart.

Of several messages with one number and event, that with the later server time holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed
from transforms.vnaccs.candidates import SERVER_AT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_PLACE = ("registered_date", "registered_month")
_BY_MESSAGE = {
    "declaration_key": "substring(trim(declaration_no), 1, 11)",
    "declaration_version": "substring(trim(declaration_no), 12, 1)",
    "server_at": f"={SERVER_AT}",
    "known_from": "=_received_at",
}


def typed_rows(raw: DataFrame, table: Table, expressions: dict[str, str]) -> DataFrame:
    """Contract columns of new messages, without the place of the declaration."""
    content = Table(
        spec=table.spec,
        columns={n: c for n, c in table.columns.items() if n not in _PLACE},
    )
    wanted = {
        name: "cast(null as string)"
        for name, column in content.columns.items()
        if name not in raw.columns and not column.is_technical
    }
    wanted |= {n: e for n, e in _BY_MESSAGE.items() if n in content.columns}
    return raw.selectExpr(*to_typed(content, wanted | expressions), "_record_hash")


def latest(
    told: DataFrame,
    known: DataFrame,
    months: DataFrame,
    table: Table,
    number: Sequence[str],
) -> DataFrame:
    """All rows of the declarations in `months`.

    Args:
        told: rows of new messages, from `typed_rows`.
        known: rows of these declarations now.
        months: declaration_key, registered_date, registered_month.
        number: columns that name what a message is about.
    """
    columns = [n for n in table.columns if n not in (*_PLACE, "_run_seq")]
    rows = told.select(*columns).unionByName(known.select(*columns))
    about = f"partition by {', '.join(number)}"
    place = ", ".join(table.key)
    return (
        rows.selectExpr(
            "*",
            f"dense_rank() over ({about} order by server_at desc nulls last, "
            "_record_hash) as _rank",
            f"row_number() over (partition by {place}, _record_hash "
            "order by known_from) as _nth",
        )
        .where("_rank = 1 and _nth = 1")
        .join(months.select("declaration_key", *_PLACE), on="declaration_key")
        .select(*(n for n in table.columns if n != "_run_seq"))
    )
