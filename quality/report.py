"""What `customs quality` tells: cards of one day of arrival, drift, failed checks."""

from __future__ import annotations

from datetime import date

import msgspec

from lakehouse.tables import Lake
from quality.drift import DRIFT
from quality.scorecard import SCORECARD, shares_of

TAXES = "gold.fct_tax_difference"
_EVENTS = 20


class ScoreLine(msgspec.Struct, frozen=True):
    """One card with its shares; a share is None where nothing was counted."""

    subject_code: str
    table_name: str
    row_count: int
    expected_count: int
    filled_count: int
    timed_count: int
    on_time_count: int
    closed_count: int
    wrong_clock_count: int | None
    delay_max_seconds: int | None
    completeness: float | None
    on_time: float | None


class DriftLine(msgspec.Struct, frozen=True):
    """One event of drift."""

    run_seq: int
    drift_code: str
    table_name: str
    reason_vi: str
    reason_en: str


class CheckLine(msgspec.Struct, frozen=True):
    """One check that rows failed, in the newest run of its table."""

    table_name: str
    check_code: str
    check_severity: str
    failed_count: int
    row_count: int


class TaxLine(msgspec.Struct, frozen=True):
    """How many lines have one verdict on their taxes, and why some have none."""

    direction_code: str
    tax_verdict_code: str
    not_evaluable_code: str | None
    reason_vi: str | None
    line_count: int
    share: float


class Report(msgspec.Struct, frozen=True):
    """All of it; `arrived_date` is None where no card was written yet."""

    arrived_date: date | None
    sources: list[ScoreLine]
    offices: list[ScoreLine]
    enterprises: list[ScoreLine]
    drift: list[DriftLine]
    checks: list[CheckLine]
    taxes: list[TaxLine]


def report_of(lake: Lake, day: date | None, worst: int) -> Report:
    """Read the report of a day of arrival, the newest if none is named."""
    newest = lake.read(SCORECARD, "select max(arrived_date) as day from t")
    shown = day or newest["day"][0].as_py()
    return Report(
        arrived_date=shown,
        sources=_lines(lake, shown, "source", None),
        offices=_lines(lake, shown, "office", worst),
        enterprises=_lines(lake, shown, "enterprise", worst),
        drift=_drift(lake),
        checks=_checks(lake),
        taxes=_taxes(lake),
    )


def _lines(
    lake: Lake, day: date | None, kind: str, worst: int | None
) -> list[ScoreLine]:
    """Cards of one kind; of offices and enterprises those with most gaps."""
    if day is None:
        return []
    gaps = "expected_count - filled_count desc, timed_count - on_time_count desc"
    order = "table_name" if worst is None else gaps
    limit = "" if worst is None else f"limit {int(worst)}"
    rows = lake.read(
        SCORECARD,
        f"select * from t where arrived_date = date '{day}' "
        f"and subject_kind_code = '{kind}' order by {order}, subject_code {limit}",
    ).to_pylist()
    return [msgspec.convert(row | shares_of(row), ScoreLine) for row in rows]


def _drift(lake: Lake) -> list[DriftLine]:
    rows = lake.read(
        DRIFT,
        "select run_seq, drift_code, table_name, reason_vi, reason_en from t "
        f"order by run_seq desc, drift_code, table_name, reason_en limit {_EVENTS}",
    )
    return [DriftLine(**row) for row in rows.to_pylist()]


def _checks(lake: Lake) -> list[CheckLine]:
    rows = lake.read(
        "ops.quality",
        "select table_name, check_code, check_severity, failed_count, row_count from ("
        "select *, max(run_seq) over (partition by table_name) as newest from t) "
        "where run_seq = newest and failed_count > 0 order by table_name, check_code",
    )
    return [CheckLine(**row) for row in rows.to_pylist()]


def _taxes(lake: Lake) -> list[TaxLine]:
    """Shares of verdicts among the lines of each direction, all days together."""
    if TAXES not in lake.contracts.tables or not lake.exists(TAXES):
        return []
    rows = lake.read(
        TAXES,
        "select direction_code, tax_verdict_code, not_evaluable_code, "
        "max(not_evaluable_reason_vi) as reason_vi, count(*) as line_count, "
        "cast(count(*) as double) / sum(count(*)) over (partition by direction_code) "
        "as share from t group by direction_code, tax_verdict_code, not_evaluable_code "
        "order by direction_code, line_count desc",
    )
    return [TaxLine(**row) for row in rows.to_pylist()]
