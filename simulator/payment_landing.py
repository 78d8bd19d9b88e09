"""Landing files of payments by hour of arrival, and the truth of what pays what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.cohort import Cohort
from simulator.landing import UTC_OFFSET, put_file
from simulator.payment_quirks import load_payment_quirks
from simulator.payment_wording import Message, gateway, obligations
from simulator.payments import (
    Document,
    days_to_seconds,
    draw_debts,
    draw_documents,
)
from simulator.world import World

NOT_LANDED = "not_landed"
TRUTH = pa.schema(
    [
        ("declaration_key", pa.string()),
        ("budget_item_code", pa.string()),
        ("transaction_id", pa.string()),
        ("document_no", pa.string()),
        ("paid_vnd", pa.decimal128(20, 0)),
        ("is_cancelled", pa.bool_()),
        ("quirk_code", pa.string()),
        ("lost_to", pa.string()),
    ]
)


def write_payments(
    world: World,
    cohort: Cohort,
    rates: dict[str, float],
    out: Path,
    between: tuple[date | None, date | None],
) -> int:
    """Write `landing/tax`, `landing/epay` and the truth of a day; bytes written.

    Args:
        between: leave out what arrives before the one day, or on the other or later.

    Raises:
        OSError: the folder cannot be written.
    """
    debts = draw_debts(world, cohort)
    documents = draw_documents(world, cohort, debts, rates)
    size = 0
    for source, messages, ending in (
        ("tax", obligations(world, debts), "ndjson"),
        ("epay", gateway(world, cohort, documents), "xml"),
    ):
        for path, arrival, text in files_of(cohort.day, messages, between, ending):
            data = text.encode()
            put_file(out / "landing" / source / path, memoryview(data), b"", arrival)
            size += len(data)
    rows = [row for one in documents for row in _truth(one, between[1])]
    target = out / "truth" / cohort.day.isoformat() / "payments.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=TRUTH), target, compression="zstd")
    return size


def files_of(
    day: date,
    messages: Iterable[Message],
    between: tuple[date | None, date | None],
    ending: str,
) -> Iterator[tuple[str, int, str]]:
    """Path, moment in UTC and text of each file."""
    first, end = (days_to_seconds(one) if one else None for one in between)
    hours: dict[int, list[Message]] = {}
    for message in sorted(messages):
        early = first is not None and message.arrival < first
        if not early and (end is None or message.arrival < end):
            hours.setdefault(message.arrival // 3_600, []).append(message)
    for inside in hours.values():
        last = inside[-1].arrival
        moment = datetime.fromtimestamp(last, UTC)
        path = f"{moment:%Y-%m-%d}/{moment:%H%M%S}_{day:%Y%m%d}.{ending}"
        yield path, last - UTC_OFFSET, "".join(one.text for one in inside)


def _truth(document: Document, until: date | None) -> Iterator[dict[str, object]]:
    """What a document pays, and the reason why that cannot be known."""
    rejected = [q.code for q in load_payment_quirks() if q.outcome == "rejected"]
    late = until is not None and document.sent + 30 >= days_to_seconds(until)
    lost = document.quirk if document.quirk in rejected else NOT_LANDED if late else ""
    for debt, amounts in document.parts:
        for (_, sub_item, _), amount in zip(debt.items, amounts, strict=True):
            if amount:
                yield {
                    "declaration_key": str(debt.key),
                    "budget_item_code": sub_item,
                    "transaction_id": document.transaction,
                    "document_no": document.number,
                    "paid_vnd": amount,
                    "is_cancelled": document.quirk == "payment_cancelled",
                    "quirk_code": document.quirk,
                    "lost_to": lost,
                }
