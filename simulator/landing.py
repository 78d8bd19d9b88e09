"""Landing files: a day's messages in order of arrival, a few megabytes a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.cohort import Cohort
from simulator.columns import day_number
from simulator.damage import JUNK, cut_header
from simulator.draws import Ints, generator
from simulator.errors import SimulationRefused
from simulator.quirks import load_quirks, quirk_place
from simulator.world import World
from simulator.writing import write_messages

LEAST_BYTES, MOST_BYTES, BLOCK_BYTES = 1_500_000, 6_000_000, 40_000_000
DAY_SECONDS = 86_400
UTC_OFFSET = 7 * 3_600


@dataclass(frozen=True)
class Delivery:
    """One file: which messages it holds and what else.

    Attributes:
        path: below the landing folder.
        rows: rows of the cohort's messages, in order.
        extra: code of the quirk of the file, or nothing.
    """

    path: str
    rows: Ints
    extra: str


@dataclass(frozen=True)
class Delivered:
    """Where the messages of a file lie.

    Attributes:
        offsets: where each message begins; junk before one does not belong to it.
        end: bytes of the file, without the extra at its end.
        size: bytes of the file.
    """

    delivery: Delivery
    offsets: Ints
    lengths: Ints
    end: int
    size: int


def plan_deliveries(
    world: World,
    cohort: Cohort,
    rates: dict[str, float],
    until: date | None = None,
    since: date | None = None,
) -> list[Delivery]:
    """Cut a day's messages into files by hour of arrival and size.

    Args:
        until: leave out what arrives on or after this day.
        since: leave out what arrives before this day; the other files stay the same.
    """
    lost = [
        place for place, quirk in enumerate(load_quirks(), 1) if quirk.outcome == "lost"
    ]
    messages = cohort.messages
    there = ~np.isin(messages.quirk, lost)
    if until is not None:
        there &= messages.arrival < day_number(until) * DAY_SECONDS
    rows = np.flatnonzero(there)
    random = generator(world.seed, cohort.day, "files")
    codes = [quirk.code for quirk in load_quirks() if quirk.level == "file"]
    deliveries = []
    for number, mine in enumerate(_cut(cohort, rows)):
        draws = random.random(len(codes))
        hits = [
            code for code, draw in zip(codes, draws, strict=True) if draw < rates[code]
        ]
        path = _path(cohort, mine, number)
        if since is None or path >= since.isoformat():
            deliveries.append(Delivery(path, mine, hits[0] if hits else ""))
    return deliveries


def in_blocks(cohort: Cohort, deliveries: list[Delivery]) -> list[list[Delivery]]:
    """Neighbouring files that are put into words together, which is faster."""
    sizes = [int(cohort.sizes(one.rows).sum()) for one in deliveries]
    blocks: list[list[Delivery]] = []
    gathered = BLOCK_BYTES
    for one, size in zip(deliveries, sizes, strict=True):
        if gathered + size > BLOCK_BYTES:
            blocks.append([])
            gathered = 0
        blocks[-1].append(one)
        gathered += size
    return blocks


def write_block(
    world: World, cohort: Cohort, block: list[Delivery], folder: Path
) -> list[Delivered]:
    """Write the files of a block.

    Raises:
        SimulationRefused: the folder cannot be written.
    """
    rows = np.concatenate([one.rows for one in block])
    written = write_messages(world, cohort, rows)
    done, begin = [], 0
    for one in block:
        mine = written.slice(begin, len(one.rows))
        done.append(_write(cohort, one, mine, folder))
        begin += len(one.rows)
    return done


def _write(
    cohort: Cohort, delivery: Delivery, written: pa.BinaryArray, folder: Path
) -> Delivered:
    """Write one file; its time is the arrival of its last message."""
    sizes = pc.binary_length(written).to_numpy(zero_copy_only=False)
    lengths = sizes.astype(np.int64)
    end = int(lengths.sum())
    offsets = np.cumsum(lengths) - lengths
    junk = cohort.messages.quirk[delivery.rows] == quirk_place("junk_before")
    offsets[junk] += len(JUNK)
    lengths[junk] -= len(JUNK)
    tail = _tail(delivery.extra, written)
    arrival = int(cohort.messages.arrival[delivery.rows[-1]]) - UTC_OFFSET
    target = folder / delivery.path
    try:
        put_file(target, memoryview(_data(written))[:end], tail, arrival)
    except OSError as error:
        raise SimulationRefused(
            "cannot_write", f"{target}: {error.strerror}", "Choose another --out"
        ) from None
    return Delivered(delivery, offsets, lengths, end, end + len(tail))


def _cut(cohort: Cohort, rows: Ints) -> Iterator[Ints]:
    """Whole hours until there is enough; a big hour in several files; days apart."""
    if not len(rows):
        return
    arrival, sizes = cohort.messages.arrival[rows], cohort.sizes(rows)
    hours = arrival // 3_600
    bounds = [0, *(np.flatnonzero(np.diff(hours)) + 1).tolist(), len(rows)]
    begin, gathered = 0, 0
    for start, stop in pairwise(bounds):
        gathered += int(sizes[start:stop].sum())
        ends_day = stop == len(rows) or hours[stop] // 24 != hours[start] // 24
        if gathered < LEAST_BYTES and not ends_day:
            continue
        pieces = -(-gathered // MOST_BYTES)
        share = np.cumsum(sizes[begin:stop]) * pieces // (gathered + 1)
        for piece in range(pieces):
            inside = np.flatnonzero(share == piece)
            if len(inside):
                yield rows[begin + inside]
        begin, gathered = stop, 0


def _path(cohort: Cohort, rows: Ints, number: int) -> str:
    last = np.datetime64(int(cohort.messages.arrival[rows[-1]]), "s").item()
    return f"{last:%Y-%m-%d}/{last:%H%M%S}_{cohort.day:%Y%m%d}_{number:04d}.msg"


def _tail(extra: str, written: pa.BinaryArray) -> bytes:
    if extra == "cut_header":
        return cut_header(written[-1].as_py())
    return JUNK if extra == "stray_bytes" else b""


def _data(written: pa.BinaryArray) -> pa.Buffer:
    """The texts lie one after another in one buffer."""
    first = written.offset
    offsets = np.frombuffer(written.buffers()[1], np.int32, count=first + 1)
    return written.buffers()[2].slice(int(offsets[first]))


def put_file(target: Path, data: memoryview, tail: bytes, arrival: int) -> None:
    """Write under another name first: a file that can be seen is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}")
    with part.open("wb") as file:
        file.write(data)
        file.write(tail)
    os.utime(part, (arrival, arrival))
    part.replace(target)
