"""What new declarations refer to and no list can place: offices, currencies, codes.

The declarations stay in core as they are; each thing that is missing becomes one row of
`ops.rejected` a day, with its reason and what to do, beside the list that lacks it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeAlias

import pyarrow as pa

from lakehouse import time
from lakehouse.law.commodity_change import Correlation, code_on
from lakehouse.law.exchange_rate import RateList, customs_rate
from lakehouse.law.identifier_form import CodeList
from lakehouse.law.look_up import Missing
from lakehouse.law.office_change import OfficeMapping, office_on
from lakehouse.refused import REFUSED_SCHEMA, append_refused
from lakehouse.runs import Consumption, Run
from lakehouse.tables import Lake

DECLARATION = "core.vnaccs__declaration"
LINE = "core.vnaccs__declaration_line"
REJECTED = "ops.rejected"
_HOME = "VND"

LookUp: TypeAlias = Callable[[str, date], object]
"""The law's answer for a code on a day; `Missing` where a list has none."""


def record_unresolved(run: Run) -> dict[str, int]:
    """Record what rows that are new here refer to and no list holds; rows by list.

    New are those of every run since this step ended last: one that was killed between
    core and here has left its rows to the next.
    """
    found = {
        "ref.office": (DECLARATION, "office_code", _offices(run.lake)),
        "ref.exchange_rate": (DECLARATION, "invoice_currency_code", _rates(run.lake)),
        "ref.commodity": (LINE, "hs_code", _codes(run.lake)),
    }
    started, recorded = time.now(), {}
    since = run.consumed(REJECTED)
    for table, (core, column, look_up) in found.items():
        # A list that was never loaded says nothing of what it does not hold.
        if look_up is None or not run.lake.exists(core):
            continue
        rows = list(_missing(run, since, core, column, look_up))
        count = append_refused(run, table, {}, pa.Table.from_pylist(rows, _SCHEMA))
        if count:
            recorded[f"{table} missing"] = count
    run.record(Consumption(REJECTED, sum(recorded.values()), started))
    return recorded


_REASONS = [("reason_vi", pa.string()), ("reason_en", pa.string())]
_SCHEMA = pa.schema([*REFUSED_SCHEMA, *_REASONS])


def _missing(
    run: Run, since: int, core: str, column: str, look_up: LookUp
) -> Iterator[dict[str, Any]]:
    """Rows of `ops.rejected`, one for each value and day."""
    used = run.lake.read(
        core,
        f"select distinct {column} as code, registered_date as day from t "
        f"where _run_seq > {since} and is_current and {column} is not null "
        "order by 1, 2",
    )
    for code, day in zip(
        used["code"].to_pylist(), used["day"].to_pylist(), strict=True
    ):
        answer = look_up(code, day)
        if not isinstance(answer, Missing):
            continue
        told = {column: code, "registered_date": day.isoformat(), **answer.details}
        payload = {**told, "remedy_vi": answer.remedy[0], "remedy_en": answer.remedy[1]}
        yield {
            "code": answer.code,
            "payload": json.dumps(payload, ensure_ascii=False),
            "_batch_seq": 0,
            "_received_at": run.started_at,
            "reason_vi": answer.reason[0],
            "reason_en": answer.reason[1],
        }


def _offices(lake: Lake) -> LookUp | None:
    rows = _known(lake, "ref.office")
    if not rows:
        return None
    offices = CodeList.from_rows(rows, "office_code", "successor_office_code")
    mapping = OfficeMapping(_known(lake, "ref.office_mapping"))
    return lambda code, day: office_on(code, day, offices, mapping)


def _rates(lake: Lake) -> LookUp | None:
    rates = RateList(_known(lake, "ref.exchange_rate"))
    if not rates:
        return None
    closed = {
        row["calendar_date"]
        for row in _known(lake, "ref.holiday")
        if not row["is_working_day"]
    }
    return lambda code, day: code == _HOME or customs_rate(code, day, rates, closed)


def _codes(lake: Lake) -> LookUp | None:
    rows = _known(lake, "ref.commodity")
    if not rows:
        return None
    codes = CodeList.from_rows(rows, "hs_code")
    correlation = Correlation(_known(lake, "ref.commodity_correlation"))
    return lambda code, day: code_on(code, day, codes, correlation)


def _known(lake: Lake, table: str) -> list[dict[str, Any]]:
    if not lake.exists(table):
        return []
    found: list[dict[str, Any]] = lake.read(
        table, "select * from t where known_until is null"
    ).to_pylist()
    return found
