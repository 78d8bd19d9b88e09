"""Time to write the landing files and the truth of a simulated day."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from simulator.nationwide import Plan, simulate
from simulator.quirks import quirk_rates

DAY = date(2026, 11, 4)
SCALE, SHORT_SCALE = 0.1, 0.01
TRIES = 3


def run() -> dict[str, object]:
    """Seconds and rates of a tenth of a national day; keys say in which unit."""
    short = bool(os.environ.get("BENCH_SHORT"))
    scale = SHORT_SCALE if short else SCALE
    found: dict[str, object] = {"scale": scale}
    for processes in (1, 2):
        tries = [_seconds(scale, processes) for _ in range(1 if short else TRIES)]
        seconds = median(second for second, _ in tries)
        megabytes = tries[0][1] / 1e6
        found["megabytes"] = round(megabytes, 1)
        found[f"seconds_{processes}_processes"] = round(seconds, 2)
        found[f"megabytes_per_s_{processes}_processes"] = round(megabytes / seconds, 1)
    return found


def _seconds(scale: float, processes: int) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            seed=1,
            scale=scale,
            first=DAY,
            days=1,
            rates=quirk_rates([]),
            out=Path(folder),
            processes=processes,
        )
        started = perf_counter()
        (report,) = simulate(plan)
        return perf_counter() - started, report.bytes
