"""Gold: what a selection means, and the rules that every model keeps."""

import re
from pathlib import Path

import pytest
import yaml

from lakehouse.contracts import load_contracts
from lakehouse.derive.to_dbt import to_dbt_model
from lakehouse.errors import UsageError
from lakehouse.gold import select_tables
from lakehouse.gold_dbt import MODEL_SCHEMAS, PROJECT
from lakehouse.time import BUSINESS_ZONE_NAME

CONTRACTS = load_contracts()
TABLES = {n: t for n, t in CONTRACTS.tables.items() if t.schema in MODEL_SCHEMAS}
MODELS = {path.stem: path for path in sorted(PROJECT.glob("models/**/*.sql"))}
MACROS = sorted(PROJECT.glob("macros/*.sql"))
MODEL_LINES = 120


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def read_by(model: Path) -> set[str]:
    """Tables that a model names, as contracts write them."""
    sources = re.findall(r"source\('(\w+)', '(\w+)'\)", text(model))
    models = re.findall(r"ref\('(\w+)'\)", text(model))
    full = {table.short_name: name for name, table in TABLES.items()}
    return {f"{schema}.{name}" for schema, name in sources} | {full[m] for m in models}


# --- selection


def test_no_selection_means_every_table():
    assert select_tables(CONTRACTS, None) == sorted(TABLES)


def test_a_plus_before_a_name_takes_what_it_is_made_of():
    assert select_tables(CONTRACTS, "+feat.commodity_origin__price") == [
        "feat.commodity_origin__price",
        "gold.fct_declaration_history",
        "gold.fct_price_histogram_daily",
    ]


def test_a_plus_behind_a_name_takes_what_is_made_of_it():
    assert select_tables(CONTRACTS, "gold.fct_activity_daily+ gold.dim_date") == [
        "feat.enterprise__activity",
        "gold.dim_date",
        "gold.fct_activity_daily",
    ]


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UsageError) as refused:
        select_tables(CONTRACTS, "gold.dim_moon")
    assert refused.value.code == "unknown_table"
    assert "gold.dim_date" in refused.value.remedy


# --- what every model keeps


def test_every_table_has_its_model_and_every_model_its_table():
    assert set(MODELS) == {table.short_name for table in TABLES.values()}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_model_reads_what_its_contract_says(name):
    table = TABLES[name]
    assert read_by(MODELS[table.short_name]) == set(table.spec.sources)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_no_model_reads_what_is_not_yet_clean(name):
    """Data moves to the right only; gold begins at core."""
    allowed = {"feat": ("gold", "ref"), "gold": ("core", "gold", "ref")}
    table = TABLES[name]
    wrong = {
        s for s in table.spec.sources if s.split(".")[0] not in allowed[table.schema]
    }
    assert not wrong


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_model_is_short_ends_in_a_select_and_asks_no_clock(name):
    sql = text(MODELS[name])
    assert len(sql.splitlines()) <= MODEL_LINES
    assert re.search(r"\nselect \* from \w+\n$", sql)
    assert not re.search(r"current_(date|timestamp)|\bnow\(", sql)


@pytest.mark.parametrize("path", MACROS, ids=lambda path: path.stem)
def test_a_macro_says_what_it_is_for_and_has_a_file_of_its_own(path):
    named = re.findall(r"{% macro (?:spark__)?(\w+)\(", text(path))
    assert named == [path.stem]
    assert text(path).startswith("{#-")


def test_every_macro_is_used():
    everything = "".join(text(path) for path in PROJECT.rglob("*.sql"))
    # dbt calls these itself.
    called_by_dbt = {
        "create_temporary_view",
        "generate_schema_name",
        "get_columns_in_relation_raw",
        "get_merge_sql",
    }
    unused = [
        path.stem
        for path in MACROS
        if path.stem not in called_by_dbt
        and len(re.findall(rf"\b{path.stem}\(", everything)) < 2
    ]
    assert unused == []


def test_every_model_has_a_claim_and_a_reader():
    """A claim is a unit test of dbt, named as a sentence."""
    claims = yaml.safe_load(text(PROJECT / "models" / "_unit_tests.yml"))["unit_tests"]
    exposures = yaml.safe_load(text(PROJECT / "models" / "_exposures.yml"))["exposures"]
    assert {claim["model"] for claim in claims} == set(MODELS)
    read = {
        re.sub(r"ref\('(\w+)'\)", r"\1", r) for e in exposures for r in e["depends_on"]
    }
    assert read == set(MODELS)


def test_sql_and_python_have_the_same_zone():
    assert f"'{BUSINESS_ZONE_NAME}'" in text(PROJECT / "macros" / "business_date.sql")


# --- properties that dbt gets of a table


def test_a_reference_becomes_a_test_that_names_the_other_table():
    model = to_dbt_model(TABLES["gold.fct_declaration"], CONTRACTS.tables)
    (test,) = [t["references"] for t in model["data_tests"] if "references" in t]
    assert test["arguments"]["references"] == [
        {
            "column": "registered_date",
            "to": "{{ ref('dim_date') }}",
            "field": "calendar_date",
        }
    ]


def test_a_check_that_only_warns_does_not_stop_a_build():
    model = to_dbt_model(TABLES["gold.dim_office"], CONTRACTS.tables)
    severity = {
        check["code"]: test["contract"]["config"]["severity"]
        for test in model["data_tests"]
        for check in test["contract"]["arguments"]["checks"]
    }
    assert severity["GOLD-032"] == "warn"
    assert severity["GOLD-031"] == "error"
    assert severity["required.office_code"] == "error"


def test_sources_are_told_apart_by_whether_they_are_kept_by_month():
    meta = to_dbt_model(TABLES["gold.dim_office"], CONTRACTS.tables)["config"]["meta"]
    assert meta["monthly_sources"] == ["gold.fct_code_use_daily"]
    assert meta["other_sources"] == ["ref.office", "ref.office_mapping"]
