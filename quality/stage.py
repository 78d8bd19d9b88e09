"""The stage after gold: scorecards of the days that a run wrote, and what drifted."""

from __future__ import annotations

from datetime import date
from typing import Any

from lakehouse import time
from lakehouse.engine import engine
from lakehouse.runs import Consumption, Run
from lakehouse.tables import Lake
from quality.codes import code_events
from quality.drift import Event, record_events, volume_events
from quality.labels import label_events
from quality.scorecard import SCORECARD, changed_days, load_cards, score_days


def measure_quality(run: Run) -> dict[str, Any]:
    """Write scorecards and drift events of all that changed since they were written."""
    started = time.now()
    since = run.consumed(SCORECARD)
    events: list[Event] = label_events(run, since)
    cards = 0
    for name, card in load_cards().items():
        if not run.lake.exists(name):
            continue
        table = run.lake.contracts.table(name)
        engine().register(table, str(run.lake.path(name)))
        days = changed_days(run, name, card, since)
        if not days:
            continue
        cards += len(score_days(run, table, card, days))
        events += code_events(run, table, since, card.long_lists)
        events += volume_events(table, _rows_by_day(run.lake, name), days)
    drift = record_events(run, events)
    run.record(Consumption(SCORECARD, cards, started))
    return {"scorecards": cards, "drift": drift}


def _rows_by_day(lake: Lake, name: str) -> list[tuple[date, int]]:
    rows = lake.read(
        SCORECARD,
        "select arrived_date, row_count from t "
        f"where table_name = '{name}' and subject_kind_code = 'source'",
    )
    return list(
        zip(
            rows["arrived_date"].to_pylist(), rows["row_count"].to_pylist(), strict=True
        )
    )
