"""Great Expectations suite of a table from its contract, as the JSON of a suite."""

from __future__ import annotations

from typing import TypedDict

from lakehouse.contracts import Table
from lakehouse.derive.to_gate import UNIQUE_KEY, GateCheck, gate_checks

Expectation = dict[str, object]


class Suite(TypedDict):
    """A suite as Great Expectations writes it."""

    name: str
    meta: dict[str, str]
    expectations: list[Expectation]


def to_gx(table: Table) -> Suite:
    """The suite: unique key, required columns, and each check, with code and severity.

    The conditions are those of the gate, so that both speak of the same rows.
    """
    return {
        "name": table.name,
        "meta": {"version": table.spec.version, "owner": table.spec.owner},
        "expectations": [
            _unique_key(table),
            *(_expectation(check) for check in gate_checks(table)),
        ],
    }


def _unique_key(table: Table) -> Expectation:
    meta = {"code": UNIQUE_KEY, "severity": "block"}
    if len(table.key) == 1:
        return {
            "type": "expect_column_values_to_be_unique",
            "kwargs": {"column": table.key[0]},
            "meta": meta,
        }
    return {
        "type": "expect_compound_columns_to_be_unique",
        # Rows with an empty part of the key are compared like all others.
        "kwargs": {"column_list": list(table.key), "ignore_row_if": "never"},
        "meta": meta,
    }


def _expectation(check: GateCheck) -> Expectation:
    meta = {"code": check.code, "severity": check.severity}
    if check.code.startswith("required."):
        column = check.code.removeprefix("required.")
        return {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": column},
            "meta": meta,
        }
    # The text is a template: braces of a regular expression are doubled.
    holds = check.holds.replace("{", "{{").replace("}", "}}")
    query = f"select * from {{batch}} where not coalesce({holds}, false)"
    return {
        "type": "unexpected_rows_expectation",
        "kwargs": {
            "unexpected_rows_query": query,
            "description": check.message_en,
        },
        "meta": meta,
    }
