"""Scorecards: how complete and how timely the rows of each day of arrival are.

A day is counted anew whenever a run writes rows of it, so the card of a day does not
depend on how its rows were batched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Table
from lakehouse.engine import engine
from lakehouse.runs import Run
from lakehouse.time import BUSINESS_ZONE, business_date_sql
from lakehouse.yamlfile import parse_yaml

SCORECARD = "ops.scorecard"
_SUMS = (
    "row_count",
    "expected_count",
    "filled_count",
    "timed_count",
    "on_time_count",
    "closed_count",
    "wrong_clock_count",
    "delay_total_seconds",
)
_LONGEST = "delay_max_seconds"


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `scorecards.yml` says of one table; the file explains the keys."""

    arrived_at: str
    sent_at: str | None = None
    clock_from: date | None = None
    clock_ahead_minutes: int | None = None
    office: str | None = None
    enterprise: str | None = None
    long_lists: list[str] = []


@lru_cache(maxsize=1)
def load_cards() -> dict[str, Card]:
    """Cards by table.

    Raises:
        msgspec.ValidationError: a key is unknown or missing.
    """
    raw = parse_yaml(Path(__file__).with_name("scorecards.yml"))
    return msgspec.convert(raw, dict[str, Card])


def changed_days(run: Run, name: str, card: Card, since: int) -> list[date]:
    """Days of arrival of which rows were written after a run, up to this one."""
    day = business_date_sql(card.arrived_at)
    found = engine().spark.sql(
        f"select distinct {day} as day from {name} "
        f"where _run_seq > {since} and _run_seq <= {run.seq}"
    )
    return sorted(row["day"] for row in found.collect())


def score_days(run: Run, table: Table, card: Card, days: list[date]) -> pa.Table:
    """Count the rows of some days anew and replace their cards; the new cards."""
    counted = engine().spark.sql(scorecard_sql(table, card, days)).toArrow()
    source = table.short_name.partition("__")[0]
    cards = pa.concat_tables(
        [
            _of_kind(counted, "source", pa.scalar(source)),
            _of_kind(counted, "office", "office"),
            _of_kind(counted, "enterprise", "enterprise"),
        ]
    )
    size = len(cards)
    cards = cards.append_column("table_name", pa.repeat(table.name, size))
    cards = cards.append_column("run_seq", pa.repeat(run.seq, size))
    wanted = _dates(days)
    run.lake.overwrite(
        SCORECARD,
        cards,
        predicate=f"table_name = '{table.name}' and arrived_date in ({wanted})",
    )
    return cards


def scorecard_sql(table: Table, card: Card, days: list[date]) -> str:
    """Spark SQL that counts rows by day of arrival, office and enterprise."""
    cells, filled = _cells(table)
    wrong_clock = _wrong_clock(card)
    promise, closing = table.spec.freshness, table.spec.lateness
    on_time = f"delay <= {promise.expected_delay_hours * 3600}" if promise else "true"
    closed = f"delay > {closing.close_after_days * 86400}" if closing else "false"
    return f"""
        select arrived_date, office, enterprise,
            count(*) as row_count,
            coalesce(sum(cells), 0) as expected_count,
            coalesce(sum(filled), 0) as filled_count,
            count(delay) as timed_count,
            count(case when {on_time} then delay end) as on_time_count,
            count(case when {closed} then delay end) as closed_count,
            count_if(is_wrong_clock) as wrong_clock_count,
            coalesce(sum(delay), 0) as delay_total_seconds,
            max(delay) as {_LONGEST}
        from (
            select {business_date_sql(card.arrived_at)} as arrived_date,
                cast({card.office or "null"} as string) as office,
                cast({card.enterprise or "null"} as string) as enterprise,
                cast({cells} as bigint) as cells,
                cast({filled} as bigint) as filled,
                {wrong_clock} as is_wrong_clock,
                {_delay(card, wrong_clock)} as delay
            from {table.name}
            where {card.arrived_at} >= {_start_of(min(days))}
        )
        where arrived_date in ({_dates(days)})
        group by arrived_date, office, enterprise
    """


def _cells(table: Table) -> tuple[str, str]:
    """SQL of how many values the contract expects of a row, and how many are there."""
    # An unknown condition expects nothing.
    expected = {
        name: f"coalesce({column.expected}, false)"
        for name, column in table.columns.items()
        if column.expected
    }
    cells = [f"int({held})" for held in expected.values()]
    filled = [f"int({held} and {n} is not null)" for n, held in expected.items()]
    return " + ".join(cells) or "0", " + ".join(filled) or "0"


def _wrong_clock(card: Card) -> str:
    """SQL that is true where the source's time cannot be: a device lost its clock."""
    if card.sent_at is None:
        return "false"
    wrong = []
    if card.clock_from:
        wrong.append(f"{card.sent_at} < {_start_of(card.clock_from)}")
    if card.clock_ahead_minutes is not None:
        ahead = f"unix_timestamp({card.sent_at}) - unix_timestamp({card.arrived_at})"
        wrong.append(f"{ahead} > {card.clock_ahead_minutes * 60}")
    return f"coalesce({' or '.join(wrong) or 'false'}, false)"


def _delay(card: Card, wrong_clock: str) -> str:
    """SQL of the seconds from the source to us, null where no right clock tells."""
    if card.sent_at is None:
        return "cast(null as bigint)"
    passed = f"unix_timestamp({card.arrived_at}) - unix_timestamp({card.sent_at})"
    # Without the condition `greatest` would take an unknown time for no delay.
    known = f"{card.sent_at} is not null and not {wrong_clock}"
    return f"case when {known} then greatest({passed}, 0) end"


def shares_of(counts: Mapping[str, Any]) -> dict[str, float | None]:
    """Shares of one card or of a sum of cards, None where nothing was counted."""
    return {
        "completeness": _share(counts["filled_count"], counts["expected_count"]),
        "on_time": _share(counts["on_time_count"], counts["timed_count"]),
    }


def _of_kind(counted: pa.Table, kind: str, subject: str | pa.Scalar) -> pa.Table:
    """Sums by day and one kind of subject; rows that name none count for the source."""
    if isinstance(subject, str):
        named = counted.filter(pc.is_valid(counted[subject]))
        named = named.rename_columns(
            ["subject_code" if n == subject else n for n in named.column_names]
        )
    else:
        code = pa.repeat(subject, len(counted))
        named = counted.append_column("subject_code", code)
    sums = named.group_by(["arrived_date", "subject_code"]).aggregate(
        [*((name, "sum") for name in _SUMS), (_LONGEST, "max")]
    )
    plain = [n.removesuffix("_sum") for n in sums.column_names]
    plain = ["delay_max_seconds" if n == f"{_LONGEST}_max" else n for n in plain]
    kinds = pa.repeat(kind, len(sums))
    sums = sums.rename_columns(plain).append_column("subject_kind_code", kinds)
    return sums.select(
        ["arrived_date", "subject_kind_code", "subject_code", *_SUMS, _LONGEST]
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _start_of(day: date) -> str:
    """First moment of a day in Viet Nam; older files need not be read."""
    moment = datetime.combine(day, time(), BUSINESS_ZONE).astimezone(UTC)
    return f"timestamp '{moment:%Y-%m-%d %H:%M:%S}'"


def _dates(days: list[date]) -> str:
    return ", ".join(f"date '{day}'" for day in days)
