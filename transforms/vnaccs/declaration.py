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

KNOWN_CANDIDATE = "concat('known ', cast(known_from as string))"
"""Names a row that stands already, as the candidate that it once was."""

# Text orders as the times and ranks do, and the engine compares it much faster than
# structs: rank (one digit), server time (or 0), then the hash as the last resort.
_SERVER_ORDER = "coalesce(date_format(_server_at, 'yyyyMMddHHmmss'), repeat('0', 14))"
_CONTENT_ORDER = f"concat(cast(_content_rank as string), {_SERVER_ORDER}, _record_hash)"
_REGISTRATION_ORDER = (
    "concat(coalesce(date_format(_registration_server_at, 'yyyyMMddHHmmss'), "
    "repeat('0', 14)), _registration_hash)"
)


def states(heard: DataFrame, known: DataFrame) -> DataFrame:
    """Which message gave the content of a version, and which its registration, when.

    Args:
        heard: new messages, see `candidates.heard`.
        known: rows of these declarations now.

    Returns:
        declaration_key, declaration_version, known_from, known_until, is_current,
        `_candidate` and `_registration` (null while none has come).
    """
    # A message that once counted shows in the first row that names it.
    before = known.selectExpr(
        *_VERSION, "known_from", "_content_rank", "_server_at", "_record_hash",
        f"{KNOWN_CANDIDATE} as _candidate", *REGISTRATION_COLUMNS,
    )  # fmt: skip
    contents = _first_arrivals(
        heard.unionByName(before), "_record_hash", _CONTENT_ORDER
    )
    registrations = _first_arrivals(
        _registrations(heard, known), "_registration_hash", _REGISTRATION_ORDER
    )
    return _states(contents, registrations)


def build(
    counted: DataFrame,
    contents: DataFrame,
    heard: DataFrame,
    known: DataFrame,
    months: DataFrame,
    table: Table,
) -> DataFrame:
    """Build all rows of the declarations in `months`.

    Args:
        counted: from `states`.
        contents: typed content of the new messages that count, see `candidates.py`.
        heard: new messages, for what only a registration says.
        known: rows of these declarations now.
        months: declaration_key, registered_date, registered_month.

    Returns:
        Contract columns without `_run_seq`, and `_candidate`: the message that counts.
    """
    before = known.drop(*_GIVEN, "known_from", *REGISTRATION_COLUMNS)
    said = contents.unionByName(
        known.selectExpr(f"{KNOWN_CANDIDATE} as _candidate", *before.columns)
    )
    sent = (
        _registrations(heard, known)
        .withColumnRenamed("_candidate", "_registration")
        .drop("known_from")
    )
    return (
        counted.join(said, on=[*_VERSION, "_candidate"], how="inner")
        .join(sent, on=[*_VERSION, "_registration"], how="left")
        .join(months, on="declaration_key", how="inner")
        .select(*(name for name in table.columns if name != "_run_seq"), "_candidate")
    )


def _registrations(heard: DataFrame, known: DataFrame) -> DataFrame:
    new = heard.where(f"_content_rank = {_REGISTRATION_RANK}").selectExpr(
        *_VERSION,
        *REGISTRATION_COLUMNS,
        "known_from",
        "_server_at as _registration_server_at",
        "_record_hash as _registration_hash",
        "_candidate",
    )
    before = known.where("_registration_hash is not null").selectExpr(
        *_VERSION,
        *REGISTRATION_COLUMNS,
        "known_from",
        "_registration_server_at",
        "_registration_hash",
        f"{KNOWN_CANDIDATE} as _candidate",
    )
    return new.unionByName(before)


def _first_arrivals(frame: DataFrame, message: str, order: str) -> DataFrame:
    """When each message first came: the same message again is no news."""
    from pyspark.sql import functions as F

    arrival = "concat(date_format(known_from, 'yyyyMMddHHmmssSSSSSS'), _candidate)"
    return (
        frame.selectExpr(
            *_VERSION,
            message,
            "known_from",
            f"{order} as place",
            f"{arrival} as arrival",
        )
        .groupBy(*_VERSION, message)
        .agg(
            F.min("known_from").alias("known_from"),
            F.max("place").alias("place"),
            F.min("arrival").alias("arrival"),
        )
        .selectExpr(
            *_VERSION,
            "known_from",
            "concat(place, ' ', substring(arrival, 21)) as place",
        )
    )


def _states(contents: DataFrame, registrations: DataFrame) -> DataFrame:
    """Which content and which registration counted from which moment."""
    from pyspark.sql import functions as F

    nothing = "cast(null as string)"
    heard = contents.selectExpr(
        *_VERSION, "known_from", "place as content", f"{nothing} as registration"
    ).unionByName(
        registrations.selectExpr(
            *_VERSION, "known_from", f"{nothing} as content", "place as registration"
        )
    )
    moments = heard.groupBy(*_VERSION, "known_from").agg(
        F.max("content").alias("content"), F.max("registration").alias("registration")
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
        f"lag(content) {window} as content_before",
        f"lag(registration) {window} as registration_before",
    ).where("not (content <=> content_before and registration <=> registration_before)")
    newest = "max(declaration_version) over (partition by declaration_key)"
    return changed.selectExpr(
        *_VERSION,
        "known_from",
        f"lead(known_from) {window} as known_until",
        f"{_named('content')} as _candidate",
        f"{_named('registration')} as _registration",
    ).selectExpr(
        "*",
        f"known_until is null and declaration_version = {newest} as is_current",
    )


def _named(place: str) -> str:
    """The candidate's name behind its place in the order."""
    return f"substring({place}, length(substring_index({place}, ' ', 1)) + 2)"
