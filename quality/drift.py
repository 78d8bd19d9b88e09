"""Drift: what is not as it was, or not as the contract says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

import msgspec

from lakehouse import time
from lakehouse.contracts import Table
from lakehouse.runs import Run
from lakehouse.tables import rows_of

DRIFT = "ops.drift"

REASONS: dict[str, tuple[str, str]] = {
    "new_column": (
        "Nguồn gửi cột chưa từng có: {drift_value}",
        "The source sends a column that it never sent: {drift_value}",
    ),
    "column_gone": (
        "Nguồn không còn gửi cột {drift_value}",
        "The source no longer sends the column {drift_value}",
    ),
    "unknown_code": (
        "Mã {drift_value} của cột {column_name} không có trong danh mục",
        "Code {drift_value} of {column_name} is not in the reference list",
    ),
    "new_code": (
        "Cột {column_name} có mã chưa từng gặp: {drift_value}",
        "Column {column_name} holds a code never met before: {drift_value}",
    ),
    "volume_low": (
        "Ngày {arrived_date} có {observed_count} dòng, ít hơn mức {lowest_count}"
        " của hợp đồng dữ liệu",
        "{observed_count} rows on {arrived_date}, fewer than the {lowest_count} of the"
        " contract",
    ),
    "volume_high": (
        "Ngày {arrived_date} có {observed_count} dòng, nhiều hơn mức {highest_count}"
        " của hợp đồng dữ liệu",
        "{observed_count} rows on {arrived_date}, more than the {highest_count} of the"
        " contract",
    ),
    "volume_fell": (
        "Ngày {arrived_date} có {observed_count} dòng, ít hơn hẳn các ngày trước"
        " (dưới {lowest_count})",
        "{observed_count} rows on {arrived_date}, far fewer than on the days before"
        " (below {lowest_count})",
    ),
    "volume_rose": (
        "Ngày {arrived_date} có {observed_count} dòng, nhiều hơn hẳn các ngày trước"
        " (trên {highest_count})",
        "{observed_count} rows on {arrived_date}, far more than on the days before"
        " (above {highest_count})",
    ),
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that changed; the reasons are made from it."""

    table_name: str
    drift_code: str
    column_name: str | None = None
    drift_value: str | None = None
    arrived_date: date | None = None
    observed_count: int | None = None
    lowest_count: int | None = None
    highest_count: int | None = None

    @property
    def drift_id(self) -> str:
        """The same for the same thing, so that it is recorded once."""
        parts = (
            self.table_name,
            self.drift_code,
            self.column_name,
            self.drift_value,
            self.arrived_date,
        )
        return hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()


def volume_events(
    table: Table, counts: Sequence[tuple[date, int]], touched: Iterable[date]
) -> list[Event]:
    """Days of arrival whose rows are out of the contract's band or of the days before.

    Args:
        counts: rows by day, all days that are known.
        touched: days of which this run wrote rows. The newest day may still grow: it
            can be too high already, but not yet too low.
    """
    volume = table.spec.volume
    if volume is None or not counts:
        return []
    by_day = dict(counts)
    newest = max(by_day)
    events = []
    for day in sorted(set(touched) & set(by_day)):
        rows = by_day[day]
        band = (volume.min_rows_per_day, volume.max_rows_per_day)
        events += _out_of(table, day, rows, band, ("volume_low", "volume_high"))
        trailing = volume.trailing
        before = sorted(one for one in by_day if one < day)
        if trailing is None or len(before) < trailing.days:
            continue
        middle = median(by_day[one] for one in before[-trailing.days :])
        band = (
            int(middle * trailing.lowest_share),
            int(middle * trailing.highest_share),
        )
        events += _out_of(table, day, rows, band, ("volume_fell", "volume_rose"))
    growing = {"volume_low", "volume_fell"}
    return [
        e for e in events if e.arrived_date != newest or e.drift_code not in growing
    ]


def record_events(run: Run, events: Iterable[Event]) -> int:
    """Append the events that were not recorded before; how many these are."""
    known = run.lake.read(DRIFT, "select drift_id from t")["drift_id"].to_pylist()
    fresh = {event.drift_id: event for event in events}
    for drift_id in known:
        fresh.pop(drift_id, None)
    if fresh:
        rows = [_row(run, event) for event in fresh.values()]
        run.lake.append(DRIFT, rows_of(DRIFT, rows, run.lake))
    return len(fresh)


def _out_of(
    table: Table, day: date, rows: int, band: tuple[int, int], codes: tuple[str, str]
) -> list[Event]:
    lowest, highest = band
    if lowest <= rows <= highest:
        return []
    return [
        Event(
            table_name=table.name,
            drift_code=codes[0] if rows < lowest else codes[1],
            arrived_date=day,
            observed_count=rows,
            lowest_count=lowest,
            highest_count=highest,
        )
    ]


def _row(run: Run, event: Event) -> dict[str, object]:
    said = msgspec.structs.asdict(event)
    day = event.arrived_date
    shown = said | {"arrived_date": f"{day:%d/%m/%Y}" if day else ""}
    reason_vi, reason_en = REASONS[event.drift_code]
    return {
        **said,
        "drift_id": event.drift_id,
        "run_seq": run.seq,
        "reason_vi": reason_vi.format(**shown),
        "reason_en": reason_en.format(**shown),
        "detected_at": time.now(),
    }
