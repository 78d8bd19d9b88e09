"""The core tables that follow from a set of messages.

Core is written here a second time, in plain Python, so that gold is tested alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from lakehouse.time import business_date
from tests.golden.incremental.amendments import amendment_rows
from tests.golden.incremental.arrivals import Message
from tests.golden.incremental.inspections import inspection_rows
from tests.golden.incremental.taxes import MODES, tax_rows


def core_rows(messages: Iterable[Message]) -> dict[str, list[dict]]:
    """Rows of the core tables, without `_run_seq`."""
    first = _first_arrivals(messages)
    dates = _registered_dates(first)
    rows: dict[str, list[dict]] = {"": [], "_line": [], "_tax": [], "_event": []}
    versions = defaultdict(list)
    for message in first:
        if message.amendment_no:
            continue
        if message.rank:
            versions[message.key, message.version].append(message)
        else:
            rows["_event"].append(_event_row(message, dates[message.key]))
    newest = {}
    for key, version in versions:
        newest[key] = max(version, newest.get(key, 0))
    for (key, version), told in versions.items():
        for message, known_from, known_until in _states(told):
            state = _state(dates[key], known_from, known_until, version == newest[key])
            rows[""].append(_declaration_row(message) | state)
            rows["_line"] += [_line_row(message, n) | state for n in _numbers(message)]
            rows["_tax"] += [tax | state for tax in tax_rows(message)]
    rows["_month"] = [_month_row(key, day) for key, day in dates.items()]
    tables = {f"core.vnaccs__declaration{name}": rows[name] for name in rows}
    tables["core.vnaccs__inspection"] = inspection_rows(first, dates)
    tables |= amendment_rows(first, dates)
    return tables


def _first_arrivals(messages: Iterable[Message]) -> list[Message]:
    first: dict[int, Message] = {}
    for message in messages:
        known = first.get(message.number)
        if known is None or message.arrived < known.arrived:
            first[message.number] = message
    return list(first.values())


def _registered_dates(messages: Iterable[Message]) -> dict[str, date]:
    declared: dict[str, date] = {}
    stand_in: dict[str, date] = {}
    for message in messages:
        arrived = business_date(message.arrived)
        stand_in[message.key] = min(arrived, stand_in.get(message.key, arrived))
        if message.declared:
            declared[message.key] = message.declared
    return stand_in | declared


def _states(told: list[Message]) -> list[tuple[Message, datetime, datetime | None]]:
    best: list[Message] = []
    for message in sorted(told, key=lambda m: (m.arrived, m.rank, m.number)):
        if not best or (message.rank, message.number) > (
            best[-1].rank,
            best[-1].number,
        ):
            if best and best[-1].arrived == message.arrived:
                best.pop()
            best.append(message)
    ends = [later.arrived for later in best[1:]] + [None]
    return [(m, m.arrived, end) for m, end in zip(best, ends, strict=True)]


def _state(day: date, known_from: datetime, known_until: datetime | None, newest: bool):
    return {
        "registered_date": day,
        "registered_month": f"{day:%Y-%m}",
        "known_from": known_from,
        "known_until": known_until,
        "is_current": newest and known_until is None,
    }


def _month_row(key: str, day: date) -> dict:
    return {
        "declaration_key": key,
        "registered_date": day,
        "is_date_declared": True,
        "registered_month": f"{day:%Y-%m}",
        "key_prefix": key[:5],
    }


def _numbers(message: Message) -> range:
    return range(1, len(message.lines) + 1)


def _declaration_row(message: Message) -> dict:
    is_import = message.key[0] == "1"
    side = "importer" if is_import else "exporter"
    return {
        "declaration_key": message.key,
        "declaration_version": message.version,
        "declaration_no": f"{message.key}{message.version}",
        "direction_code": "import" if is_import else "export",
        "office_code": message.office,
        "transport_mode_code": draw_of(message, *MODES),
        f"{side}_tax_code": message.firm,
        f"{side}_name": message.name,
        "customs_value_vnd": sum(line.value for line in message.lines),
        "kind_code": draw_of(message, "A11", "A12", None),
        "partner_country_code": draw_of(message, "CN", "XK"),
        "is_low_value": message.is_low_value,
        "line_count": len(message.lines),
        "registered_at": message.happened,
        "_record_hash": str(message.number),
    }


def _line_row(message: Message, number: int) -> dict:
    line = message.lines[number - 1]
    return {
        "declaration_key": message.key,
        "declaration_version": message.version,
        "line_no": number,
        "hs_code": line.hs_code,
        "origin_country_code": line.origin,
        "tariff_table_code": draw_of(message, "B01", "B01", "B05"),
        "first_quantity": line.quantity,
        "first_quantity_unit_code": "PCE",
        "unit_price_currency_code": draw_of(message, "USD", "EUR"),
        "customs_value_vnd": line.value,
        "_record_hash": str(message.number),
    }


def _event_row(message: Message, day: date) -> dict:
    has_time = message.event != "channel" or message.declared is not None
    return {
        "event_id": str(message.number),
        "declaration_key": message.key,
        "declaration_version": message.version,
        "event_code": message.event,
        "channel_code": message.channel,
        # A channel result gives the time of registration, where it has one.
        "business_at": message.happened if has_time else None,
        "server_at": message.happened,
        "received_at": message.arrived,
        "processed_at": message.arrived,
        "registered_date": day,
        "registered_month": f"{day:%Y-%m}",
        "known_from": message.arrived,
        "_record_hash": str(message.number),
    }


def draw_of(message: Message, *values: str | None) -> str | None:
    """One of some values, the same whenever the message is asked."""
    return values[message.number % len(values)]
