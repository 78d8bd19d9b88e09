"""Contents of a subject told apart: which is known from when until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.entities.model import content_columns
from lakehouse.entities.typed import PLACE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SAME = ["_subject", "content_hash", "_record_hash"]
_NO_ORDER = "cast(null as string)"
_TELLING = [*_SAME, "_order", "_told_at"]


def tellings_new(heads: DataFrame, order: str | None) -> DataFrame:
    """When new messages tell each content; `heads` are typed rows of the main table."""
    return heads.selectExpr(*_SAME, f"{order or _NO_ORDER} as _order", "_told_at")


def tellings_known(known: DataFrame, subject: str, order: str | None) -> DataFrame:
    """What the main table remembers of when each content was told."""
    columns = [
        f"{subject} as _subject",
        *("content_hash", "_record_hash"),
        f"{order or _NO_ORDER} as _order",
    ]
    first = known.selectExpr(*columns, "known_from as _told_at")
    if "repeated_at" not in known.columns:
        return first
    again = known.where("repeated_at is not null")
    return first.unionByName(again.selectExpr(*columns, "repeated_at as _told_at"))


def states(new: DataFrame, known: DataFrame) -> DataFrame:
    """One row for each content of a subject.

    The first telling of a content counts; the next moment at which the same content
    came is `repeated_at`. So the states follow from what arrived when, in any order
    and batching of the same arrivals.

    Args:
        new: tellings of new messages.
        known: tellings that are remembered of the same subjects.
    """
    content = "partition by _subject, content_hash"
    # Of the contents that hold before this one, the first to come ends it.
    rank = "partition by _subject order by _order nulls first, known_from, content_hash"
    after = "rows between 1 following and unbounded following"
    return (
        new.select(*_TELLING)
        .unionByName(known.select(*_TELLING))
        .selectExpr(
            "*",
            f"min(_told_at) over ({content}) as known_from",
            f"row_number() over ({content} order by _told_at, _record_hash) as _nth",
        )
        .selectExpr(
            "*",
            "min(case when _told_at > known_from then _told_at end) "
            f"over ({content}) as repeated_at",
        )
        .where("_nth = 1")
        .selectExpr("*", f"min(known_from) over ({rank} {after}) as _next")
        .selectExpr(
            *("_subject", "content_hash", "_record_hash", "known_from", "repeated_at"),
            # `greatest` passes over what is empty.
            "case when _next is not null then greatest(known_from, _next) end "
            "as known_until",
            "_next is null as is_current",
        )
    )


def winners(heads: DataFrame, known: DataFrame, found: DataFrame) -> DataFrame:
    """Places of the new messages whose content a state is made of, one for each.

    Args:
        heads: typed rows of the main table.
        known: rows of the main table now; what it remembers need not be read again.
    """
    remembered = known.select("content_hash", "_record_hash").distinct()
    which = f"partition by {', '.join(_SAME)}"
    return (
        heads.join(found.select(*_SAME), on=_SAME, how="left_semi")
        .join(remembered, on=_SAME[1:], how="left_anti")
        .selectExpr(
            *PLACE,
            f"row_number() over ({which} order by {', '.join(PLACE)}) as _nth",
        )
        .where("_nth = 1")
        .drop("_nth")
    )


def rows_of_states(
    fresh: DataFrame, known: DataFrame, found: DataFrame, table: Table, subject: str
) -> DataFrame:
    """All rows of a table for the subjects of some states.

    Args:
        fresh: typed rows of the messages that won.
        known: rows of these subjects now.
        found: the states.
    """
    content = [*content_columns(table)]
    stood = known.selectExpr(
        *content, f"{subject} as _subject", "content_hash", "_record_hash"
    )
    return (
        fresh.select(*content, *_SAME)
        .unionByName(stood)
        .join(found, on=_SAME)
        .select(*(name for name in table.columns if name != "_run_seq"))
    )
