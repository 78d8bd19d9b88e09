"""Every form of one small contract, as text; every form of every real contract exists.

A form that changes on purpose is written again with
`python -m tests.contracts.test_derive`, and read in the diff.
"""

import json
from pathlib import Path

import jsonschema
import pytest

from lakehouse.contracts import Contracts, Table, load_contracts
from lakehouse.derive.__main__ import KINDS
from lakehouse.derive.to_arrow import to_arrow
from lakehouse.derive.to_dbt import to_dbt_model, to_dbt_sources
from lakehouse.derive.to_docs import to_docs
from lakehouse.derive.to_gate import quarantine_condition, rejection_sql, to_gate
from lakehouse.derive.to_gx import to_gx
from lakehouse.derive.to_jsonschema import to_jsonschema
from lakehouse.derive.to_odcs import to_odcs
from lakehouse.derive.to_readme import BEGIN, END, into_page, to_readme
from lakehouse.derive.to_rows import to_row
from lakehouse.derive.to_spark import to_spark
from lakehouse.derive.to_trino import to_trino, to_trino_registration

HERE = Path(__file__).parent
EXPECTED = HERE / "fixture" / "expected"
FIXTURE = load_contracts(HERE / "fixture")
SAMPLE = FIXTURE.table("core.vnaccs__sample")
REAL = load_contracts()


def pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def arrow(table: Table) -> str:
    lines = (
        f"{field.name}: {field.type} {field.nullable}" for field in to_arrow(table)
    )
    return "\n".join(lines)


def row(table: Table) -> str:
    return "\n".join(f"{name}: {value!r}" for name, value in to_row(table).items())


def trino(table: Table) -> str:
    registered = to_trino_registration(table, "local:///core/vnaccs__sample/v2")
    return f"{registered};\n{to_trino(table)};"


def quarantine(table: Table) -> str:
    return f"{quarantine_condition(table)}\n{rejection_sql(table)}"


FORMS = {
    "arrow.txt": lambda: arrow(SAMPLE),
    "dbt_model.json": lambda: pretty(to_dbt_model(SAMPLE, with_source())),
    "dbt_sources.yml": lambda: to_dbt_sources("core", [SAMPLE]),
    "docs_en.md": lambda: to_docs(SAMPLE, FIXTURE.elements, "en"),
    "docs_vi.md": lambda: to_docs(SAMPLE, FIXTURE.elements, "vi"),
    "gate.sql": lambda: to_gate(SAMPLE),
    "gx.json": lambda: pretty(to_gx(SAMPLE)),
    "json_schema.json": lambda: pretty(to_jsonschema(SAMPLE, FIXTURE.elements)),
    "odcs.yaml": lambda: to_odcs(SAMPLE, FIXTURE.elements),
    "quarantine.sql": lambda: quarantine(SAMPLE),
    "readme.md": lambda: to_readme([SAMPLE]),
    "row.txt": lambda: row(SAMPLE),
    "spark.sql": lambda: to_spark(SAMPLE),
    "trino.sql": lambda: trino(SAMPLE),
}


def with_source() -> dict[str, Table]:
    return {SAMPLE.name: SAMPLE, "raw.vnaccs__sample": SAMPLE}


@pytest.mark.parametrize("name", FORMS)
def test_the_form_of_a_contract_is_this_text(name):
    expected = (EXPECTED / name).read_text(encoding="utf-8")
    assert FORMS[name]().rstrip("\n") == expected.rstrip("\n")


@pytest.mark.parametrize("kind", KINDS)
def test_every_contract_takes_every_form(kind):
    files = dict(KINDS[kind](REAL))
    assert len(files) >= len(REAL.tables)
    assert all(text.strip() for text in files.values())


def test_the_order_of_tables_does_not_change_a_form():
    backwards = Contracts(REAL.elements, dict(reversed(REAL.tables.items())))
    for kind, forms in KINDS.items():
        assert dict(forms(REAL)) == dict(forms(backwards)), kind


def test_a_row_as_json_holds_its_own_schema():
    schema = to_jsonschema(SAMPLE, FIXTURE.elements)
    row = {
        "declaration_no": "100000000010",
        "registered_date": "2026-01-05",
        "value_vnd": "12000000",
        "received_at": "2026-01-05T03:00:00Z",
        "is_current": True,
        "lines": [{"line_no": 1, "line_value_vnd": None}],
    }
    jsonschema.validate(row, schema)
    for wrong in ({"declaration_no": "1"}, {"value_vnd": 12.5}, {"unknown": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(row | wrong, schema)


@pytest.mark.parametrize("name", sorted(REAL.tables))
def test_every_schema_is_a_valid_schema(name):
    schema = to_jsonschema(REAL.table(name), REAL.elements)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_a_page_keeps_what_stands_around_its_table():
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert into_page(page, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    with pytest.raises(ValueError, match="lacks the marks"):
        into_page("before", "new")


if __name__ == "__main__":
    for form, made in FORMS.items():
        (EXPECTED / form).write_text(made().rstrip("\n") + "\n", encoding="utf-8")
