"""dbt sources and model properties of tables from their contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml

from lakehouse.contracts import Column, Table
from lakehouse.derive.to_gate import gate_checks
from lakehouse.derive.to_spark import spark_type

MONTH = "registered_month"
"""Partition of everything that hangs on a declaration."""


def to_dbt_sources(schema: str, tables: Iterable[Table]) -> str:
    """YAML of a schema that dbt reads and does not build."""
    entries = [
        {
            "name": table.short_name,
            "description": _text(table.grain),
            "columns": _columns(table),
        }
        for table in tables
        if table.schema == schema
    ]
    return _dump({"sources": [{"name": schema, "schema": schema, "tables": entries}]})


def to_dbt_models(schema: str, tables: Mapping[str, Table]) -> str:
    """YAML of all models of a schema."""
    models = [
        to_dbt_model(table, tables)
        for table in tables.values()
        if table.schema == schema
    ]
    return _dump({"models": models})


def to_dbt_model(table: Table, tables: Mapping[str, Table]) -> dict[str, object]:
    """Properties of the model that builds a table: key, partition, columns, tests.

    Constraints are left out: they would enter the Delta log.
    """
    monthly = [name for name in table.spec.sources if MONTH in tables[name].columns]
    return {
        "name": table.short_name,
        "description": _text(table.spec.description),
        "config": {
            "schema": table.schema,
            "unique_key": list(table.key),
            "partition_by": list(table.spec.partition_by),
            "meta": {
                "owner": table.spec.owner,
                "monthly_sources": monthly,
                "other_sources": [n for n in table.spec.sources if n not in monthly],
            },
        },
        "columns": _columns(table),
        "data_tests": _tests(table),
    }


def _columns(table: Table) -> list[dict[str, object]]:
    return [_column(column) for column in table.columns.values()]


def _column(column: Column) -> dict[str, object]:
    entry: dict[str, object] = {"name": column.name, "data_type": spark_type(column)}
    if column.note:
        entry["description"] = _text(column.note)
    return entry


def _tests(table: Table) -> list[dict[str, object]]:
    """One query for what must hold, one for what only warns, one for references.

    References stand apart: dbt holds back what stands right of a table only for tests
    that read this table alone.
    """
    checks = gate_checks(table)
    name = table.short_name
    must = {check.code: check.holds for check in checks if check.severity != "warn"}
    warns = {check.code: check.holds for check in checks if check.severity == "warn"}
    references = [
        _reference(column, target) for column, target in table.spec.references.items()
    ]
    tests = [
        _test(
            "contract", f"{name}_holds_its_contract", "error", _checks(must, table.key)
        )
    ]
    if warns:
        arguments = _checks(warns)
        tests.append(_test("contract", f"{name}_is_as_expected", "warn", arguments))
    if references:
        arguments = {"references": references}
        tests.append(_test("references", f"{name}_finds_others", "error", arguments))
    return tests


def _checks(checks: Mapping[str, str], key: Iterable[str] = ()) -> dict[str, object]:
    entries = [{"code": code, "holds": holds} for code, holds in checks.items()]
    return {"checks": entries, "key": list(key)}


def _test(
    test: str, name: str, severity: str, arguments: Mapping[str, object]
) -> dict[str, object]:
    return {
        test: {
            "name": name,
            "arguments": dict(arguments),
            "config": {"severity": severity},
        }
    }


def _reference(column: str, target: str) -> dict[str, str]:
    table, _, field = target.rpartition(".")
    schema, _, name = table.partition(".")
    is_model = schema in ("gold", "feat")
    relation = f"ref('{name}')" if is_model else f"source('{schema}', '{name}')"
    return {"column": column, "to": "{{ " + relation + " }}", "field": field}


def _text(text: str) -> str:
    return " ".join(text.split())


def _dump(content: object) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=88)
