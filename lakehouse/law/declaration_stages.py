"""How long each stage of clearance took, from the first time of each event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lakehouse.law.declaration_events import Event

STAGES: dict[str, tuple[str, str]] = {
    "registration_to_channel": ("registered", "channel"),
    "channel_to_release": ("channel", "released"),
    "channel_to_clearance": ("channel", "cleared"),
    "registration_to_clearance": ("registered", "cleared"),
    "designation_to_result": ("designated", "inspection_result"),
    "clearance_to_gate_out": ("cleared", "gate_out"),
}
"""Stage → the events at its two ends."""


def first_times(events: Iterable[Event]) -> dict[str, datetime]:
    """The first business time of each type of event."""
    found: dict[str, datetime] = {}
    for event in events:
        before = found.get(event.type, event.business_time)
        found[event.type] = min(before, event.business_time)
    return found


def stage_seconds(
    firsts: dict[str, datetime], designated_at: datetime | None
) -> dict[str, int | None]:
    """Seconds by stage: null while an end is unknown, below zero as the clocks say.

    Args:
        designated_at: the last designation to inspect that was not cancelled.
    """
    moments: dict[str, datetime | None] = {**firsts, "designated": designated_at}
    return {
        name: _seconds(moments.get(start), moments.get(end))
        for name, (start, end) in STAGES.items()
    }


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None:
        return None
    return round((end - start).total_seconds())
