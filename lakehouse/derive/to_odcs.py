"""A table contract in the words of the Open Data Contract Standard 3.1, as YAML."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from lakehouse.contracts import Column, Element, Table
from lakehouse.derive.to_spark import spark_type

Block = dict[str, object]
_LOGICAL = {
    "string": "string",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "decimal": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "binary": "string",
    "list": "array",
}


def to_odcs(table: Table, elements: Mapping[str, Element]) -> str:
    """The contract for readers outside; technical columns are left out."""
    spec = table.spec
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"urn:customs:{table.name}:v{table.major}",
        "name": table.name,
        "version": spec.version,
        "status": "active",
        "description": _description(table),
        "schema": [_table(table, elements)],
        "slaProperties": _service_levels(table),
        "team": {"name": spec.owner},
        "customProperties": [
            {"property": "titleVi", "value": spec.title_vi},
            {"property": "history", "value": spec.history},
            {"property": "classification", "value": spec.classification},
        ],
    }
    return yaml.safe_dump(contract, sort_keys=False, allow_unicode=True, width=88)


def _description(table: Table) -> Block:
    block: Block = {"purpose": " ".join(table.spec.description.split())}
    if table.spec.usage_warnings:
        block["usage"] = " ".join(" ".join(table.spec.usage_warnings).split())
    return block


def _table(table: Table, elements: Mapping[str, Element]) -> Block:
    shown = [column for column in table.columns.values() if not column.is_technical]
    block: Block = {
        "name": table.short_name,
        "physicalName": table.name,
        "physicalType": "table",
        "logicalType": "object",
        "businessName": table.spec.title_en,
        "description": table.grain,
        "dataGranularityDescription": table.grain,
        "properties": [_property(table, column, elements) for column in shown],
    }
    if table.spec.checks:
        block["quality"] = _quality(table)
    return block


def _property(table: Table, column: Column, elements: Mapping[str, Element]) -> Block:
    block = _described(column, elements)
    if column.name in table.key:
        block["primaryKey"] = True
        block["primaryKeyPosition"] = table.key.index(column.name) + 1
    partition = table.spec.partition_by
    if column.name in partition:
        block["partitioned"] = True
        block["partitionKeyPosition"] = partition.index(column.name) + 1
    target = table.spec.references.get(column.name)
    if target:
        block["relationships"] = [{"type": "foreignKey", "to": target}]
    return block


def _described(column: Column, elements: Mapping[str, Element]) -> Block:
    block: Block = {
        "name": column.name,
        "logicalType": _LOGICAL[column.type.split("(")[0]],
        "physicalType": spark_type(column),
        "required": column.required,
    }
    element = elements.get(column.element or "")
    if element is not None:
        block["businessName"] = element.label_vi
        block["description"] = element.description
        block["classification"] = element.classification
    if column.items:
        inner = [_described(item, elements) for item in column.items]
        block["items"] = {"logicalType": "object", "properties": inner}
    return block


def _quality(table: Table) -> list[Block]:
    return [
        {
            "name": check.code,
            "type": "sql",
            "description": check.message_en,
            "severity": check.severity,
            "query": f"select count(*) from {table.name} "
            f"where not coalesce({check.expression}, false)",
            "mustBe": 0,
        }
        for check in table.spec.checks
    ]


def _service_levels(table: Table) -> list[Block]:
    spec = table.spec
    levels: list[Block] = [
        {"property": "retention", "value": spec.retention.years, "unit": "y"}
    ]
    if spec.freshness is not None:
        hours = spec.freshness.expected_delay_hours
        levels.append({"property": "latency", "value": hours, "unit": "h"})
    return levels
