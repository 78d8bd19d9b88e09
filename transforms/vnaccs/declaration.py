"""Build `core.vnaccs__declaration`: one row per declaration, version and state known.

Of all messages that give the content of a version, the best that had arrived at a
moment counts then: the system's answer before the copy at clearance before the sent
registration; the later server time among equals. So the rows follow from the set of
arrivals and their times alone, whatever their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.candidates import REGISTRATION_COLUMNS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_VERSION = ("declaration_key", "declaration_version")
_REGISTRATION_RANK = 1
_GIVEN = (
    "known_until",
    "is_current",
    "registered_date",
    "registered_month",
    "_registration_hash",
    "_registration_server_at",
    "_run_seq",
)
"""Columns that follow from the set of arrivals, not from one message."""


def build(
    candidates: DataFrame, known: DataFrame, months: DataFrame, table: Table
) -> DataFrame:
    """Build all rows of the declarations in `months`.

    Args:
        candidates: typed content of new messages, see `candidates.py`.
        known: rows of these declarations now.
        months: declaration_key, registered_date, registered_month.
    """
    content = candidates.unionByName(_contents_of(known), allowMissingColumns=True)
    content = _first_arrival(content, "_record_hash")
    registrations = _first_arrival(
        _registrations(candidates).unionByName(_registrations_of(known)),
        "_registration_hash",
    )
    states = _states(content, registrations)
    return _rows(states, content, registrations, months, table)


def _contents_of(known: DataFrame) -> DataFrame:
    # A message that once counted shows in the first row that names it.
    return known.drop(*_GIVEN)


def _registrations(candidates: DataFrame) -> DataFrame:
    return candidates.where(f"_content_rank = {_REGISTRATION_RANK}").selectExpr(
        *_VERSION,
        *REGISTRATION_COLUMNS,
        "known_from",
        "_server_at as _registration_server_at",
        "_record_hash as _registration_hash",
    )


def _registrations_of(known: DataFrame) -> DataFrame:
    return known.where("_registration_hash is not null").select(
        *_VERSION,
        *REGISTRATION_COLUMNS,
        "known_from",
        "_registration_server_at",
        "_registration_hash",
    )


def _first_arrival(frame: DataFrame, message: str) -> DataFrame:
    """One row per message: the same message again is no news."""
    order = f"row_number() over (partition by {', '.join(_VERSION)}, {message} "
    return (
        frame.selectExpr("*", f"{order} order by known_from) as _nth")
        .where("_nth = 1")
        .drop("_nth")
    )


def _states(content: DataFrame, registrations: DataFrame) -> DataFrame:
    """Which content and which registration counted from which moment."""
    heard = content.selectExpr(
        *_VERSION,
        "known_from",
        "struct(_content_rank as rank, _server_at as at, _record_hash as hash) as content",
        "cast(null as struct<at: timestamp, hash: string>) as registration",
    ).unionByName(
        registrations.selectExpr(
            *_VERSION,
            "known_from",
            "cast(null as struct<rank: int, at: timestamp, hash: string>) as content",
            "struct(_registration_server_at as at, _registration_hash as hash) "
            "as registration",
        )
    )
    moments = heard.groupBy(*_VERSION, "known_from").agg(
        _expr("max(content) as content"), _expr("max(registration) as registration")
    )
    window = f"over (partition by {', '.join(_VERSION)} order by known_from)"
    best = moments.selectExpr(
        *_VERSION,
        "known_from",
        f"max(content) {window} as content",
        f"max(registration) {window} as registration",
    ).where("content is not null")
    changed = best.selectExpr(
        "*",
        f"lag(content.hash) {window} as content_before",
        f"lag(registration.hash) {window} as registration_before",
    ).where(
        "not (content.hash <=> content_before "
        "and registration.hash <=> registration_before)"
    )
    return changed.selectExpr(
        *_VERSION,
        "known_from",
        f"lead(known_from) {window} as known_until",
        "content.hash as _record_hash",
        "registration.hash as _registration_hash",
        "registration.at as _registration_server_at",
    )


def _rows(
    states: DataFrame,
    content: DataFrame,
    registrations: DataFrame,
    months: DataFrame,
    table: Table,
) -> DataFrame:
    newest = "max(declaration_version) over (partition by declaration_key)"
    filled = (
        states.join(
            content.drop("known_from", *REGISTRATION_COLUMNS),
            on=[*_VERSION, "_record_hash"],
            how="inner",
        )
        .join(
            registrations.select(*_VERSION, "_registration_hash", *REGISTRATION_COLUMNS),
            on=[*_VERSION, "_registration_hash"],
            how="left",
        )
        .join(months, on="declaration_key", how="inner")
        .selectExpr(
            "*",
            f"known_until is null and declaration_version = {newest} as is_current",
        )
    )
    return filled.select(*(name for name in table.columns if name != "_run_seq"))


def _expr(text: str):  # noqa: ANN202 - a Spark column
    from pyspark.sql import functions as F  # noqa: N812

    return F.expr(text)
