"""Codes that a column never held before, or that its reference list does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lakehouse.contracts import Column, Element, Table
from lakehouse.engine import engine
from lakehouse.runs import Run
from lakehouse.tables import Lake, rows_of
from quality.drift import Event

CODE = "ops.code"


def coded_columns(lake: Lake, table: Table) -> dict[str, str]:
    """Columns that hold codes of a list, and the list's name."""
    elements = lake.contracts.elements
    return {
        name: code_list
        for name, column in table.columns.items()
        if (code_list := _list_of(column, elements))
    }


def code_events(
    run: Run, table: Table, since: int, long_lists: Collection[str]
) -> list[Event]:
    """Codes written after a run that were never met; they are met from now on.

    The first rows of a table are no news: only codes that a loaded list does not have
    are told of them.
    """
    columns = {
        name: code_list
        for name, code_list in coded_columns(run.lake, table).items()
        if code_list not in long_lists or _has_list(run.lake, code_list)
    }
    if not columns:
        return []
    met = _met_codes(run.lake, table)
    found = {
        name: codes - met.get(name, set())
        for name, codes in _new_codes(run, table, columns, since).items()
    }
    events = []
    for name, codes in found.items():
        listed = _listed_codes(run.lake, columns[name])
        unlisted = codes - listed if listed is not None else set()
        events += [_event(table, name, code, "unknown_code") for code in unlisted]
        if met and columns[name] not in long_lists:
            news = codes - unlisted
            events += [_event(table, name, code, "new_code") for code in news]
    _remember(run, table, found)
    return events


def _remember(run: Run, table: Table, found: Mapping[str, set[str]]) -> None:
    """From now on these codes are met."""
    rows = [
        {
            "table_name": table.name,
            "column_name": name,
            "met_code": code,
            "run_seq": run.seq,
        }
        for name, codes in found.items()
        for code in sorted(codes)
    ]
    if rows:
        run.lake.append(CODE, rows_of(CODE, rows, run.lake))


def _event(table: Table, column: str, value: str, code: str) -> Event:
    return Event(
        table_name=table.name, drift_code=code, column_name=column, drift_value=value
    )


def _list_of(column: Column, elements: Mapping[str, Element]) -> str | None:
    element = elements.get(column.element) if column.element else None
    return element.code_list if element else None


def _met_codes(lake: Lake, table: Table) -> dict[str, set[str]]:
    rows = lake.read(
        CODE, f"select column_name, met_code from t where table_name = '{table.name}'"
    )
    met: dict[str, set[str]] = {}
    for row in rows.to_pylist():
        met.setdefault(row["column_name"], set()).add(row["met_code"])
    return met


def _new_codes(
    run: Run, table: Table, columns: Iterable[str], since: int
) -> dict[str, set[str]]:
    sets = ", ".join(f"collect_set({name}) as {name}" for name in columns)
    found = engine().spark.sql(
        f"select {sets} from {table.name} "
        f"where _run_seq > {since} and _run_seq <= {run.seq}"
    )
    (row,) = found.collect()
    return {name: set(codes) for name, codes in row.asDict().items()}


def _listed_codes(lake: Lake, code_list: str) -> set[str] | None:
    """Codes of a list at any time, None where the lake has no such list."""
    if not _has_list(lake, code_list):
        return None
    name = f"ref.{code_list}"
    column = lake.contracts.table(name).key[0]
    rows = lake.read(name, f"select distinct {column} as code from t")
    return set(rows["code"].to_pylist())


def _has_list(lake: Lake, code_list: str) -> bool:
    name = f"ref.{code_list}"
    return name in lake.contracts.tables and lake.exists(name)
