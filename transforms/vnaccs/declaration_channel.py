"""Build `core.vnaccs__declaration_channel`: one row per channel and what was known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.known_at import known_at_moments, standing

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_VALUES = ("effective_from", "effective_until", "channel_code")
_ANNOUNCED = (
    # An answer with the channel gives the time of registration as its own, also when
    # the channel is moved later; the server's time tells when. Clocks that stand far
    # back must not move it before the registration.
    "case event_code when 'channel' then "
    "coalesce(greatest(server_at, business_at), server_at, business_at) "
    "else coalesce(business_at, server_at) end"
)
_HOLDS = "known_until is null and effective_until is null"


def announced(events: DataFrame) -> DataFrame:
    """Announcements of a channel among events, and how many its declaration has.

    A clearance says less: a red one clears as a yellow one.

    Args:
        events: all events of some declarations, as `core.vnaccs__declaration_event`
            will hold them.
    """
    return events.where(
        "channel_code is not null and event_code in ('channel', 'amended')"
    ).selectExpr(
        "declaration_key",
        "known_from",
        "channel_code",
        f"coalesce({_ANNOUNCED}, known_from) as effective_from",
        "event_id",
        "count(*) over (partition by declaration_key) as _announcements",
    )


def build(told: DataFrame, months: DataFrame, table: Table) -> DataFrame:
    """Build all rows of the declarations in `months`.

    Args:
        told: every announcement of these declarations, from `announced`.
        months: declaration_key, registered_date, registered_month.
    """
    once = told.where("_announcements = 1").selectExpr(
        "declaration_key",
        "effective_from",
        "cast(null as timestamp) as effective_until",
        "channel_code",
        "known_from",
        "cast(null as timestamp) as known_until",
    )
    often = _periods(told.where("_announcements > 1").drop("_announcements"))
    return (
        once.unionByName(often)
        .selectExpr("*", f"{_HOLDS} as is_current")
        .join(
            months.select("declaration_key", "registered_date", "registered_month"),
            on="declaration_key",
            how="inner",
        )
        .select(*(name for name in table.columns if name != "_run_seq"))
    )


def _periods(told: DataFrame) -> DataFrame:
    known = known_at_moments(told)
    moment = "partition by declaration_key, _moment"
    # Of two announcements of one moment the last by its id holds.
    last = known.selectExpr(
        "*",
        f"row_number() over ({moment}, effective_from order by event_id desc) as _nth",
    ).where("_nth = 1")
    in_order = f"{moment} order by effective_from"
    changes = last.selectExpr(
        "*", f"lag(channel_code) over ({in_order}) as _before"
    ).where("not (channel_code <=> _before)")
    periods = changes.selectExpr(
        "*", f"lead(effective_from) over ({in_order}) as effective_until"
    )
    return standing(periods, known, _VALUES)
