"""How much of the truth comes back from messages full of quirks.

A nation whose messages go wrong ten times as often as in nature; what was lost on the
way cannot be known and is counted apart, all else must stand in core, and no more.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.recovery import Recovery, recoveries
from lakehouse import time
from lakehouse.engine import engine
from lakehouse.stages import carry_out
from lakehouse.tables import Lake
from lakehouse.verify import verify_lake
from simulator.nationwide import Plan, simulate
from simulator.quirks import quirk_rates

FIRST, SEED = date(2026, 11, 4), 7
DAYS, SHORT_DAYS = 3, 1
SCALE, SHORT_SCALE = 0.02, 0.004
QUIRKS = "10x"


def run() -> dict[str, object]:
    """Recall and precision of each kind of fact, and equations that do not hold."""
    short = bool(os.environ.get("BENCH_SHORT"))
    scale, days = (SHORT_SCALE, SHORT_DAYS) if short else (SCALE, DAYS)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lake"
        found, unbalanced = recover(root, scale, days)
    report: dict[str, object] = {
        "scale": scale,
        "quirks": QUIRKS,
        "equations_that_do_not_hold": len(unbalanced),
    }
    for name, recovery in found.items():
        report |= {f"{name}_{what}": value for what, value in _told(recovery).items()}
    return report


def recover(
    root: Path, scale: float, days: int
) -> tuple[dict[str, Recovery], list[str]]:
    """Simulate, build core night by night and compare.

    Returns:
        Each kind of fact, and the equations that do not hold.
    """
    sent = root.with_name("sent")
    plan = Plan(
        seed=SEED,
        scale=scale,
        first=FIRST,
        days=days,
        rates=quirk_rates([QUIRKS]),
        out=sent,
        processes=2,
    )
    list(simulate(plan))
    lake = Lake(root)
    engine()
    begun = time.now()
    for arrived in _nights(sent / "landing" / "vnaccs", days):
        for folder in arrived:
            target = root / "landing" / "vnaccs" / folder.name
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(target)
        carry_out(lake, "bench", ("ingest", "core"))
    ended = time.now()
    unbalanced = [one.what for one in verify_lake(lake) if not one.holds]
    return recoveries(lake, sent / "truth", begun, ended), unbalanced


def _nights(landing: Path, days: int) -> list[list[Path]]:
    """Folders of the days of registration one by one; what is late all at once."""
    folders = sorted(landing.iterdir())
    return [*([one] for one in folders[:days]), folders[days:]]


def _told(found: Recovery) -> dict[str, float | int | str]:
    return {
        "true": found.true,
        "knowable": found.knowable,
        "recall": found.recall,
        "recall_of_all": found.recall_of_all,
        "precision": found.precision,
        "missed": found.missed,
        "wrong": found.wrong,
        "lost_to": ", ".join(f"{name} {n}" for name, n in found.lost_to.items()),
    }
