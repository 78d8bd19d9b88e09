"""The page's types are those of the service's answers."""

from serving.dashboards.typescript import to_typescript


def test_an_answer_becomes_an_interface():
    schema = {
        "Day": {
            "type": "object",
            "properties": {
                "day": {"type": "string", "format": "date"},
                "share": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                "state": {"type": "string", "enum": ["fresh", "late"]},
                "rows": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/Row"},
                },
            },
        }
    }
    assert to_typescript(schema).splitlines()[2:] == [
        "export interface Day {",
        "  day: string;",
        "  share: number | null;",
        '  state: "fresh" | "late";',
        "  rows: Array<Row>;",
        "}",
    ]


def test_what_is_no_object_is_left_out():
    assert "Kind" not in to_typescript({"Kind": {"type": "string"}})
