"""The stage raw → core: every source's tables, from the batches not yet consumed."""

from __future__ import annotations

import importlib
from typing import Any

from lakehouse.replace import Workspace
from lakehouse.runs import Run
from transforms.ref.unresolved import record_unresolved

SOURCES = ("ref", "vnaccs", "kcs")
"""Sources with core tables, in order; each folder has an `update.py`."""


def build_core(run: Run) -> dict[str, Any]:
    """Bring the core tables of every source up to date; rows changed by table."""
    work = Workspace(run)
    work.clear()
    changed: dict[str, Any] = {}
    for source in SOURCES:
        module = importlib.import_module(f"transforms.{source}.update")
        changed |= module.update(run, work)
    changed |= record_unresolved(run)
    work.clear()
    return changed
