"""Features worked out from the messages that had come, by their definition."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from lakehouse.time import BUSINESS_ZONE, business_date
from tests.golden.incremental.arrivals import Message
from tests.golden.incremental.core import core_rows


class Known(NamedTuple):
    """A declaration as it was known at a moment."""

    row: dict
    lines: list[dict]
    strictest: str


def enterprise_activity(messages: Iterable[Message], day: date) -> dict[str, dict]:
    """`feat.enterprise__activity` of a day by tax code."""
    found: dict[str, dict] = {}
    by_firm = defaultdict(list)
    for known in _known_at(messages, day):
        firm = known.row.get("importer_tax_code") or known.row.get("exporter_tax_code")
        if firm and known.row["registered_date"] < day:
            by_firm[firm].append(known)
    first = min(
        (k.row["registered_date"] for every in by_firm.values() for k in every),
        default=day,
    )
    for firm, every in by_firm.items():
        dates = [known.row["registered_date"] for known in every]
        inside = [k for k in every if k.row["registered_date"] >= day - timedelta(365)]
        imports = sum(k.row["direction_code"] == "import" for k in inside)
        lines = [line for known in inside for line in known.lines]
        found[firm] = {
            "history_days": min(365, (day - first).days),
            "first_declaration_date": min(dates),
            "last_declaration_date": max(dates),
            "declaration_count_365d": len(inside),
            "import_declaration_count_365d": imports,
            "export_declaration_count_365d": len(inside) - imports,
            "line_count_365d": sum(k.row["line_count"] for k in inside),
            "customs_value_vnd_365d": sum(k.row["customs_value_vnd"] for k in inside),
            "red_count_365d": sum(k.strictest == "3" for k in inside),
            "yellow_count_365d": sum(k.strictest == "2" for k in inside),
            "amended_count_365d": sum(k.row["declaration_version"] > 0 for k in inside),
            "active_days_365d": len({k.row["registered_date"] for k in inside}),
            "chapter_count_365d": len(
                {x["hs_code"][:2] for x in lines if x["hs_code"]}
            ),
            "origin_count_365d": len(
                {x["origin_country_code"] for x in lines} - {None}
            ),
            "office_count_365d": len({k.row["office_code"] for k in inside}),
        }
    return found


def unit_prices(messages: Iterable[Message], day: date) -> dict[tuple, list[float]]:
    """Sorted unit prices of the 365 days before a day, by goods, origin and unit."""
    prices = defaultdict(list)
    for known in _known_at(messages, day):
        if day - timedelta(365) <= known.row["registered_date"] < day:
            for line in known.lines:
                has_price = line["first_quantity"] > 0 and line["customs_value_vnd"] > 0
                if line["hs_code"] and line["origin_country_code"] and has_price:
                    goods = line["hs_code"], line["origin_country_code"], "PCE"
                    prices[goods].append(
                        float(line["customs_value_vnd"]) / float(line["first_quantity"])
                    )
    return {goods: sorted(values) for goods, values in prices.items()}


def nearest_rank(values: list[float], share: float) -> float:
    """The lowest value up to which at least a share of all values lies."""
    return values[math.ceil(round(share * len(values), 9)) - 1]


def _known_at(messages: Iterable[Message], day: date) -> list[Known]:
    start = datetime(day.year, day.month, day.day, tzinfo=BUSINESS_ZONE)
    # The date of registration is what is known of it today: it is the partition.
    rows = core_rows(messages)
    dated = {m.key for m in messages if m.declared and m.arrived < start}
    known = {}
    for row in rows["core.vnaccs__declaration"]:
        holds = row["known_from"] < start and not (
            row["known_until"] and row["known_until"] < start
        )
        if holds and row["declaration_key"] in dated:
            older = known.get(row["declaration_key"])
            if (
                older is None
                or older["declaration_version"] < row["declaration_version"]
            ):
                known[row["declaration_key"]] = row
    lines = defaultdict(list)
    for line in rows["core.vnaccs__declaration_line"]:
        lines[line["declaration_key"], line["_record_hash"]].append(line)
    strictest = defaultdict(str)
    for event in rows["core.vnaccs__declaration_event"]:
        is_channel = event["event_code"] == "channel"
        if is_channel and business_date(event["known_from"]) < day:
            key = event["declaration_key"]
            strictest[key] = max(strictest[key], event["channel_code"])
    return [
        Known(row, lines[key, row["_record_hash"]], strictest[key])
        for key, row in known.items()
    ]
