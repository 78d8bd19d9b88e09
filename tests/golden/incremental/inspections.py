"""`core.vnaccs__inspection` as it follows from a set of messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from tests.golden.incremental.arrivals import Message

KINDS = ("inspection_designated", "inspection_cancelled", "inspected")


def inspection_rows(
    messages: Iterable[Message], dates: Mapping[str, date]
) -> list[dict]:
    """What was known of each designation, from one arrival to another."""
    by_key = defaultdict(list)
    for message in messages:
        if message.event in KINDS:
            by_key[message.key].append(message)
    rows = []
    for key, told in by_key.items():
        for row in _standing(told):
            day = dates[key]
            place = {"registered_date": day, "registered_month": f"{day:%Y-%m}"}
            rows.append({"declaration_key": key} | row | place)
    return rows


def _standing(told: list[Message]) -> Iterator[dict]:
    moments = sorted({message.arrived for message in told})
    views = {at: _view([m for m in told if m.arrived <= at]) for at in moments}
    open_rows: dict[tuple, datetime] = {}
    for at in moments:
        for content in [row for row in open_rows if row not in views[at]]:
            yield _row(content, open_rows.pop(content), at, is_current=False)
        for content in views[at]:
            open_rows.setdefault(content, at)
    valid = [start for start, cancelled, _ in open_rows if cancelled is None]
    for content, since in open_rows.items():
        is_last = content[1] is None and content[0] == max(valid)
        yield _row(content, since, None, is_current=is_last)


def _view(told: list[Message]) -> set[tuple]:
    """Each designation with the next cancellation or result after it."""
    ends = sorted(
        (message.happened, message.event == "inspection_cancelled")
        for message in told
        if message.event != KINDS[0]
    )
    found = set()
    for start in (m.happened for m in told if m.event == KINDS[0]):
        at, is_cancelled = next((e for e in ends if e[0] >= start), (None, False))
        found.add((start, at if is_cancelled else None, None if is_cancelled else at))
    return found


def _row(
    content: tuple, since: datetime, until: datetime | None, *, is_current: bool
) -> dict:
    names = ("designated_at", "designation_cancelled_at", "inspected_at")
    return dict(zip(names, content, strict=True)) | {
        "known_from": since,
        "known_until": until,
        "is_current": is_current,
    }
