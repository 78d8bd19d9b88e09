"""Bring the core tables of VNACCS up to date with the batches not yet consumed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse import time
from lakehouse.engine import engine
from lakehouse.gate import kept_rows
from lakehouse.intake import committed_batches
from lakehouse.replace import Workspace
from lakehouse.runs import Consumption, Run
from lakehouse.together import together
from lakehouse.yamlfile import parse_yaml
from transforms.vnaccs import (
    amendment,
    amendment_line,
    candidates,
    declaration,
    declaration_channel,
    declaration_document,
    declaration_event,
    declaration_line,
    declaration_list,
    declaration_tax,
    document_update,
    inspection,
    papers,
    stated,
    tax_statement,
)
from transforms.vnaccs.refused import refuse_unkeyed
from transforms.vnaccs.step import MONTH, Step, step_of, stored

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FAMILIES = (
    "vnaccs__declaration",
    "vnaccs__parcel",
    "vnaccs__call",
    "vnaccs__tax_statement",
    "vnaccs__amendment",
)
DECLARATION = "core.vnaccs__declaration"
LINE = "core.vnaccs__declaration_line"
TAX = "core.vnaccs__declaration_tax"
DOCUMENT = "core.vnaccs__declaration_document"
EVENT = "core.vnaccs__declaration_event"
CHANNEL = "core.vnaccs__declaration_channel"
INSPECTION = "core.vnaccs__inspection"
STATEMENT = "core.vnaccs__tax_statement"
AMENDMENT = "core.vnaccs__amendment"
AMENDMENT_LINE = "core.vnaccs__amendment_line"
TABLES = (
    *(MONTH, DECLARATION, LINE, TAX, *declaration_list.LISTS, DOCUMENT),
    *(EVENT, CHANNEL, INSPECTION, STATEMENT, AMENDMENT, AMENDMENT_LINE),
)


def update(run: Run, work: Workspace) -> dict[str, int]:
    """Bring the tables of the declaration up to date; returns the rows changed."""
    batches = committed_batches(run.lake, "vnaccs", run.consumed(*TABLES))
    if not batches:
        return document_update.update(run, work)
    started = time.now()
    raw = {name: _new_messages(run, name, batches) for name in FAMILIES}
    raw = {name: refuse_unkeyed(run, frame) for name, frame in raw.items()}
    raw["papers"] = work.keep(papers.told(run, batches), "papers_told")
    step = step_of(run, work, list(raw.values()))
    changed = _merged(
        together(
            partial(_declarations, step, raw),
            partial(_events, step, raw),
            partial(_numbered, step, raw),
            partial(document_update.update, run, work),
        )
    )
    # Last: until it says where rows lie now, a run that follows a killed one must find
    # those that still lie where they did.
    changed[MONTH] = step.replace(MONTH, step.months, step.months_before)
    mine = {name: rows for name, rows in changed.items() if name in TABLES}
    run.record(*(Consumption(name, rows, started) for name, rows in mine.items()))
    return changed


def _declarations(step: Step, raw: dict[str, DataFrame]) -> dict[str, int]:
    """Versions and what stands in them: lines, taxes, lists of the header."""
    sent, parcels = raw["vnaccs__declaration"], raw["vnaccs__parcel"]
    heard = step.keep(
        candidates.heard(sent).unionByName(candidates.heard(parcels)), "heard"
    )
    known = step.known(DECLARATION)
    moments = step.keep(declaration.moments(heard, known), "moments")
    stretches = step.keep(declaration.stretches(moments), "stretches")
    counted = step.keep(declaration.states(stretches), "states")
    counting = counted.select("_candidate")
    table, weights = step.table(DECLARATION), _weights()
    # Joined by their names first: messages with lines are too wide to be hashed.
    names = candidates.named(sent, counting).select("_candidate")
    ordinary = candidates.named(sent, step.keep(names, "ordinary"))
    lines = _opened_lines(step, ordinary)
    contents = candidates.declaration_contents(
        ordinary, declaration_line.counts_of(lines), weights, table
    ).unionByName(
        candidates.parcel_contents(candidates.named(parcels, counting), weights, table)
    )
    months = step.months
    fresh = step.keep(
        declaration.build(counted, contents, heard, known, months, table),
        "declarations",
    )
    # What a declaration states goes with it, also where the gate sets it aside.
    standing = kept_rows(table, fresh)
    # Parcels are many, and have one line and no lists.
    of_parcels = stated.counting(parcels, standing.where("is_low_value"))
    standing_ordinary = standing.where("not is_low_value")
    of_headers = stated.counting(sent, standing_ordinary)
    return _merged(
        together(
            partial(_replaced, step, DECLARATION, fresh, known),
            partial(_lines, step, lines, of_parcels, standing),
            partial(_lists, step, of_headers, standing_ordinary),
        )
    )


def _opened_lines(step: Step, sent: DataFrame) -> DataFrame:
    """Lines of messages; to open them costs more than all that is made of them."""
    of_lines = step.table("raw.vnaccs__declaration").columns["lines"].items
    wanted = {*step.table(LINE).columns, *declaration_tax.LINE_FIELDS}
    fields = [column.name for column in of_lines if column.name in wanted]
    return step.keep(
        declaration_line.lines_of(stated.keyed(sent), fields), "lines_sent"
    )


def _lines(
    step: Step, lines: DataFrame, parcels: DataFrame, fresh: DataFrame
) -> dict[str, int]:
    known = step.known(LINE)
    rows = declaration_line.build(lines, parcels, known, fresh, step.table(LINE))
    changed = {LINE: step.replace(LINE, step.keep(rows, "lines"), known)}
    known = step.known(TAX)
    ordinary = fresh.where("not is_low_value")
    rows = declaration_tax.build(lines, known, ordinary, step.table(TAX))
    changed[TAX] = step.replace(TAX, step.keep(rows, "taxes"), known)
    return changed


def _lists(step: Step, sent: DataFrame, fresh: DataFrame) -> dict[str, int]:
    sources = sorted(source for source, _ in declaration_list.LISTS.values())
    items = (*stated.MESSAGE, *sources, "attachments")
    headers = step.keep(
        sent.select(*items, *declaration_document.HEADER_FIELDS), "headers"
    )
    changed = {}
    for name in (*declaration_list.LISTS, DOCUMENT):
        builder = declaration_document if name == DOCUMENT else declaration_list
        known = step.known(name)
        rows = builder.build(headers, known, fresh, step.table(name))
        changed[name] = step.replace(name, step.keep(rows, "entries"), known)
    return changed


def _events(step: Step, raw: dict[str, DataFrame]) -> dict[str, int]:
    """Events, and the histories that follow from them."""
    first, *others = (declaration_event.events_of(frame) for frame in raw.values())
    told = first
    for frame in others:
        told = told.unionByName(frame)
    told = step.keep(told, "told")
    months, known = step.months, step.known(EVENT)
    fresh = step.keep(
        declaration_event.build(told, known, months, step.table(EVENT)), "events"
    )
    changed = {EVENT: step.replace(EVENT, fresh, known)}
    announced = step.keep(declaration_channel.announced(fresh), "announced")
    for name, builder, told in (
        (CHANNEL, declaration_channel, announced),
        (INSPECTION, inspection, fresh),
    ):
        rows = step.keep(builder.build(told, months, step.table(name)), "history")
        changed[name] = step.replace(name, rows, step.known(name))
    return changed


def _numbered(step: Step, raw: dict[str, DataFrame]) -> dict[str, int]:
    """Statements and amendments, which have numbers of their own."""
    statements = raw["vnaccs__tax_statement"]
    # What was only sent has no number yet.
    amendments = raw["vnaccs__amendment"].where(
        "nullif(trim(amendment_no), '') is not null"
    )
    builders = (
        (STATEMENT, tax_statement.build, statements),
        (AMENDMENT, amendment.build, amendments),
        (AMENDMENT_LINE, amendment_line.build, amendments),
    )
    changed = {}
    for name, build, messages in builders:
        known = step.known(name)
        rows = build(messages, known, step.months, step.table(name))
        changed[name] = step.replace(name, step.keep(rows, "numbered"), known)
    return changed


def _replaced(
    step: Step, name: str, fresh: DataFrame, known: DataFrame
) -> dict[str, int]:
    return {name: step.replace(name, fresh, known)}


def _merged(changes: Iterable[dict[str, int]]) -> dict[str, int]:
    return {name: rows for changed in changes for name, rows in changed.items()}


def _new_messages(run: Run, name: str, batches: list[int]) -> DataFrame:
    wanted = ", ".join(str(batch) for batch in batches)
    found = stored(run, f"raw.{name}").where(f"_batch_seq in ({wanted})")
    if "amendment_no" in found.columns:
        # Calls name the amendment alone; what they are about stands in the answers.
        found = found.where("declaration_no is not null or amendment_no is null")
    return found


def _weights() -> DataFrame:
    units = parse_yaml(Path(__file__).with_name("weight_units.yml"))
    schema = "weight_unit_code string, factor string"
    frame = engine().spark.createDataFrame(list(units.items()), schema)
    return frame.selectExpr(
        "weight_unit_code", "cast(factor as decimal(12,8)) as kg_per_unit"
    )
