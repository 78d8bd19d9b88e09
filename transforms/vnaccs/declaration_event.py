"""Build `core.vnaccs__declaration_event`: one row per thing that happened.

The same thing told twice, by the same message or by another, is one event: its key is
the declaration, what happened and when, and the first arrival counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.time import business_to_utc_sql
from transforms.vnaccs.candidates import SERVER_AT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_PLACE = ("registered_date", "registered_month")
"""Where the rows of a declaration lie; not told by the event."""

_MOMENTS = {
    "registered": ("registered_date", "registered_time"),
    "channel": ("registered_date", "registered_time"),
    "amended": ("amended_date", "amended_time"),
    "released": ("release_approved_date", "release_approved_time"),
    "cleared": ("cleared_date", "cleared_time"),
    "inspected": ("inspected_date", "inspected_time"),
    "transport_departed": ("departed_date", "departed_time"),
    "transport_arrived": ("arrived_date", "arrived_time"),
}
"""Items of a message that give the business time of what it tells."""

_SAID = (
    "declaration_no",
    "actor_code",
    "server_time",
    "procedure_code",
    "output_code",
    "_received_at",
    "_ingested_at",
    "_record_hash",
)

# The channel stands in the output code: VAD<c>..., c = 1 green, 2 yellow, 3 red.
_CHANNEL = (
    "case when event_code in ('channel', 'amended', 'released', 'cleared') "
    "and substring(trim(output_code), 4, 1) in ('1', '2', '3') "
    "then substring(trim(output_code), 4, 1) end"
)


def build(
    told: DataFrame, known: DataFrame, months: DataFrame, table: Table
) -> DataFrame:
    """Build all events of the declarations in `months`.

    Args:
        told: events of new messages, from `events_of`; read several times.
        known: events of these declarations now.
        months: declaration_key, registered_date, registered_month.
    """
    columns = [n for n in table.columns if n not in (*_PLACE, "_run_seq")]
    events = told.select(*columns).unionByName(known.select(*columns))
    repeated = events.groupBy("event_id").count().where("count > 1")
    once = events.join(repeated, on="event_id", how="left_anti")
    # Of messages in one file that tell the same, the first by the server's time.
    first = (
        "partition by event_id order by received_at, server_at nulls last, _record_hash"
    )
    # Few are told twice, and a window for each of the others costs more than joins.
    often = (
        events.join(repeated.select("event_id"), on="event_id", how="left_semi")
        .selectExpr("*", f"row_number() over ({first}) as _nth")
        .where("_nth = 1")
        .drop("_nth")
    )
    return once.unionByName(often).join(
        months.select("declaration_key", *_PLACE), on="declaration_key", how="inner"
    )


def events_of(raw: DataFrame) -> DataFrame:
    """Events of new messages of one raw family: that of their layout, and others.

    A clearance also says when the inspection before it ended.
    """
    told = _events(raw, "event_code", "event_code is not null")
    if "inspected_date" in raw.columns:
        inspected = "nullif(trim(inspected_date), '') is not null"
        told = told.unionByName(_events(raw, "'inspected'", inspected))
    # Where a message gives no time of its own, the server's tells two events apart.
    identity = (
        "concat_ws('|', declaration_key, cast(declaration_version as string), "
        "event_code, "
        "coalesce(channel_code, ''), coalesce(cast(business_at as string), "
        "cast(server_at as string), ''))"
    )
    return told.selectExpr(f"sha2({identity}, 256) as event_id", "*")


def _events(raw: DataFrame, event: str, where: str) -> DataFrame:
    moments = sorted({item for items in _MOMENTS.values() for item in items})
    wanted = [name for name in moments if name in raw.columns]
    told = raw.where(where).selectExpr(*_SAID, *wanted, f"{event} as event_code")
    return told.selectExpr(
        "substring(trim(declaration_no), 1, 11) as declaration_key",
        "cast(substring(trim(declaration_no), 12, 1) as int) as declaration_version",
        "event_code",
        f"{_CHANNEL} as channel_code",
        "nullif(trim(actor_code), '') as actor_code",
        f"{_business_at(set(wanted))} as business_at",
        f"{SERVER_AT} as server_at",
        "_received_at as received_at",
        "_ingested_at as processed_at",
        "nullif(trim(procedure_code), '') as procedure_code",
        "nullif(trim(output_code), '') as output_code",
        "_received_at as known_from",
        "_record_hash",
    )


def _business_at(columns: set[str]) -> str:
    cases = []
    for event, (day, hour) in _MOMENTS.items():
        if not {day, hour} <= columns:
            continue
        text = f"concat(trim({day}), lpad(coalesce(trim({hour}), '0'), 6, '0'))"
        local = f"try_to_timestamp({text}, 'ddMMyyyyHHmmss')"
        cases.append(f"when event_code = '{event}' then {business_to_utc_sql(local)}")
    if not cases:
        return "cast(null as timestamp)"
    return f"case {' '.join(cases)} end"
