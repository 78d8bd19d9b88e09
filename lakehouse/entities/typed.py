"""Rows of new messages as columns of a core table, and what cannot be read of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.delimited import Reasons
from lakehouse.derive.to_gate import GateCheck, gate_checks
from lakehouse.derive.to_typed import typed
from lakehouse.derive.types import forms_of
from lakehouse.entities.model import (
    KNOWLEDGE,
    Entities,
    EntityFamily,
    EntityTable,
    content_columns,
)
from lakehouse.time import business_to_utc_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PLACE = ("_batch_seq", "_source_file", "_source_offset")
"""Names one message."""
REASONS = {
    "missing_value": (
        "Thiếu chỉ tiêu bắt buộc",
        "A mandatory value is missing",
    ),
    "unreadable_value": (
        "Giá trị không đúng kiểu dữ liệu",
        "A value is not of its type",
    ),
}
"""Codes of rows that core cannot take."""


def told(raw: DataFrame, family: EntityFamily) -> DataFrame:
    """New messages with what they are about and when they came."""
    named = family.named or family.subject
    return raw.selectExpr(
        "*",
        f"nullif(trim({named}), '') as _subject",
        "_received_at as _told_at",
    )


def opened(raw: DataFrame, table: EntityTable) -> DataFrame:
    """Rows of a table: a message, or each entry of its innermost list."""
    frame = raw
    for depth, name in enumerate(table.lists, 1):
        rows = frame.selectExpr("*", f"posexplode({name}) as (_at, _entry)")
        fields = rows.select("_entry.*").columns
        # The nearest one counts where an entry has a value of the same name.
        outer = [n for n in frame.columns if n not in {name, *fields}]
        frame = rows.selectExpr(
            *outer, *(f"_entry.{f} as {f}" for f in fields), f"_at + 1 as _no_{depth}"
        )
    return frame


def typed_rows(
    rows: DataFrame, declared: EntityTable, table: Table, entities: Entities
) -> DataFrame:
    """Typed columns, `code` and `payload` of a refusal, place and content.

    What is written but cannot be converted refuses the row: it must not become empty.
    What a check of the contract sets aside is refused here, too, before states are
    made: it must neither end the state that stands nor leave its entries behind.
    """
    select, broken, missing = [], [], []
    for name, kind in content_columns(table).items():
        said = declared.columns.get(name, name)
        value = _value(kind, said, entities)
        select.append(f"{value} as {name}")
        if not said.startswith("=") and kind != "string":
            broken.append(_is_broken(name, said, value))
        if table.columns[name].required:
            missing.append(f"case when {value} is null then '{name}' end")
    entry = [f"_no_{depth}" for depth in range(1, len(declared.lists) + 1)]
    return rows.selectExpr(
        *select,
        f"{_joined(broken)} as _broken",
        f"{_joined(missing)} as _missing",
        f"{_joined(entry)} as _at",
        *("_subject", "_told_at", "content_hash", "_record_hash"),
        *(*PLACE, "_received_at"),
    ).selectExpr(
        "*",
        "case when _broken <> '' then 'unreadable_value' "
        f"when _missing <> '' then 'missing_value' {_set_aside(table)}end as code",
        "concat_ws(' ', _subject, content_hash, _at, _broken, _missing) as payload",
    )


def reasons_of(table: Table) -> Reasons:
    """Why core cannot take a row of a table, by code."""
    checks = _content_checks(table)
    return REASONS | {one.code: (one.message_vi, one.message_en) for one in checks}


def _content_checks(table: Table) -> list[GateCheck]:
    """Checks that set rows aside for what their messages say."""
    given = re.compile(rf"\b({'|'.join(KNOWLEDGE)})\b")
    return [
        check
        for check in gate_checks(table)
        if check.severity == "quarantine" and not given.search(check.holds)
    ]


def _set_aside(table: Table) -> str:
    return "".join(
        f"when not coalesce({check.holds}, false) then '{check.code}' "
        for check in _content_checks(table)
    )


def _is_broken(name: str, said: str, value: str) -> str:
    text = f"nullif(trim({said}), '')"
    return (
        f"case when {text} is not null and {value} is null "
        f"then concat('{name}=', {text}) end"
    )


def _value(kind: str, said: str, entities: Entities) -> str:
    if said.startswith("="):
        return f"cast({said[1:]} as {forms_of(kind).spark})"
    if kind == "timestamp":
        filled = f"nullif(trim({said}), '')"
        # The sender writes the time of Viet Nam without a zone.
        local = f'try_to_timestamp({filled}, "{entities.time_format}")'
        return business_to_utc_sql(local)
    return typed(kind, said, entities.date_format)


def _joined(parts: list[str]) -> str:
    return f"concat_ws(' ', {', '.join(parts)})" if parts else "''"
