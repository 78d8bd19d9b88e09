"""Bring the core tables of VNACCS up to date with the batches not yet consumed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lakehouse import time
from lakehouse.engine import engine
from lakehouse.intake import committed_batches
from lakehouse.replace import Workspace, literals, replace_subjects
from lakehouse.runs import Run
from lakehouse.yamlfile import parse_yaml
from transforms.vnaccs import (
    candidates,
    declaration,
    declaration_event,
    declaration_line,
    declaration_month,
)
from transforms.vnaccs.refused import refuse_unkeyed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FAMILIES = ("vnaccs__declaration", "vnaccs__parcel", "vnaccs__call")
MONTH = "core.vnaccs__declaration_month"
DECLARATION = "core.vnaccs__declaration"
LINE = "core.vnaccs__declaration_line"
EVENT = "core.vnaccs__declaration_event"


class _Subjects(NamedTuple):
    """The declarations that the new messages speak of."""

    months: DataFrame
    months_before: DataFrame


def update(run: Run, work: Workspace) -> dict[str, int]:
    """Bring the four tables up to date; returns the rows changed by table."""
    tables = (MONTH, DECLARATION, LINE, EVENT)
    consumed = min(run.consumed(name) for name in tables)
    batches = committed_batches(run.lake, "vnaccs", consumed)
    if not batches:
        return {}
    started = time.now()
    raw = {name: _new_messages(run, name, batches) for name in FAMILIES}
    raw = {name: refuse_unkeyed(run, frame) for name, frame in raw.items()}
    subjects = _subjects(run, work, raw)
    changed = {MONTH: _replace(run, work, MONTH, subjects.months, subjects.months_before)}
    changed |= _declarations(run, work, raw, subjects)
    changed[EVENT] = _events(run, work, raw, subjects)
    _record(run, changed, started)
    return changed


def _declarations(
    run: Run, work: Workspace, raw: dict[str, DataFrame], subjects: _Subjects
) -> dict[str, int]:
    contracts = run.lake.contracts
    table, line_table = contracts.table(DECLARATION), contracts.table(LINE)
    weights = _weights()
    sent = candidates.declaration_candidates(
        raw["vnaccs__declaration"], weights, table
    ).unionByName(
        candidates.parcel_candidates(raw["vnaccs__parcel"], weights, table)
    )
    content = work.keep(sent, "candidates")
    known = _known(run, DECLARATION, subjects)
    fresh = work.keep(
        declaration.build(content, known, subjects.months, table), "declarations"
    )
    changed = {DECLARATION: replace_subjects(run, work, table, fresh, known)}
    lines = declaration_line.lines_of_declarations(
        raw["vnaccs__declaration"], line_table
    ).unionByName(
        declaration_line.lines_of_parcels(raw["vnaccs__parcel"], line_table)
    )
    known_lines = _known(run, LINE, subjects)
    fresh_lines = declaration_line.build(lines, known_lines, fresh, line_table)
    changed[LINE] = replace_subjects(run, work, line_table, fresh_lines, known_lines)
    return changed


def _events(
    run: Run, work: Workspace, raw: dict[str, DataFrame], subjects: _Subjects
) -> int:
    frames = [declaration_event.events_of(raw[name]) for name in FAMILIES]
    told = frames[0].unionByName(frames[1]).unionByName(frames[2])
    table = run.lake.contracts.table(EVENT)
    known = _known(run, EVENT, subjects)
    fresh = declaration_event.build(told, known, subjects.months, table)
    return replace_subjects(run, work, table, fresh, known)


def _subjects(run: Run, work: Workspace, raw: dict[str, DataFrame]) -> _Subjects:
    numbers = None
    for frame in raw.values():
        dated = "registered_date" in frame.columns
        day = (
            "cast(try_to_timestamp(trim(registered_date), 'ddMMyyyy') as date)"
            if dated
            else "cast(null as date)"
        )
        part = frame.selectExpr(
            "substring(trim(declaration_no), 1, 11) as declaration_key",
            f"{day} as registered_date",
            "_received_at as known_from",
        )
        numbers = part if numbers is None else numbers.unionByName(part)
    assert numbers is not None
    numbers = work.keep(numbers, "numbers")
    keys = numbers.selectExpr(
        "declaration_key", "substring(declaration_key, 1, 5) as key_prefix"
    ).distinct()
    prefixes = literals(keys, "key_prefix") or "''"
    before = work.keep(
        _table(run, MONTH)
        .where(f"key_prefix in ({prefixes})")
        .join(keys.select("declaration_key"), on="declaration_key", how="left_semi"),
        "months_before",
    )
    months = work.keep(declaration_month.build(numbers, before), "months")
    return _Subjects(months, before)


def _known(run: Run, name: str, subjects: _Subjects) -> DataFrame:
    """Rows of the subjects now; only the partitions in which they lie are read."""
    months = literals(subjects.months_before, "registered_month") or "''"
    keys = subjects.months_before.select("declaration_key")
    return (
        _table(run, name)
        .where(f"registered_month in ({months})")
        .join(keys, on="declaration_key", how="left_semi")
    )


def _new_messages(run: Run, name: str, batches: list[int]) -> DataFrame:
    wanted = ", ".join(str(batch) for batch in batches)
    return _table(run, f"raw.{name}").where(f"_batch_seq in ({wanted})")


def _table(run: Run, name: str) -> DataFrame:
    run.lake.delta(name)
    engine().register(run.lake.contracts.table(name), str(run.lake.path(name)))
    return engine().spark.table(name)


def _replace(
    run: Run, work: Workspace, name: str, fresh: DataFrame, known: DataFrame
) -> int:
    return replace_subjects(run, work, run.lake.contracts.table(name), fresh, known)


def _weights() -> DataFrame:
    units = parse_yaml(Path(__file__).with_name("weight_units.yml"))
    schema = "weight_unit_code string, factor string"
    frame = engine().spark.createDataFrame(list(units.items()), schema)
    return frame.selectExpr(
        "weight_unit_code", "cast(factor as decimal(12,8)) as kg_per_unit"
    )


def _record(run: Run, changed: dict[str, int], started: datetime) -> None:
    for name, rows in changed.items():
        run.record(name, rows, started)
