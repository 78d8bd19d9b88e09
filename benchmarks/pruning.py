"""Bytes read to bring 200 amendments of one recent day into core, by days of history.

What is read should follow from the change, not from the history: the same batch goes
into a history of a few days and into one of a month, which also fills two partitions.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from lakehouse.derive.to_rows import to_rows
from lakehouse.engine import engine
from lakehouse.replace import Workspace
from lakehouse.runs import Run, start_run
from lakehouse.tables import Lake
from simulator.history import TABLES, write_core_history
from transforms.vnaccs.update import DECLARATION, update

LAST_DAY = date(2026, 11, 10)
RAW = "raw.vnaccs__declaration"
DAYS, SHORT_DAYS = (3, 30), (2, 4)
SCALE, SHORT_SCALE = 0.02, 0.002
AMENDED = 200
LINES = 20
TRIES = 3


def run() -> dict[str, object]:
    """Bytes and seconds of the core update on both histories, and their ratios."""
    short = bool(os.environ.get("BENCH_SHORT"))
    days = SHORT_DAYS if short else DAYS
    scale = SHORT_SCALE if short else SCALE
    found: dict[str, object] = {"scale": scale, "amendments": _count(scale)}
    measured = {number: _measure(number, scale) for number in days}
    for number, values in measured.items():
        found |= {f"{name}_{number}_days": value for name, value in values.items()}
    few, many = (measured[number] for number in days)
    found["bytes_read_ratio"] = round(many["read_mb"] / few["read_mb"], 3)
    found["seconds_ratio"] = round(many["seconds"] / few["seconds"], 3)
    return found


def _measure(days: int, scale: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")
        first = LAST_DAY - timedelta(days=days - 1)
        write_core_history(lake, first, days, scale)
        stored = _stored_bytes(lake)
        engine()
        # The first one pays for what the process has not yet done once.
        tries = [_amend(lake, some) for some in _chosen(lake, scale)][1:]
    read = median(one[0] for one in tries)
    return {
        "core_mb": round(stored / 1e6, 3),
        "read_mb": round(read / 1e6, 3),
        "read_share": round(read / stored, 4),
        "seconds": round(min(one[1] for one in tries), 2),
    }


def _chosen(lake: Lake, scale: float) -> Iterator[list[str]]:
    """Numbers of ordinary declarations of the last day, other ones for each try."""
    numbers = lake.read(
        DECLARATION,
        "select declaration_no from t where is_current and not is_low_value "
        f"and registered_date = date '{LAST_DAY}' and declaration_version < 8 "
        "order by declaration_no",
    )["declaration_no"].to_pylist()
    for number in range(TRIES + 1):
        mine = numbers[number :: TRIES + 1]
        yield mine[:: max(1, len(mine) // _count(scale))][: _count(scale)]


def _count(scale: float) -> int:
    return round(AMENDED * scale / SCALE)


def _amend(lake: Lake, numbers: list[str]) -> tuple[int, float]:
    """Bytes read from files and seconds of the update with one batch of amendments."""
    with start_run(lake, "bench") as run_of_batch:
        _put(run_of_batch, [_answer(number) for number in numbers])
        work = Workspace(run_of_batch)
        work.clear()
        before, begun = _read_bytes(), time.perf_counter()
        changed = update(run_of_batch, work)
        spent = (_read_bytes() - before, time.perf_counter() - begun)
        assert changed[DECLARATION] >= len(numbers), changed
    return spent


def _read_bytes() -> int:
    """Bytes that this process has read, from the disk or from its cache."""
    counters = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(": ") for line in counters)["rchar"])


def _stored_bytes(lake: Lake) -> int:
    sizes = (
        sum(lake.delta(name).get_add_actions()["size_bytes"].to_pylist())
        for name in TABLES
    )
    return sum(sizes)


def _put(run_of_batch: Run, messages: list[dict[str, object]]) -> None:
    """Append messages to raw as one committed batch."""
    lake, seq = run_of_batch.lake, run_of_batch.seq
    rows = [
        message | {"_batch_seq": seq, "_source_offset": place}
        for place, message in enumerate(messages)
    ]
    lake.append(RAW, to_rows(lake.contracts.table(RAW), rows))
    batch = {
        "source_code": "vnaccs",
        "batch_seq": seq,
        "batch_status": "committed",
        "run_seq": seq,
    }
    lake.append("ops.batch", to_rows(lake.contracts.table("ops.batch"), [batch]))


def _answer(number: str) -> dict[str, object]:
    """The system's answer to an amendment: the next version of a declaration."""
    amended = f"{number[:11]}{int(number[11]) + 1}"
    line = {
        "hs_code": "85171300",
        "goods_name": "Điện thoại thông minh",
        "origin_country_code": "CN",
        "first_quantity": "10",
        "first_quantity_unit_code": "PCE",
        "customs_value_vnd": "25000000",
    }
    arrived = datetime.combine(LAST_DAY, datetime.min.time(), UTC) + timedelta(days=2)
    return {
        "template": "VAD1AC0P",
        "procedure_code": "IDE",
        "output_code": "VAD1AC0",
        "event_code": "channel",
        "content_rank": "3",
        "declaration_no": amended,
        "kind_code": "A11",
        "registered_date": f"{LAST_DAY:%d%m%Y}",
        "registered_time": "083000",
        "server_time": f"{arrived:%Y%m%d%H%M%S}",
        "customs_value_vnd": "500000000",
        "lines": [line | {"line_no": f"{place:02}"} for place in range(1, LINES + 1)],
        "_received_at": arrived,
        "_record_hash": hashlib.sha256(amended.encode()).hexdigest(),
    }
