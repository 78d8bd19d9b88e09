"""The stage raw → core: every source's tables, from the batches not yet consumed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lakehouse.entities import declared_sources, update_source
from lakehouse.errors import DataRefused
from lakehouse.replace import Workspace
from lakehouse.runs import Run
from transforms.ref.unresolved import record_unresolved
from transforms.tax.position import update_positions

SOURCES = ("ref", "vnaccs", "kcs")
"""Sources with an `update.py` of their own; those with a `tables.yml` follow."""

Step = Callable[[], dict[str, int]]


def build_core(run: Run) -> dict[str, Any]:
    """Bring the core tables of every source up to date; rows changed by table.

    Raises:
        DataRefused: the gate of a source's table is closed. The other sources are
            brought up to date all the same; gold waits, since it reads them together.
    """
    work = Workspace(run)
    work.clear()
    changed: dict[str, Any] = {}
    refused: list[DataRefused] = []
    for step in _steps(run, work):
        try:
            changed |= step()
        except DataRefused as error:
            refused.append(error)
    work.clear()
    if refused:
        first, *others = refused
        if not others:
            raise first
        told = "; ".join(f"{one.code}: {one.message}" for one in others)
        raise DataRefused(first.code, f"{first.message}; {told}", first.remedy)
    return changed


def _steps(run: Run, work: Workspace) -> Iterator[Step]:
    for source in SOURCES:
        module = importlib.import_module(f"transforms.{source}.update")
        yield partial(module.update, run, work)
    for source in declared_sources():
        yield partial(update_source, run, work, source)
    yield partial(update_positions, run)
    yield partial(record_unresolved, run)
