"""The stage raw → core: every source's tables, from the batches not yet consumed."""

from __future__ import annotations

import importlib
from typing import Any

from lakehouse.entities import declared_sources, update_source
from lakehouse.replace import Workspace
from lakehouse.runs import Run
from transforms.ref.unresolved import record_unresolved
from transforms.tax.position import update_positions

SOURCES = ("ref", "vnaccs", "kcs")
"""Sources with an `update.py` of their own; those with a `tables.yml` follow."""


def build_core(run: Run) -> dict[str, Any]:
    """Bring the core tables of every source up to date; rows changed by table."""
    work = Workspace(run)
    work.clear()
    changed: dict[str, Any] = {}
    for source in SOURCES:
        module = importlib.import_module(f"transforms.{source}.update")
        changed |= module.update(run, work)
    for source in declared_sources():
        changed |= update_source(run, work, source)
    changed |= update_positions(run)
    changed |= record_unresolved(run)
    work.clear()
    return changed
