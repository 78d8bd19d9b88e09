"""TypeScript interfaces of the answers, from the schema that OpenAPI is made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HEAD = "// Made from serving/dashboards/answers.py by bundle.py; never edited.\n"
_PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def api_types() -> str:
    """One interface per answer."""
    # Late: FastAPI is only needed where the page is built or served.
    from lakehouse.settings import settings
    from lakehouse.tables import Lake
    from serving.dashboards.app import make_app
    from serving.dashboards.cut import Cuts

    app = make_app(Cuts(Lake(settings().lake)), Path())
    return to_typescript(app.openapi()["components"]["schemas"])


def to_typescript(schemas: Mapping[str, Any]) -> str:
    """Interfaces of object schemas, by name."""
    parts = [_HEAD]
    for name, schema in sorted(schemas.items()):
        if schema.get("type") != "object":
            continue
        fields = "".join(
            f"  {field}: {_type_of(kind)};\n"
            for field, kind in schema.get("properties", {}).items()
        )
        parts.append(f"export interface {name} {{\n{fields}}}\n")
    return "\n".join(parts)


def _type_of(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f'"{one}"' for one in schema["enum"])
    if schema.get("type") == "array":
        return f"Array<{_type_of(schema['items'])}>"
    return _PLAIN.get(str(schema.get("type")), "unknown")
