"""Bring the core table of KCS up to date with the batches not yet consumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse import time
from lakehouse.engine import engine
from lakehouse.intake import committed_batches
from lakehouse.refused import append_refused
from lakehouse.replace import Workspace, replace_subjects
from lakehouse.runs import Consumption, Run
from transforms.kcs import import_declaration

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

RAW = "raw.kcs__declaration"
CORE = "core.kcs__import_declaration"


def update(run: Run, work: Workspace) -> dict[str, int]:
    """Bring the table up to date; returns the rows changed by table."""
    batches = committed_batches(run.lake, "kcs", run.consumed(CORE))
    if not batches:
        return {}
    started = time.now()
    table = run.lake.contracts.table(CORE)
    wanted = ", ".join(str(batch) for batch in batches)
    raw = _table(run, RAW).where(f"_batch_seq in ({wanted})")
    typed = work.keep(import_declaration.type_rows(raw, table), "kcs_typed")
    refused = import_declaration.refused_rows(typed).toArrow()
    append_refused(run, CORE, import_declaration.REASONS, refused)
    numbers = typed.select("kcs_declaration_no").distinct()
    known = _table(run, CORE).join(numbers, on="kcs_declaration_no", how="left_semi")
    fresh = work.keep(import_declaration.build(typed, known, table), "kcs_rows")
    changed = replace_subjects(run, work, table, fresh, known, "kcs_declaration_no")
    run.record(Consumption(CORE, changed, started))
    return {CORE: changed}


def _table(run: Run, name: str) -> DataFrame:
    run.lake.delta(name)
    engine().register(run.lake.contracts.table(name), str(run.lake.path(name)))
    return engine().spark.table(name)
