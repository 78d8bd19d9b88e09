"""What really happened, for checks of the pipeline, which itself never reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.cohort import Cohort, message_keys
from simulator.columns import Text, chosen, digits
from simulator.declared_truth import (
    declaration_truth,
    fraud_truth,
    line_truth,
    utc_times,
)
from simulator.draws import Ints
from simulator.event_truth import event_truth
from simulator.landing import Delivered
from simulator.link_truth import link_truth, version_truth
from simulator.paper_truth import paper_truth
from simulator.quirks import load_quirks
from simulator.revision_truth import revision_truth
from simulator.shapes import ANSWERED, Stage, codes_of
from simulator.told import told
from simulator.world import World

EVENTS = [stage.name.lower() for stage in Stage]
STREAMS = ("ordinary", "parcel")


def write_truth(
    world: World, cohort: Cohort, delivered: Sequence[Delivered], folder: Path
) -> None:
    """Write the truth of a day's declarations below `<folder>/<day>/`."""
    target = folder / cohort.day.isoformat()
    target.mkdir(parents=True, exist_ok=True)
    found = told(cohort, delivered)
    tables = {
        "messages": message_truth(cohort, delivered),
        "extras": extra_truth(cohort, delivered),
        "declarations": declaration_truth(world, cohort),
        "versions": version_truth(cohort, found),
        "links": link_truth(world, cohort, found),
        "events": event_truth(cohort, found),
        "amendments": revision_truth(cohort, found),
        "papers": paper_truth(cohort, found),
        "lines": line_truth(world, cohort),
        "frauds": fraud_truth(world, cohort),
        "quirks": quirk_truth(),
    }
    for name, table in tables.items():
        pq.write_table(table, target / f"{name}.parquet", compression="zstd")


def message_truth(cohort: Cohort, delivered: Sequence[Delivered]) -> pa.Table:
    """One row a message, those that were lost too: these have no file."""
    messages = cohort.messages
    files, offsets, lengths = _places(cohort, delivered)
    quirks = load_quirks()
    keys = message_keys(cohort)
    codes = _codes(cohort)
    place = messages.quirk - 1
    outcome = [quirk.outcome for quirk in quirks]
    paths = [one.delivery.path for one in delivered]
    has_channel = np.isin(messages.stage, ANSWERED)
    return pa.table(
        {
            "declaration_key": digits(keys, 11),
            "declaration_version": messages.version.astype(np.int32),
            "stream": chosen(STREAMS, messages.stream),
            "event_code": chosen(EVENTS, messages.stage),
            "procedure_code": codes[0],
            "output_code": codes[1],
            "channel_code": chosen(
                ["1", "2", "3"], np.where(has_channel, messages.channel - 1, -1)
            ),
            "business_at": utc_times(messages.business),
            "server_at": utc_times(messages.server),
            "arrived_at": utc_times(messages.arrival),
            "serial": pa.array(messages.serial),
            "part_no": pa.array(messages.part),
            "quirk_code": chosen([quirk.code for quirk in quirks], place),
            "outcome": pc.if_else(
                pa.array(place < 0), "accepted", chosen(outcome, place)
            ),
            "reason": chosen([quirk.reason for quirk in quirks], place),
            "warning": chosen([quirk.warning for quirk in quirks], place),
            "file": chosen(paths, files),
            "file_offset": pa.array(offsets, mask=files < 0),
            "length": pa.array(lengths, mask=files < 0),
        }
    )


def extra_truth(cohort: Cohort, delivered: Sequence[Delivered]) -> pa.Table:
    """One row a stretch of bytes that is no message, each to be rejected."""
    junk = [
        place
        for place, quirk in enumerate(load_quirks(), 1)
        if quirk.code == "junk_before"
    ]
    rows: list[dict[str, object]] = []
    reasons = {quirk.code: quirk.reason for quirk in load_quirks()}
    for one in delivered:
        quirks = cohort.messages.quirk[one.delivery.rows]
        for offset in one.offsets[np.isin(quirks, junk)]:
            rows.append(_extra(one, "junk_before", "not_a_message", int(offset)))
        if one.delivery.extra:
            reason = reasons[one.delivery.extra]
            rows.append(_extra(one, one.delivery.extra, reason, one.size))
    schema = pa.schema(
        [
            ("file", pa.string()),
            ("quirk_code", pa.string()),
            ("reason", pa.string()),
            ("end_offset", pa.int64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema)


def quirk_truth() -> pa.Table:
    """One row a quirk that may occur, with what must become of it."""
    return pa.table(
        {
            name: [getattr(quirk, name) for quirk in load_quirks()]
            for name in ("code", "title_vi", "what", "outcome", "reason", "warning")
        }
    )


def _places(cohort: Cohort, delivered: Sequence[Delivered]) -> tuple[Ints, Ints, Ints]:
    count = len(cohort.messages)
    files, offsets = np.full(count, -1), np.zeros(count, dtype=np.int64)
    lengths = np.zeros(count, dtype=np.int64)
    for number, one in enumerate(delivered):
        rows = one.delivery.rows
        files[rows], offsets[rows], lengths[rows] = number, one.offsets, one.lengths
    return files.astype(np.int64), offsets, lengths


def _codes(cohort: Cohort) -> tuple[Text, Text]:
    """Procedure and output codes as a message without quirks carries them."""
    messages = cohort.messages
    kinds = (
        (messages.stream * len(Stage) + messages.stage) * 2 + messages.direction
    ) * 4 + messages.channel
    known, places = np.unique(kinds, return_inverse=True)
    pairs = [
        codes_of(
            int(kind) // 8 // len(Stage),
            Stage(int(kind) // 8 % len(Stage)),
            int(kind) // 4 % 2,
            int(kind) % 4,
        )
        for kind in known
    ]
    return (
        chosen([procedure for procedure, _ in pairs], places),
        chosen([output for _, output in pairs], places),
    )


def _extra(one: Delivered, code: str, reason: str, end: int) -> dict[str, object]:
    return {
        "file": one.delivery.path,
        "quirk_code": code,
        "reason": reason,
        "end_offset": end,
    }
