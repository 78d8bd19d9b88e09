"""Bring the declared core tables of a source up to date with new batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lakehouse import time
from lakehouse.contracts import Table
from lakehouse.engine import engine
from lakehouse.entities.model import (
    Entities,
    EntityFamily,
    EntityTable,
    load_entities,
    tables_of,
)
from lakehouse.entities.states import (
    rows_of_states,
    states,
    tellings_known,
    tellings_new,
    winners,
)
from lakehouse.entities.typed import PLACE, opened, reasons_of, told, typed_rows
from lakehouse.intake import committed_batches
from lakehouse.refused import append_refused
from lakehouse.replace import Workspace, replace_subjects
from lakehouse.runs import Consumption, Run

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class _Step(NamedTuple):
    run: Run
    work: Workspace
    entities: Entities
    batches: list[int]

    def stored(self, name: str) -> DataFrame:
        """A table as it stands."""
        self.run.lake.delta(name)
        engine().register(self.table(name), str(self.run.lake.path(name)))
        return engine().spark.table(name)

    def table(self, name: str) -> Table:
        """The contract of a table."""
        return self.run.lake.contracts.table(name)


def update_source(run: Run, work: Workspace, source: str) -> dict[str, int]:
    """Bring the tables of a source up to date; returns the rows changed by table."""
    entities = load_entities(source)
    names = [table.name for table in tables_of(source, run.lake.contracts)]
    batches = committed_batches(run.lake, source, run.consumed(*names))
    if not batches:
        return {}
    started = time.now()
    for name in names:
        # A table that no message has filled yet can be asked, too.
        run.lake.delta(name)
    step = _Step(run, work, entities, batches)
    changed: dict[str, int] = {}
    for name, family in entities.families.items():
        changed |= _update_family(step, name, family)
    run.record(*(Consumption(name, rows, started) for name, rows in changed.items()))
    return changed


def _update_family(step: _Step, name: str, family: EntityFamily) -> dict[str, int]:
    wanted = ", ".join(str(batch) for batch in step.batches)
    raw = step.stored(f"raw.{name}").where(f"_batch_seq in ({wanted})")
    if not raw.limit(1).collect():
        return dict.fromkeys(family.tables, 0)
    messages = step.work.keep(told(raw, family), f"{name}_told")
    main = step.table(family.main)
    heads = typed_rows(messages, family.tables[family.main], main, step.entities)
    heads = step.work.keep(heads, f"{main.short_name}_typed")
    _refuse(step, main, heads)
    taken = heads.where("code is null")
    subjects = taken.select("_subject").distinct()
    known = {
        table: _of_subjects(step.stored(table), family.subject, subjects)
        for table in family.tables
    }
    remembered = known[family.main]
    found = states(
        tellings_new(taken, family.order),
        tellings_known(remembered, family.subject, family.order),
    )
    found = step.work.keep(found, f"{name}_states")
    won = step.work.keep(winners(taken, remembered, found), f"{name}_won")
    good = messages.join(won, on=list(PLACE), how="left_semi")
    changed = {}
    for one, declared in family.tables.items():
        table = step.table(one)
        if table is main:
            rows = taken.join(won, on=list(PLACE), how="left_semi")
        else:
            rows = _entries(step, good, declared, table)
        fresh = rows_of_states(rows, known[one], found, table, family.subject)
        fresh = step.work.keep(fresh, f"{table.short_name}_rows")
        changed[one] = replace_subjects(
            step.run, step.work, table, fresh, known[one], family.subject
        )
    return changed


def _entries(
    step: _Step, messages: DataFrame, declared: EntityTable, table: Table
) -> DataFrame:
    """Typed entries of a list; those that cannot be taken are refused one by one."""
    entries = opened(messages, declared)
    typed = typed_rows(entries, declared, table, step.entities)
    rows = step.work.keep(typed, f"{table.short_name}_typed")
    _refuse(step, table, rows)
    return rows.where("code is null")


def _of_subjects(stored: DataFrame, subject: str, subjects: DataFrame) -> DataFrame:
    named = subjects.withColumnRenamed("_subject", subject)
    return stored.join(named, on=subject, how="left_semi")


def _refuse(step: _Step, table: Table, rows: DataFrame) -> None:
    refused = rows.where("code is not null").select(
        *("code", "payload", *PLACE, "_received_at")
    )
    append_refused(step.run, table.name, reasons_of(table), refused.toArrow())
