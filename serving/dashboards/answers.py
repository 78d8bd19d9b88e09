"""What each endpoint answers; OpenAPI and the types of the page follow from here.

Money is text in JSON: a national year of VND does not fit a number of a browser.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

Freshness = Literal["fresh", "late", "never", "unpromised"]


class CutAnswer(BaseModel):
    """The newest cut: which run made it, which days it holds, what it lacks.

    `freshness` is that of the declarations: newest arrival against the promised delay.
    """

    run_seq: int
    made_at: datetime
    now: datetime
    newest_at: datetime | None
    expected_hours: int | None
    newest_date: date | None
    days: list[date]
    missing_tables: list[str]
    freshness: Freshness


class Group(BaseModel):
    """Declarations of one stream and direction; `tax_total_vnd` null: none declared."""

    stream_code: str
    direction_code: str
    declaration_count: int
    cleared_count: int
    customs_value_vnd: Decimal | None
    tax_total_vnd: Decimal | None
    with_tax_count: int


class DayAnswer(BaseModel):
    """One day of registration beside the newest day before it that the cut holds."""

    run_seq: int
    day: date
    groups: list[Group]
    previous_day: date | None
    previous_groups: list[Group]


class Shares(BaseModel):
    """First channels of one stream and direction; `both` adds the directions up."""

    stream_code: str
    direction_code: str
    declaration_count: int
    undecided_count: int
    green_count: int
    yellow_count: int
    red_count: int
    moved_count: int
    green_share: float | None
    yellow_share: float | None
    red_share: float | None


class Cap(BaseModel):
    """Share that a channel must not exceed over a window of decisions, and why."""

    stream_code: str
    channel_code: str
    cap_share: float
    window_count: int
    valid_from: date
    valid_to: date | None
    legal_basis: str
    is_sample: bool


class ChannelsAnswer(BaseModel):
    """Channel shares of a day beside the caps that hold on it."""

    run_seq: int
    day: date
    shares: list[Shares]
    caps: list[Cap]
    caps_known: bool


class TrendDay(BaseModel):
    """One day of the trend; all is null on a day of which the cut holds nothing."""

    day: date
    import_count: int | None
    export_count: int | None
    low_value_count: int | None
    customs_value_vnd: Decimal | None
    tax_total_vnd: Decimal | None
    yellow_share: float | None
    red_share: float | None


class TrendAnswer(BaseModel):
    """Days up to one day, oldest first; shares are of ordinary declarations."""

    run_seq: int
    days: list[TrendDay]


class TableFreshness(BaseModel):
    """One table against the delay that its contract promises."""

    name: str
    title_vi: str
    title_en: str
    rows: int | None
    newest_run: int | None
    newest_at: datetime | None
    newest_date: date | None
    updated_at: datetime | None
    expected_hours: int | None
    freshness: Freshness


class SourceFreshness(BaseModel):
    """One source: what came, what waits, how old the newest is."""

    source: str
    title_vi: str
    title_en: str
    last_batch_at: datetime | None
    newest_at: datetime | None
    expected_hours: int | None
    freshness: Freshness
    messages: int
    accepted: int
    rejected: int
    pending: int


class FreshnessAnswer(BaseModel):
    """Sources and tables that are promised, or that have come at least once."""

    run_seq: int
    now: datetime
    sources: list[SourceFreshness]
    tables: list[TableFreshness]


class Intake(BaseModel):
    """Messages of a source up to the cut, and in the run of the cut."""

    source_code: str
    message_count: int
    accepted_count: int
    rejected_count: int
    pending_count: int
    last_message_count: int
    last_rejected_count: int
    last_batch_at: datetime


class Rejection(BaseModel):
    """One reason of refusal and how often it was met."""

    source_code: str
    rejection_code: str
    reason_vi: str
    reason_en: str
    rejected_count: int


class IntakeAnswer(BaseModel):
    """What came in, what was refused and why, what waits."""

    run_seq: int
    sources: list[Intake]
    rejections: list[Rejection]


class Problem(BaseModel):
    """Why a question is not answered, and what to do."""

    code: str
    detail: str
    remedy: str
