"""Rows of `core.vnaccs__declaration_event` of a simulated day."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Table
from simulator.cohort import Cohort
from simulator.columns import Text, chosen, constant
from simulator.core_rows import (
    Rows,
    days_of,
    identity,
    message_hashes,
    months_of,
    typed_rows,
)
from simulator.declared_truth import utc_times
from simulator.draws import Ints
from simulator.notices import inspected_at, is_inspected
from simulator.shapes import ANSWERED, Messages, Stage, codes_of
from simulator.states import STILL
from simulator.world import World
from simulator.writing import same_kind, word_messages

TIMED = {
    "channel": ("registered_date", "registered_time"),
    "amended": ("amended_date", "amended_time"),
    "cleared": ("cleared_date", "cleared_time"),
    "released": ("release_approved_date", "release_approved_time"),
    "transport_departed": ("departed_date", "departed_time"),
    "transport_arrived": ("arrived_date", "arrived_time"),
}
AT_BUSINESS = ("cleared", "released", "transport_departed", "transport_arrived")


def event_rows(
    world: World, cohort: Cohort, received: Ints, dates: Ints, table: Table
) -> pa.Table:
    """Rows of `core.vnaccs__declaration_event`: one a message."""
    there = np.flatnonzero(received != STILL)
    parts = []
    for rows in same_kind(cohort.messages.take(there)):
        places = there[rows]
        some = cohort.messages.take(places)
        stage = Stage(int(some.stage[0]))
        pair = codes_of(int(some.stream[0]), stage, int(some.direction[0]), 1)
        layout = word_messages(world, cohort, some.take(np.arange(1))).layout
        arrived = utc_times(received[places])
        found = identity(cohort, some) | _codes(some, stage)
        found |= {
            "event_code": constant(layout.event_code or "", len(some)),
            "actor_code": constant(layout.actor_code or "", len(some)),
            "business_at": _business_times(layout.event_code or "", some),
            "server_at": utc_times(some.server),
            "procedure_code": constant(pair[0], len(some)),
            "registered_date": days_of(dates[places]),
            "registered_month": months_of(dates[places]),
            "_record_hash": message_hashes(cohort, places),
        }
        found |= dict.fromkeys(("received_at", "processed_at", "known_from"), arrived)
        found["event_id"] = _event_ids(found)
        parts.append(typed_rows(found, table))
        if is_inspected(some).any():
            parts.append(_inspections(found, some, table))
    return pa.concat_tables(parts)


def _inspections(cleared: Rows, messages: Messages, table: Table) -> pa.Table:
    """The end of the inspection that a clearance tells of."""
    count = len(messages)
    found = cleared | {
        "event_code": constant("inspected", count),
        "channel_code": constant("", count),
        "business_at": utc_times(inspected_at(messages)),
    }
    found["event_id"] = _event_ids(found)
    return typed_rows(found, table).filter(pa.array(is_inspected(messages)))


def _codes(messages: Messages, stage: Stage) -> Rows:
    """Output code and, of answers, the channel in it."""
    stream, direction = int(messages.stream[0]), int(messages.direction[0])
    outputs = [codes_of(stream, stage, direction, channel)[1] for channel in (1, 2, 3)]
    output = chosen(outputs, messages.channel - 1)
    if stage not in ANSWERED or stage is Stage.RELEASE_ASKED:
        return {"output_code": output, "channel_code": constant("", len(messages))}
    channel = pc.utf8_slice_codeunits(output, 3, 4)
    return {"output_code": output, "channel_code": channel}


def _business_times(event: str, messages: Messages) -> pa.Array:
    if event not in TIMED:
        return pa.nulls(len(messages), pa.timestamp("us", tz="UTC"))
    if event in AT_BUSINESS:
        return utc_times(messages.business)
    is_amended = event == "amended"
    return utc_times(messages.amended_at if is_amended else messages.registered_at)


def _event_ids(event: Rows) -> Text:
    told = pc.coalesce(event["business_at"], event["server_at"])
    moment = pc.strftime(told.cast(pa.timestamp("s", tz="UTC")), "%Y-%m-%d %H:%M:%S")
    names = pc.binary_join_element_wise(
        event["declaration_key"],
        event["declaration_version"].cast(pa.string()),
        event["event_code"],
        event["channel_code"],
        moment,
        "|",
    )
    return pa.array(
        [hashlib.sha256(name.encode()).hexdigest() for name in names.to_pylist()]
    )
