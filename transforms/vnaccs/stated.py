"""Rows that a message states of a declaration, in each state in which it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed
from transforms.vnaccs.candidates import named
from transforms.vnaccs.declaration import KNOWN_CANDIDATE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

STATE = (
    "declaration_key",
    "declaration_version",
    "_record_hash",
    "registered_date",
    "known_from",
    "known_until",
    "is_current",
    "registered_month",
)
MESSAGE = ("declaration_key", "declaration_version", "_candidate")


def counting(raw: DataFrame, declarations: DataFrame) -> DataFrame:
    """New messages that count in some state, with the columns of `MESSAGE`."""
    return keyed(named(raw, declarations.select("_candidate")))


def keyed(messages: DataFrame) -> DataFrame:
    """Messages that are named, with the columns of `MESSAGE`."""
    return messages.selectExpr(
        "*",
        "substring(trim(declaration_no), 1, 11) as declaration_key",
        "cast(substring(trim(declaration_no), 12, 1) as int) as declaration_version",
    )


def typed_content(
    frame: DataFrame, table: Table, expressions: dict[str, str]
) -> DataFrame:
    """What the contract says besides the state, typed; what is not there is null."""
    content = Table(
        spec=table.spec,
        columns={n: c for n, c in table.columns.items() if n not in STATE},
    )
    absent = {
        name: "cast(null as string)"
        for name, column in content.columns.items()
        if name not in frame.columns and not column.is_technical
    }
    return frame.selectExpr(*MESSAGE, *to_typed(content, absent | expressions))


def in_states(
    stated: DataFrame, known: DataFrame, declarations: DataFrame, table: Table
) -> DataFrame:
    """All rows of the declarations in `declarations`.

    Args:
        stated: what new messages that count say, from `typed_content`.
        known: rows of these declarations now.
        declarations: rows of `core.vnaccs__declaration` as they will be, with
            `_candidate`, the message that counts.
    """
    content = [name for name in table.columns if name not in (*STATE, "_run_seq")]
    before = known.selectExpr(f"{KNOWN_CANDIDATE} as _candidate", "*")
    rows = stated.unionByName(before.select(*MESSAGE, *content))
    states = declarations.select(*STATE, "_candidate")
    return states.join(rows, on=list(MESSAGE), how="inner")
