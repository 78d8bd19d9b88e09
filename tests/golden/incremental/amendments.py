"""Amendments after clearance in core, as they follow from a set of messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from lakehouse.time import business_date
from tests.golden.incremental.arrivals import Message


def amendment_rows(
    messages: Iterable[Message], dates: Mapping[str, date]
) -> dict[str, list[dict]]:
    """Rows of the two tables of amendments, without `_run_seq`."""
    amendments, lines = [], []
    for message in messages:
        if message.amendment_no:
            day = dates[message.key]
            state = {
                "amendment_no": message.amendment_no,
                "event_code": message.event,
                "declaration_key": message.key,
                "registered_date": day,
                "registered_month": f"{day:%Y-%m}",
                "known_from": message.arrived,
                "_record_hash": str(message.number),
            }
            amendments.append(_amendment(message) | state)
            lines += [_line(message, n) | state for n in range(len(message.lines))]
    return {
        "core.vnaccs__amendment": amendments,
        "core.vnaccs__amendment_line": lines,
    }


def _amendment(message: Message) -> dict:
    return {
        "declaration_version": message.version,
        "office_code": message.office,
        "importer_tax_code": message.firm,
        "tax_total_vnd": None,
        "line_count": len(message.lines) or None,
        "amended_date": business_date(message.happened),
        "server_at": message.happened,
    }


def _line(message: Message, number: int) -> dict:
    """Duty of a line, half of it before the amendment; the last line is new."""
    after = message.lines[number].value
    is_new = number == len(message.lines) - 1
    return {
        "entry_no": number + 1,
        "tax_no": 0,
        "line_no": number + 1,
        "before_tax_amount_vnd": Decimal(0) if is_new else after // 2,
        "after_tax_amount_vnd": after,
    }
