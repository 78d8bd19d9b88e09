"""Columns that a source begins or ceases to send, from the headers kept as evidence."""

from __future__ import annotations

import csv

from lakehouse.runs import Run
from quality.drift import Event

_LABELS = "message_labels"


def label_events(run: Run, since: int) -> list[Event]:
    """Compare headers of batches committed after a run with those of earlier ones."""
    events = []
    for name, table in run.lake.contracts.tables.items():
        if table.schema == "raw" and _LABELS in table.columns and run.lake.exists(name):
            events += _of_table(run, name, since)
    return events


def _of_table(run: Run, name: str, since: int) -> list[Event]:
    source = name.removeprefix("raw.").removesuffix("__message")
    mine = run.lake.read(
        "ops.batch",
        "select batch_seq from t where batch_status = 'committed' "
        f"and source_code = '{source}' and run_seq > {since} and run_seq <= {run.seq}",
    )["batch_seq"].to_pylist()
    if not mine:
        return []
    batches = ", ".join(str(batch) for batch in mine)
    now = _headers(run, name, f"_batch_seq in ({batches})")
    before = _headers(run, name, f"_batch_seq not in ({batches})")
    events = []
    for labels in now:
        alike = max(before, key=lambda known: len(known & labels), default=None)
        # A list that shares few labels with any is another list, and no drift.
        if alike is None or labels in before or 2 * len(alike & labels) <= len(labels):
            continue
        events += [_event(name, "new_column", one) for one in sorted(labels - alike)]
        events += [_event(name, "column_gone", one) for one in sorted(alike - labels)]
    return events


def _headers(run: Run, name: str, where: str) -> set[frozenset[str]]:
    rows = run.lake.read(
        name, f"select distinct {_LABELS} as labels from t where {where}"
    )
    # A cover sheet may stand above the line of labels.
    return {
        frozenset(next(csv.reader(text.splitlines()[-1:]), []))
        for text in rows["labels"].to_pylist()
        if not text.startswith(("[", "{"))
    }


def _event(name: str, code: str, label: str) -> Event:
    return Event(table_name=name, drift_code=code, column_name=label, drift_value=label)
