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
DAY = "registered_date"


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
    changed = _declarations(run, work, raw, subjects)
    changed[EVENT] = _events(run, work, raw, subjects)
    # Last: until it says where rows lie now, a run that follows a killed one must find
    # those that still lie where they did.
    changed[MONTH] = _replace(run, work, MONTH, subjects.months, subjects.months_before)
    _record(run, changed, started)
    return changed


def _declarations(
    run: Run, work: Workspace, raw: dict[str, DataFrame], subjects: _Subjects
) -> dict[str, int]:
    contracts = run.lake.contracts
    table, line_table = contracts.table(DECLARATION), contracts.table(LINE)
    sent, parcels = raw["vnaccs__declaration"], raw["vnaccs__parcel"]
    heard = work.keep(
        candidates.heard(sent).unionByName(candidates.heard(parcels)), "heard"
    )
    known = _known(run, DECLARATION, subjects)
    counted = work.keep(declaration.states(heard, known), "states")
    counting = counted.select("_candidate").distinct()
    weights = _weights()
    contents = candidates.declaration_contents(
        candidates.named(sent, counting), weights, table
    ).unionByName(
        candidates.parcel_contents(candidates.named(parcels, counting), weights, table)
    )
    fresh = work.keep(
        declaration.build(counted, contents, heard, known, subjects.months, table),
        "declarations",
    )
    changed = {DECLARATION: _replace(run, work, DECLARATION, fresh, known)}
    known_lines = _known(run, LINE, subjects)
    fresh_lines = work.keep(
        declaration_line.build(sent, parcels, known_lines, fresh, line_table), "lines"
    )
    changed[LINE] = _replace(run, work, LINE, fresh_lines, known_lines)
    return changed


def _events(
    run: Run, work: Workspace, raw: dict[str, DataFrame], subjects: _Subjects
) -> int:
    frames = [declaration_event.events_of(raw[name]) for name in FAMILIES]
    told = frames[0].unionByName(frames[1]).unionByName(frames[2])
    table = run.lake.contracts.table(EVENT)
    known = _known(run, EVENT, subjects)
    fresh = work.keep(
        declaration_event.build(told, known, subjects.months, table), "events"
    )
    return _replace(run, work, EVENT, fresh, known)


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
    prefixes = literals(keys, "key_prefix")
    before = work.keep(
        _table(run, MONTH)
        .where(f"key_prefix in ({prefixes})")
        .join(keys.select("declaration_key"), on="declaration_key", how="left_semi"),
        "months_before",
    )
    months = work.keep(declaration_month.build(numbers, before), "months")
    return _Subjects(months, before)


def _known(run: Run, name: str, subjects: _Subjects) -> DataFrame:
    """Rows of the subjects now; only the files in which they may lie are read."""
    # A killed run may have moved some already to where they belong by its messages.
    both = ("registered_month", DAY)
    places = subjects.months_before.select(*both).union(subjects.months.select(*both))
    here = " and ".join(
        f"{column} in ({literals(places, column)})"
        for column in both
        if column in run.lake.contracts.table(name).columns
    )
    keys = subjects.months.select("declaration_key")
    return (
        _table(run, name).where(here).join(keys, on="declaration_key", how="left_semi")
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
    table = run.lake.contracts.table(name)
    # A run writes few days, so their files lie apart.
    apart = [DAY] if DAY in table.columns else []
    return replace_subjects(run, work, table, fresh, known, "declaration_key", apart)


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
