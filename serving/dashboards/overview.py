"""The questions of the overview page, each answered from one cut."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from lakehouse import time
from lakehouse.status import SourceState, TableState
from serving.dashboards.answers import (
    Cap,
    ChannelsAnswer,
    CutAnswer,
    DayAnswer,
    FreshnessAnswer,
    Group,
    Intake,
    IntakeAnswer,
    Rejection,
    Shares,
    SourceFreshness,
    TableFreshness,
    TrendAnswer,
    TrendDay,
)
from serving.dashboards.cut import Cut, Row

TREND_DAYS = 30
"""Days of the trend that the page asks for."""

_DAYS = "gold.rpt_channel_share_daily"
_FACTS = "gold.fct_declaration"
_NEEDED = (_DAYS, _FACTS, "ref.channel_cap")
_ORDINARY = "ordinary"
_COUNTS = (
    "declaration_count",
    "undecided_count",
    "green_count",
    "yellow_count",
    "red_count",
    "moved_count",
)
_DECIDED = ("green", "yellow", "red")


def show_cut(cut: Cut) -> CutAnswer:
    """Describe a cut; it is as late as its declarations are."""
    days = [row["registered_date"] for row in _days(cut)]
    facts = next((one for one in cut.table_states() if one.name == _FACTS), None)
    return CutAnswer(
        run_seq=cut.run_seq,
        made_at=cut.made_at,
        now=time.now(),
        newest_at=facts.newest_at if facts else None,
        expected_hours=facts.expected_hours if facts else None,
        newest_date=days[0] if days else None,
        days=days,
        missing_tables=[name for name in _NEEDED if not cut.holds(name)],
        freshness=facts.freshness if facts else "never",
    )


def show_day(cut: Cut, day: date) -> DayAnswer:
    """Declarations, value and tax of a day and of the day before it that has any."""
    days = [row["registered_date"] for row in cut.ask("days")]
    previous = next((one for one in days if one < day), None)
    return DayAnswer(
        run_seq=cut.run_seq,
        day=day,
        groups=_groups(cut, day),
        previous_day=previous,
        previous_groups=_groups(cut, previous) if previous else [],
    )


def show_channels(cut: Cut, day: date) -> ChannelsAnswer:
    """Channel shares of a day, by stream and direction, and the caps that hold."""
    rows = cut.ask("channels", first_date=day, last_date=day)
    shares = [_shares(row["stream_code"], row["direction_code"], [row]) for row in rows]
    for stream in sorted({row["stream_code"] for row in rows}):
        mine = [row for row in rows if row["stream_code"] == stream]
        shares.append(_shares(stream, "both", mine))
    caps_known = cut.holds("ref.channel_cap")
    caps = cut.ask("caps", day=day) if caps_known else []
    return ChannelsAnswer(
        run_seq=cut.run_seq,
        day=day,
        shares=shares,
        caps=[Cap(**row) for row in caps],
        caps_known=caps_known,
    )


def show_trend(cut: Cut, last: date, days: int) -> TrendAnswer:
    """Some days up to a day, also those of which the cut holds nothing."""
    first = last - timedelta(days=days - 1)
    period = {"first_date": first, "last_date": last}
    declarations = cut.ask("declarations", **period)
    channels = cut.ask("channels", **period)
    return TrendAnswer(
        run_seq=cut.run_seq,
        days=[
            _trend_day(first + timedelta(days=place), declarations, channels)
            for place in range(days)
        ],
    )


def show_freshness(
    cut: Cut, sources: Iterable[SourceState], tables: Iterable[TableState]
) -> FreshnessAnswer:
    """Sources and tables against the delays that their contracts promise."""
    return FreshnessAnswer(
        run_seq=cut.run_seq,
        now=time.now(),
        sources=[SourceFreshness(**msgspec.structs.asdict(one)) for one in sources],
        tables=[TableFreshness(**msgspec.structs.asdict(one)) for one in tables],
    )


def show_intake(cut: Cut) -> IntakeAnswer:
    """What came in by source up to the cut, and the commonest refusals."""
    return IntakeAnswer(
        run_seq=cut.run_seq,
        sources=[Intake(**row) for row in cut.ask("intake")],
        rejections=[Rejection(**row) for row in cut.ask("rejections")],
    )


def _days(cut: Cut) -> list[Row]:
    return cut.ask("days") if cut.holds(_DAYS) else []


def _groups(cut: Cut, day: date) -> list[Group]:
    rows = cut.ask("declarations", first_date=day, last_date=day)
    return [Group(**row) for row in rows]


def _shares(stream: str, direction: str, rows: Iterable[Row]) -> Shares:
    """Counts of some rows added up, and the shares over all channels given."""
    kept = list(rows)
    counts = {name: sum(row[name] for row in kept) for name in _COUNTS}
    decided = sum(counts[f"{channel}_count"] for channel in _DECIDED)
    shares: dict[str, Any] = {
        f"{channel}_share": counts[f"{channel}_count"] / decided if decided else None
        for channel in _DECIDED
    }
    about = {"stream_code": stream, "direction_code": direction}
    return Shares.model_validate(about | counts | shares)


def _trend_day(day: date, declarations: list[Row], channels: list[Row]) -> TrendDay:
    mine = [row for row in declarations if row["registered_date"] == day]
    decided = [
        row
        for row in channels
        if row["registered_date"] == day and row["stream_code"] == _ORDINARY
    ]
    shares = _shares(_ORDINARY, "both", decided)
    ordinary = [row for row in mine if row["stream_code"] == _ORDINARY]
    low_value = [row for row in mine if row["stream_code"] != _ORDINARY]
    return TrendDay(
        day=day,
        import_count=_count(ordinary, "import") if mine else None,
        export_count=_count(ordinary, "export") if mine else None,
        low_value_count=_count(low_value) if mine else None,
        customs_value_vnd=_money(mine, "customs_value_vnd") if mine else None,
        tax_total_vnd=_money(mine, "tax_total_vnd") if mine else None,
        yellow_share=shares.yellow_share,
        red_share=shares.red_share,
    )


def _count(rows: list[Row], direction: str | None = None) -> int:
    return sum(
        row["declaration_count"]
        for row in rows
        if direction is None or row["direction_code"] == direction
    )


def _money(rows: list[Row], column: str) -> Decimal:
    return sum((row[column] or Decimal(0) for row in rows), Decimal(0))
