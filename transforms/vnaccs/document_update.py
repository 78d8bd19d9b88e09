"""Bring the core tables of papers around declarations up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse import time
from lakehouse.gate import kept_rows
from lakehouse.intake import committed_batches
from lakehouse.replace import Workspace, literals, replace_subjects
from lakehouse.runs import Consumption, Run
from transforms.vnaccs import document, document_list
from transforms.vnaccs.step import stored

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

RAW = "raw.vnaccs__document"
DOCUMENT = "core.vnaccs__document"
TABLES = (DOCUMENT, *document_list.LISTS)


def update(run: Run, work: Workspace) -> dict[str, int]:
    """Bring the tables of papers up to date; returns the rows changed."""
    batches = committed_batches(run.lake, "vnaccs", run.consumed(*TABLES))
    if not batches:
        return {}
    started = time.now()
    wanted = ", ".join(map(str, batches))
    new = stored(run, RAW).where(f"_batch_seq in ({wanted})")
    raw = work.keep(document.first_tellings(new), "papers")
    months = literals(raw.selectExpr(f"{document.TOLD_MONTH} as m"), "m")
    changed = {}
    for name in TABLES:
        table = run.lake.contracts.table(name)
        known = _known(run, name, raw, months)
        builder = document if name == DOCUMENT else document_list
        rows = work.keep(builder.build(raw, known, table), "paper_rows")
        changed[name] = replace_subjects(run, work, table, rows, known, "_record_hash")
        if name == DOCUMENT:
            # What a paper lists goes with it, also where the gate sets it aside.
            standing = kept_rows(table, rows).select("_record_hash")
            raw = raw.join(standing, on="_record_hash", how="left_semi")
    run.record(*(Consumption(name, rows, started) for name, rows in changed.items()))
    return changed


def _known(run: Run, name: str, raw: DataFrame, months: str) -> DataFrame:
    """What stands of the same messages: they lie in the months of their own times."""
    return (
        stored(run, name)
        .where(f"told_month in ({months})")
        .join(raw.select("_record_hash"), on="_record_hash", how="left_semi")
    )
