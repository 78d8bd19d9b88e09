"""Which rows of a list fail a check of their table's contract."""

from __future__ import annotations

import re

import duckdb
import pyarrow as pa

from lakehouse.contracts import Table
from lakehouse.delimited import Reasons
from transforms.ref.typed import Values

_RLIKE = re.compile(r"(\w+) rlike ('[^']*')")


def failed_checks(rows: pa.Table, table: Table) -> Values:
    """Code of the first check that each row fails, null where it holds all.

    A list has no engine beside it, so its few rows are asked here. A check over an
    empty value says nothing: a date may still be missing, an optional cell be blank.
    """
    cases = " ".join(
        f"when not ({_asked(check.expression)}) then '{check.code}'"
        for check in table.spec.checks
        if check.severity != "warn"
    )
    if not cases or not len(rows):
        return pa.nulls(len(rows), pa.string())
    numbered = rows.append_column("_place", pa.array(range(len(rows))))
    with duckdb.connect() as database:
        database.register("candidates", numbered)
        answer = database.sql(
            f"select case {cases} end as code from candidates order by _place"
        ).to_arrow_table()
    return answer["code"].combine_chunks().cast(pa.string())


def check_reasons(table: Table) -> Reasons:
    """Reasons of the checks, in Vietnamese and English."""
    return {
        check.code: (check.message_vi, check.message_en) for check in table.spec.checks
    }


def _asked(expression: str) -> str:
    """The check as DuckDB says it, which has another word for regular expressions."""
    return _RLIKE.sub(r"regexp_matches(\1, \2)", expression)
