"""JSON Schema of one row of a table from its contract."""

from __future__ import annotations

from collections.abc import Mapping

from lakehouse.contracts import Column, Element, Table
from lakehouse.derive.types import forms_of

Schema = dict[str, object]


def to_jsonschema(table: Table, elements: Mapping[str, Element]) -> Schema:
    """Schema (draft 2020-12) of a row as people's programs see it.

    Technical columns are left out; an optional column may be absent or null.
    """
    shown = [column for column in table.columns.values() if not column.is_technical]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:customs:{table.name}:v{table.major}",
        "title": table.spec.title_en,
        "description": table.grain,
        **_object(shown, elements),
    }


def _object(columns: list[Column], elements: Mapping[str, Element]) -> Schema:
    return {
        "type": "object",
        "properties": {column.name: _property(column, elements) for column in columns},
        "required": [column.name for column in columns if column.required],
        "additionalProperties": False,
    }


def _property(column: Column, elements: Mapping[str, Element]) -> Schema:
    if column.items:
        return {"type": "array", "items": _object(list(column.items), elements)}
    schema: Schema = dict(forms_of(column.type).json_schema)
    element = elements.get(column.element or "")
    if element is not None:
        schema = {"title": element.label_vi, **schema}
        if element.pattern and column.type == "string":
            schema["pattern"] = f"^(?:{element.pattern})$"
    if not column.required:
        schema["type"] = [schema["type"], "null"]
    return schema
