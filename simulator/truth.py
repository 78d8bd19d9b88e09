"""What really happened, for those who check the pipeline; the pipeline never reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.cohort import Cohort
from simulator.columns import Text, chosen, constant, digits
from simulator.draws import Bools, Ints
from simulator.landing import UTC_OFFSET, Delivered
from simulator.quirks import load_quirks
from simulator.shapes import ORDINARY, Stage, codes_of
from simulator.world import World

DIRECTIONS = ("import", "export")
EVENTS = [stage.name.lower() for stage in Stage]
STREAMS = ("ordinary", "parcel")


def write_truth(
    world: World, cohort: Cohort, delivered: Sequence[Delivered], folder: Path
) -> None:
    """Write the truth of a day's declarations below `<folder>/<day>/`."""
    target = folder / cohort.day.isoformat()
    target.mkdir(parents=True, exist_ok=True)
    events = message_truth(cohort, delivered)
    tables = {
        "messages": events,
        "extras": extra_truth(cohort, delivered),
        "declarations": declaration_truth(world, cohort),
        "versions": version_truth(cohort),
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
    keys = _keys(cohort)
    codes = _codes(cohort)
    place = messages.quirk - 1
    outcome = [quirk.outcome for quirk in quirks]
    paths = [one.delivery.path for one in delivered]
    has_channel = np.isin(messages.stage, (Stage.CHANNEL, Stage.CLEARED))
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
            "business_at": _utc(messages.business),
            "server_at": _utc(messages.server),
            "arrived_at": _utc(messages.arrival),
            "serial": messages.serial,
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


def declaration_truth(world: World, cohort: Cohort) -> pa.Table:
    """One row a declaration, parcels too."""
    about, parcels, nation = cohort.declarations, cohort.parcels, world.nation
    headers, totals = cohort.contents.headers, cohort.contents.totals
    last = cohort.contents.last_version(len(about))
    final = np.flatnonzero(headers.version == last[headers.declaration])
    rows = final[np.argsort(headers.declaration[final], kind="stable")]
    offices = [office.code for office in nation.offices]
    honesty = [name for name, _, _ in nation.honesty]
    firm = np.where(parcels.is_firm == 1, parcels.buyer, -1)
    return pa.table(
        {
            "declaration_key": digits(np.concatenate([about.key, parcels.key]), 11),
            "direction_code": chosen(
                DIRECTIONS, np.concatenate([about.direction, parcels.direction])
            ),
            "is_low_value": np.repeat([False, True], [len(about), len(parcels)]),
            "office_code": chosen(
                offices, np.concatenate([about.office, parcels.office])
            ),
            "tax_code": chosen(
                world.firms.tax_codes, np.concatenate([about.firm, firm])
            ),
            "honesty": chosen(
                honesty,
                np.where(
                    np.concatenate([about.firm, firm]) >= 0,
                    world.firms.honesty[np.concatenate([about.firm, firm])],
                    -1,
                ),
            ),
            "registered_at": _utc(
                np.concatenate([about.registered, parcels.registered])
            ),
            "version_count": np.concatenate([last + 1, np.ones(len(parcels), int)]),
            "line_count": np.concatenate(
                [headers.count[rows], np.ones(len(parcels), int)]
            ),
            "customs_value_vnd": np.concatenate([totals.value[rows], parcels.value]),
            "tax_total_vnd": pa.array(
                np.concatenate([totals.tax[rows], parcels.value]),
                mask=np.repeat([False, True], [len(about), len(parcels)]),
            ),
            "first_declaration_key": chosen(
                digits(about.first_key, 11),
                np.concatenate(
                    [
                        np.where(about.parts > 0, np.arange(len(about)), -1),
                        np.full(len(parcels), -1),
                    ]
                ),
            ),
        }
    )


def version_truth(cohort: Cohort) -> pa.Table:
    """One row an ordinary declaration and version."""
    headers, totals = cohort.contents.headers, cohort.contents.totals
    return pa.table(
        {
            "declaration_key": digits(
                cohort.declarations.key[headers.declaration], 11
            ),
            "declaration_version": headers.version.astype(np.int32),
            "line_count": headers.count,
            "customs_value_vnd": totals.value,
            "import_or_export_duty_vnd": totals.duty,
            "special_consumption_vnd": totals.special,
            "vat_vnd": totals.vat,
            "tax_total_vnd": totals.tax,
        }
    )


def line_truth(world: World, cohort: Cohort) -> pa.Table:
    """One row a line of a version, with the fraud in it if there is one."""
    lines, amounts = cohort.contents.lines, cohort.contents.amounts
    headers = cohort.contents.headers
    countries = [row.country for row in world.nation.partners]
    return pa.table(
        {
            "declaration_key": digits(
                cohort.declarations.key[headers.declaration[lines.owner]], 11
            ),
            "declaration_version": headers.version[lines.owner].astype(np.int32),
            "line_no": lines.number.astype(np.int32),
            "hs_code": chosen(world.catalogue.hs_codes, lines.good),
            "origin_country_code": chosen(countries, lines.origin),
            "customs_value_vnd": amounts.value,
            "duty_vnd": amounts.duty,
            "vat_vnd": amounts.vat,
            "fraud_code": chosen(list(world.nation.frauds), lines.fraud - 1),
        }
    )


def fraud_truth(world: World, cohort: Cohort) -> pa.Table:
    """One row a wrong line of version 0, or a parcel of a split purchase."""
    lines, parcels = cohort.contents.lines, cohort.parcels
    first = cohort.contents.headers.version[lines.owner] == 0
    wrong = lines.take(np.flatnonzero((lines.fraud > 0) & first))
    split = np.flatnonzero(parcels.fraud > 0)
    countries = [row.country for row in world.nation.partners]
    nothing = constant("", len(split))
    numbers = np.concatenate([wrong.number, np.ones(len(split), dtype=np.int64)])
    return pa.table(
        {
            "declaration_key": digits(
                np.concatenate(
                    [cohort.declarations.key[wrong.owner], parcels.key[split]]
                ),
                11,
            ),
            "line_no": numbers.astype(np.int32),
            "fraud_code": _stacked(
                chosen(list(world.nation.frauds), wrong.fraud - 1),
                constant("split_parcels", len(split)),
            ),
            "true_hs_code": _stacked(
                chosen(world.catalogue.hs_codes, wrong.true_good), nothing
            ),
            "true_origin_country_code": _stacked(
                chosen(countries, wrong.true_origin), nothing
            ),
            "declared_to_true_price": np.concatenate(
                [wrong.price / np.maximum(wrong.true_price, 1), np.ones(len(split))]
            ),
        }
    )


def quirk_truth() -> pa.Table:
    """One row a quirk that may occur, with what must become of it."""
    return pa.table(
        {
            name: [getattr(quirk, name) for quirk in load_quirks()]
            for name in ("code", "title_vi", "what", "outcome", "reason", "warning")
        }
    )


def _places(
    cohort: Cohort, delivered: Sequence[Delivered]
) -> tuple[Ints, Ints, Ints]:
    count = len(cohort.messages)
    files, offsets = np.full(count, -1), np.zeros(count, dtype=np.int64)
    lengths = np.zeros(count, dtype=np.int64)
    for number, one in enumerate(delivered):
        rows = one.delivery.rows
        files[rows], offsets[rows], lengths[rows] = number, one.offsets, one.lengths
    return files.astype(np.int64), offsets, lengths


def _keys(cohort: Cohort) -> Ints:
    messages = cohort.messages
    ordinary: Bools = messages.stream == ORDINARY
    keys = np.empty(len(messages), dtype=np.int64)
    keys[ordinary] = cohort.declarations.key[messages.subject[ordinary]]
    keys[~ordinary] = cohort.parcels.key[messages.subject[~ordinary]]
    return keys


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


def _utc(local: Ints) -> pa.Array:
    return pa.array((local - UTC_OFFSET) * 1_000_000, pa.timestamp("us", tz="UTC"))


def _extra(one: Delivered, code: str, reason: str, end: int) -> dict[str, object]:
    return {
        "file": one.delivery.path,
        "quirk_code": code,
        "reason": reason,
        "end_offset": end,
    }


def _stacked(first: Text, second: Text) -> Text:
    return pa.chunked_array([first, second]).combine_chunks()
