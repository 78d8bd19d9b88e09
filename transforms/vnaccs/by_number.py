"""Build what is told of declarations by another number, or by papers that name them.

A journey under supervision names its declarations once and then goes by a number of
its own, as an amendment after clearance does from its registration on. Whatever names
such a number tells of each declaration that the number was ever given for, in whichever
order they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SECONDS_A_DAY = 86_400
IS_KEYED = "coalesce(declaration_no rlike '^[0-9]{12}$', false)"
_SAID = (
    "actor_code",
    "server_time",
    "procedure_code",
    "output_code",
    "event_code",
    "_batch_seq",
    "_source_file",
    "_source_offset",
    "_received_at",
    "_ingested_at",
    "_record_hash",
)
_MOMENTS = ("departed_date", "departed_time", "arrived_date", "arrived_time")
_NAMED = (
    "array_distinct(filter(transform(concat(array(declaration_no), "
    "transform(coalesce(declarations, array()), d -> d.declaration_no)), "
    "n -> trim(n)), n -> n <> ''))"
)


def of_amendments(raw: DataFrame) -> DataFrame:
    """Messages of `raw.vnaccs__amendment`: their number and the declaration, if any.

    Args:
        raw: some of its rows, with `_is_new`.
    """
    absent = (f"cast(null as string) as {name}" for name in _MOMENTS)
    return raw.selectExpr(
        *_SAID,
        *absent,
        "_is_new",
        "'amendment' as document_kind_code",
        "nullif(trim(amendment_no), '') as number",
        "nullif(trim(declaration_no), '') as declaration_no",
    )


KIND = "substring_index(event_code, '_', 1)"
"""What kind of paper a message is about is how the names of its events begin."""


def of_documents(raw: DataFrame) -> DataFrame:
    """Messages of `raw.vnaccs__document`, once for each declaration that they name.

    Args:
        raw: some of its rows, with `_is_new`.
    """
    # Times of a journey have no seconds.
    moments = (
        f"rpad({name}, 6, '0') as {name}" if name.endswith("_time") else name
        for name in _MOMENTS
    )
    return raw.selectExpr(
        *_SAID,
        *moments,
        "_is_new",
        f"{KIND} as document_kind_code",
        "nullif(trim(document_no), '') as number",
        f"explode_outer({_NAMED}) as declaration_no",
    )


def named(papers: DataFrame) -> DataFrame:
    """New messages that name declarations themselves.

    Args:
        papers: messages of `of_documents`; an amendment that names its declaration is
            read as itself.
    """
    said = (*_SAID, *_MOMENTS, "declaration_no")
    return papers.where("_is_new and declaration_no is not null").select(*said)


def called(papers: DataFrame, days: int) -> DataFrame:
    """Messages that name a number alone, for each declaration that has the number.

    It is known when both have come. A number and what is told by it come within `days`
    of each other, so that older messages need not be read.

    Args:
        papers: messages of `of_documents` or `of_amendments`.
        days: how long after each other they count as one matter.
    """
    links = papers.where(f"number is not null and {IS_KEYED}").selectExpr(
        "document_kind_code",
        "number",
        "declaration_no",
        "_received_at as _linked_at",
        "_ingested_at as _link_ingested_at",
        "_is_new as _is_link_new",
    )
    calls = papers.where("number is not null and declaration_no is null").drop(
        "declaration_no"
    )
    apart = "abs(unix_timestamp(_received_at) - unix_timestamp(_linked_at))"
    both = {
        "_received_at": "greatest(_received_at, _linked_at) as _received_at",
        "_ingested_at": "greatest(_ingested_at, _link_ingested_at) as _ingested_at",
    }
    said = (both.get(name, name) for name in (*_SAID, *_MOMENTS))
    return (
        calls.join(links, on=["document_kind_code", "number"], how="inner")
        .where(f"(_is_new or _is_link_new) and {apart} <= {days * SECONDS_A_DAY}")
        .selectExpr(*said, "declaration_no")
    )
