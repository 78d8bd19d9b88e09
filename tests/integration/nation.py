"""A few simulated days as landing files, and the command as people call it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lakehouse.settings import PROJECT_ROOT

FIRST_DAY = date(2026, 11, 2)
_SAMPLES = PROJECT_ROOT / "ingestion" / "ref" / "sample"


def night_after(day: date) -> dict[str, str]:
    """Half past midnight after a day, when the nightly run starts."""
    return {"CUSTOMS_NOW": f"{day + timedelta(1)}T00:30:00+07:00"}


def customs(
    lake: Path, *words: str, environment: Mapping[str, str] | None = None
) -> Any:
    """What a command answers as JSON; None for one that answers nothing.

    Raises:
        AssertionError: it did not end well; the message is what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "lakehouse", "--lake", str(lake), *words],
        env=os.environ | {"RUST_LOG": "error"} | dict(environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    said = done.stdout.strip()
    return json.loads(said.splitlines()[-1]) if "--json" in words else None


def simulate(out: Path, *, scale: float, days: int) -> Path:
    """Landing files of some days, by day of arrival; the folder that holds them."""
    customs(
        out, "simulate", "--scale", str(scale), "--days", str(days), "--seed", "7",
        "--from", str(FIRST_DAY), "--until", str(FIRST_DAY + timedelta(days)),
        "--out", str(out),
    )  # fmt: skip
    return out / "landing" / "vnaccs"


def lists_arrive(lake: Path) -> None:
    """The SAMPLE reference lists come into the landing folder of a lake."""
    place = lake / "landing" / "ref"
    shutil.copytree(_SAMPLES, place, copy_function=shutil.copy2)


def messages_arrive(lake: Path, arrivals: Path, until: date) -> None:
    """The files of some days of arrival come into the landing folder of a lake."""
    for folder in sorted(arrivals.iterdir()):
        place = lake / "landing" / "vnaccs" / folder.name
        if date.fromisoformat(folder.name) <= until and not place.exists():
            # The time of a file is the moment of its arrival.
            shutil.copytree(folder, place, copy_function=shutil.copy2)
