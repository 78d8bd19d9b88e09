"""dbt sources and model properties of tables from their contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml

from lakehouse.contracts import Column, Table
from lakehouse.derive.to_spark import spark_type

MONTH = "registered_month"


def to_dbt_sources(schema: str, tables: Iterable[Table]) -> str:
    """YAML of a schema that dbt reads and does not build."""
    entries = [
        {"name": table.short_name, "description": _text(table.grain)}
        for table in tables
        if table.schema == schema
    ]
    return _dump({"sources": [{"name": schema, "schema": schema, "tables": entries}]})


def to_dbt_model(table: Table, tables: Mapping[str, Table]) -> dict[str, object]:
    """Properties of the model that builds a table: key, partition, columns, tests."""
    return {
        "name": table.short_name,
        "description": _text(table.spec.description),
        "config": {
            "schema": table.schema,
            "unique_key": list(table.key),
            "partition_by": list(table.spec.partition_by),
            "meta": {
                "owner": table.spec.owner,
                "monthly_sources": [
                    name for name in table.spec.sources if _is_monthly(tables[name])
                ],
            },
        },
        "columns": [_column(column) for column in table.columns.values()],
        "data_tests": _tests(table),
    }


def to_dbt_models(schema: str, tables: Mapping[str, Table]) -> str:
    """YAML of all models of a schema."""
    models = [
        to_dbt_model(table, tables)
        for _, table in sorted(tables.items())
        if table.schema == schema
    ]
    return _dump({"models": models})


def _is_monthly(table: Table) -> bool:
    return MONTH in table.columns


def _column(column: Column) -> dict[str, object]:
    return {"name": column.name, "data_type": spark_type(column)}


def _tests(table: Table) -> list[dict[str, object]]:
    return []


def _text(text: str) -> str:
    return " ".join(text.split())


def _dump(content: object) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=88)
