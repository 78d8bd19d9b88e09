"""The stages of a run, in the order in which data passes them."""

from __future__ import annotations

import importlib.metadata
import time as clock
from collections.abc import Callable
from typing import Any

from lakehouse.runs import Run, start_run
from lakehouse.tables import Lake

Stage = Callable[[Run], dict[str, Any]]
"""Brings one part of the lake up to date; returns what it did, for people and JSON."""

AfterRun = Callable[[Lake], dict[str, Any]]
"""Reads what a run that ended well has left, such as the publication of features."""

STAGES = ("ingest", "core", "gold", "quality")
AFTER_RUN = ("publish",)


def carry_out(
    lake: Lake,
    command: str,
    stages: tuple[str, ...],
    after: tuple[str, ...] = (),
    first: tuple[str, Stage] | None = None,
) -> dict[str, Any]:
    """Carry out stages as one run, then what reads its manifest.

    Args:
        first: name and work of a stage of this command alone, before the others.

    Returns:
        `run_seq`, and for each stage its seconds and what it did.
    """
    report: dict[str, Any] = {"lake": str(lake.root), "stages": {}}
    with start_run(lake, command) as run:
        report["run_seq"] = run.seq
        if first:
            report["stages"][first[0]] = _timed(first[1], run)
        for name in stages:
            report["stages"][name] = _timed(_load(name), run)
    for name in after:
        report["stages"][name] = _timed(_load(name), lake)
    return report


def _load(name: str) -> Callable[[Any], dict[str, Any]]:
    """The function that a package declares for a stage (`customs.stages`)."""
    (point,) = importlib.metadata.entry_points(group="customs.stages", name=name)
    loaded: Callable[[Any], dict[str, Any]] = point.load()
    return loaded


def _timed(
    stage: Callable[[Any], dict[str, Any]], argument: Run | Lake
) -> dict[str, Any]:
    begun = clock.perf_counter()
    done = stage(argument)
    return {"seconds": round(clock.perf_counter() - begun, 3), **done}
