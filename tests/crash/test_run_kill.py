"""A run that is killed at any moment, and started again, gives the same lake."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lakehouse.tables import Lake
from lakehouse.verify import verify_lake

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(1500)]

KILLS = 20
NOW = "2026-11-03T00:30:00+07:00"
# Numbers of runs and batches, and the time of a batch, follow from how often one ran.
TECHNICAL = {
    "_run_seq",
    "_earlier_months",
    "_batch_seq",
    "_ingested_at",
    "batch_seq",
    "processed_at",
}
COMPARED = ("raw", "core", "gold", "feat")


def customs(lake: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "lakehouse", "--lake", str(lake), *arguments]


def environment(parallel_batch_bytes: int = 64 * 1024**2) -> dict[str, str]:
    return os.environ | {
        "CUSTOMS_NOW": NOW,
        "CUSTOMS_PARALLEL_BATCH_BYTES": str(parallel_batch_bytes),
        "RUST_LOG": "error",
    }


def run_to_the_end(lake: Path) -> None:
    subprocess.run(
        customs(lake, "run", "--json"),
        check=True,
        env=environment(),
        capture_output=True,
    )


def content(lake: Lake) -> dict[str, list[str]]:
    """Every table's rows as sorted text, technical columns apart."""
    found = {}
    for name, table in lake.contracts.tables.items():
        if table.schema not in COMPARED or not lake.exists(name):
            continue
        kept = ", ".join(c for c in table.columns if c not in TECHNICAL)
        rows = lake.read(name, f"select {kept} from t").to_pylist()
        found[name] = sorted(repr(_rounded(row)) for row in rows)
    rejected = lake.read(
        "ops.rejected", "select rejection_code, file_name, source_offset from t"
    )
    found["ops.rejected"] = sorted(repr(row) for row in rejected.to_pylist())
    return found


def _rounded(row: dict) -> dict:
    # Doubles are equal up to the order in which they were added and divided.
    return {
        name: float(f"{value:.12g}") if isinstance(value, float) else value
        for name, value in row.items()
    }


@pytest.fixture(scope="module")
def arrivals(tmp_path_factory) -> Path:
    """Two small simulated days about the turn of a month, quirks included."""
    out = tmp_path_factory.mktemp("nation")
    arguments = ["simulate", "--scale", "0.001", "--days", "2", "--seed", "7"]
    subprocess.run(
        customs(out, *arguments, "--from", "2026-10-31", "--out", str(out)),
        check=True,
        env=environment(),
        capture_output=True,
    )
    return out / "landing" / "vnaccs"


def test_killed_runs_lose_nothing_and_double_nothing(arrivals, tmp_path):
    files = sorted(path for path in arrivals.rglob("*") if path.is_file())
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    shutil.copytree(arrivals, whole / "landing" / "vnaccs", copy_function=shutil.copy2)
    begun = time.monotonic()
    run_to_the_end(whole)
    duration = time.monotonic() - begun
    luck = random.Random(20261103)
    for number in range(KILLS):
        for path in files[number::KILLS]:
            place = killed / "landing" / "vnaccs" / path.relative_to(arrivals)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
        process = subprocess.Popen(
            customs(killed, "run"),
            # By turns read in one process, and shared out to several.
            env=environment(4_000 if number % 2 else 64 * 1024**2),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(luck.uniform(0.2, 1.0) * duration)
        process.send_signal(signal.SIGKILL)
        process.wait()
    run_to_the_end(killed)
    expected, found = content(Lake(whole)), content(Lake(killed))
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert all(finding.holds for finding in verify_lake(Lake(killed)))
