"""The stages of a run, in the order in which data passes them."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Any

from lakehouse.runs import Run

Stage = Callable[[Run], dict[str, Any]]
"""Brings one part of the lake up to date; returns what it did, for people and JSON."""

ORDER = ("ingest", "core", "gold", "publish")


def load_stage(name: str) -> Stage:
    """The function that a package declares for a stage (`customs.stages`)."""
    (point,) = importlib.metadata.entry_points(group="customs.stages", name=name)
    stage: Stage = point.load()
    return stage
