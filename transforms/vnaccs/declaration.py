"""Build `core.vnaccs__declaration`: one row per declaration, version and state known.

Of all messages that give the content of a version, the best that had arrived at a
moment counts then: the system's answer before the copy at clearance before the sent
registration; the later server time among equals. So the rows follow from the set of
arrivals and their times alone, whatever their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.time import TEXT_LENGTH, as_text
from transforms.vnaccs.candidates import REGISTRATION_COLUMNS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

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
_CONTENT_ORDER = (
    f"concat(cast(_content_rank as string), {as_text('_server_at')}, _record_hash)"
)
_REGISTRATION_ORDER = (
    f"concat({as_text('_registration_server_at')}, _registration_hash)"
)
_ARRIVAL = f"concat({as_text('known_from')}, _candidate)"


def moments(heard: DataFrame, known: DataFrame) -> DataFrame:
    """The best content and registration that came at each moment, by version.

    Args:
        heard: new messages, see `candidates.heard`.
        known: rows of these declarations now.

    Returns:
        declaration_key, declaration_version, known_from, content and registration:
        places in the order of what counts, each with its candidate.
    """
    # A message that once counted shows in the first row that names it.
    before = known.selectExpr(
        *_VERSION, "known_from", "_content_rank", "_server_at", "_record_hash",
        f"{KNOWN_CANDIDATE} as _candidate", *REGISTRATION_COLUMNS,
    )  # fmt: skip
    nothing = "cast(null as string)"
    contents = _first_arrivals(heard.unionByName(before), _CONTENT_ORDER).selectExpr(
        *_VERSION, "known_from", "place as content", f"{nothing} as registration"
    )
    registrations = _first_arrivals(
        _registrations(heard, known), _REGISTRATION_ORDER
    ).selectExpr(
        *_VERSION, "known_from", f"{nothing} as content", "place as registration"
    )
    return (
        contents.unionByName(registrations)
        .groupBy(*_VERSION, "known_from")
        .agg(*_highest())
    )


def stretches(moments: DataFrame) -> DataFrame:
    """From when the same content and registration of a version counted.

    Args:
        moments: from `moments`; read twice, so it should be kept.

    Returns:
        declaration_key, declaration_version, known_from, content, registration.
    """
    from pyspark.sql import functions as F

    # A join of a version with itself, not a window: most have one moment or two, and
    # an engine that opens a window for each spends its time on opening.
    best = (
        moments.select(*_VERSION, "known_from")
        .join(moments.withColumnRenamed("known_from", "earlier"), on=[*_VERSION])
        .where("earlier <= known_from")
        .groupBy(*_VERSION, "known_from")
        .agg(*_highest())
        .where("content is not null")
    )
    # What counts only rises, so what is the same is one stretch of time.
    return best.groupBy(*_VERSION, "content", "registration").agg(
        F.min("known_from").alias("known_from")
    )


def states(stretches: DataFrame) -> DataFrame:
    """Which message gave the content of a version, and which its registration, when.

    Args:
        stretches: from `stretches`; read several times, so it should be kept.

    Returns:
        declaration_key, declaration_version, known_from, known_until, is_current,
        `_candidate` and `_registration` (null while none has come).
    """
    from pyspark.sql import functions as F

    until = (
        stretches.select(*_VERSION, "known_from")
        .join(stretches.selectExpr(*_VERSION, "known_from as later"), on=[*_VERSION])
        .where("later > known_from")
        .groupBy(*_VERSION, "known_from")
        .agg(F.min("later").alias("known_until"))
    )
    newest = stretches.groupBy("declaration_key").agg(
        F.max("declaration_version").alias("newest_version")
    )
    return (
        stretches.join(until, on=[*_VERSION, "known_from"], how="left")
        .join(newest, on="declaration_key", how="inner")
        .selectExpr(
            *_VERSION,
            "known_from",
            "known_until",
            f"{_named('content')} as _candidate",
            f"{_named('registration')} as _registration",
            "known_until is null and declaration_version = newest_version "
            "as is_current",
        )
    )


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


def _first_arrivals(frame: DataFrame, order: str) -> DataFrame:
    """When each message first came: the same message again is no news.

    Messages of one place in the order are the same: it ends with their hash.
    """
    from pyspark.sql import functions as F

    return (
        frame.selectExpr(
            *_VERSION, f"{order} as place", "known_from", f"{_ARRIVAL} as arrival"
        )
        .groupBy(*_VERSION, "place")
        .agg(F.min("known_from").alias("known_from"), F.min("arrival").alias("arrival"))
        .selectExpr(
            *_VERSION,
            "known_from",
            f"concat(place, ' ', substring(arrival, {TEXT_LENGTH + 1})) as place",
        )
    )


def _highest() -> list[Column]:
    from pyspark.sql import functions as F

    return [F.max(name).alias(name) for name in ("content", "registration")]


def _named(place: str) -> str:
    """The candidate's name behind its place in the order."""
    return f"substring({place}, length(substring_index({place}, ' ', 1)) + 2)"
