"""Landing files of the single window, and the truth of what a permit covers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.cohort import Cohort
from simulator.landing import put_file
from simulator.payment_landing import NOT_LANDED, files_of
from simulator.permit_rules import load_permit_rules
from simulator.permit_wording import single_window
from simulator.permits import Permit, draw_permits
from simulator.world import World

_NAMED = re.compile(r"<PermitID>(\w+)<")
TRUTH = pa.schema(
    [
        ("declaration_key", pa.string()),
        ("line_no", pa.int32()),
        ("permit_type_code", pa.string()),
        ("permit_no", pa.string()),
        ("permit_id", pa.string()),
        ("permit_line_no", pa.int32()),
        ("dossier_no", pa.string()),
        ("granted_hundredths", pa.int64()),
        ("quirk_code", pa.string()),
        ("lost_to", pa.string()),
    ]
)


def write_permits(
    world: World,
    cohort: Cohort,
    rates: dict[str, float],
    out: Path,
    between: tuple[date | None, date | None],
) -> None:
    """Write `landing/nsw` and `permits.parquet` of a day.

    Args:
        between: leave out what arrives before the one day, or on the other or later.

    Raises:
        OSError: the folder cannot be written.
    """
    permits = list(draw_permits(world, cohort, rates))
    messages = single_window(world, permits)
    landed: set[str] = set()
    for path, arrival, text in files_of(cohort.day, messages, between, "xml"):
        target = out / "landing" / "nsw" / path
        put_file(target, memoryview(text.encode()), b"", arrival)
        landed.update(_NAMED.findall(text))
    rows = [row for one in permits for row in _truth(one, landed)]
    target = out / "truth" / cohort.day.isoformat() / "permits.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=TRUTH), target, compression="zstd")


def _truth(permit: Permit, landed: set[str]) -> Iterator[dict[str, object]]:
    """What a permit covers, and the reason why that cannot be known."""
    quirks = load_permit_rules().quirks
    rejected = [quirk.code for quirk in quirks if quirk.outcome == "rejected"]
    unread = permit.quirk if permit.quirk in rejected else ""
    lost_to = unread if permit.identity in landed else NOT_LANDED
    for number, one in enumerate(permit.goods, 1):
        yield {
            "declaration_key": f"{permit.key:011d}",
            "line_no": one.line_no,
            "permit_type_code": permit.kind,
            "permit_no": permit.number,
            "permit_id": permit.identity,
            "permit_line_no": number,
            "dossier_no": permit.dossier,
            "granted_hundredths": permit.granted(one),
            "quirk_code": permit.quirk,
            "lost_to": lost_to,
        }
