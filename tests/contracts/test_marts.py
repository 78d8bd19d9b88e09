"""Each mart has its grain, keys, foreign keys, identity, claim, owner and reader."""

import re

import pytest
import yaml

from lakehouse.contracts import load_contracts
from lakehouse.gold_dbt import PROJECT
from quality.conservation import load_equations

CONTRACTS = load_contracts()
MARTS = sorted(n for n, t in CONTRACTS.tables.items() if t.schema == "gold")
SENTENCE_WORDS = 5


def listed(name):
    return yaml.safe_load((PROJECT / "models" / name).read_text(encoding="utf-8"))


CLAIMS = listed("_unit_tests.yml")["unit_tests"]


def test_there_are_the_marts_that_analysts_were_promised():
    dimensions = {"date", "office", "enterprise", "commodity", "country", "currency"}
    promised = {f"gold.dim_{name}" for name in {*dimensions, "kind"}} | {
        "gold.fct_declaration",
        "gold.fct_declaration_line",
        "gold.fct_declaration_tax",
        "gold.fct_declaration_event",
        "gold.fct_amendment",
        "gold.rpt_revenue_daily",
        "gold.rpt_clearance_time",
    }
    assert promised <= set(MARTS)


@pytest.mark.parametrize("name", MARTS)
def test_a_mart_says_its_grain_its_key_and_its_owner(name):
    table = CONTRACTS.table(name)
    assert table.grain.startswith("One row per ")
    assert table.key
    assert all(table.columns[column].required for column in table.key)
    assert table.spec.owner


@pytest.mark.parametrize("name", MARTS)
def test_a_fact_or_report_of_a_date_finds_it_in_the_calendar(name):
    """Foreign keys: what is counted on a date joins the dimension of dates."""
    table = CONTRACTS.table(name)
    kind = table.short_name.partition("_")[0]
    if kind == "dim":
        assert not table.spec.references
    else:
        assert table.spec.references == {
            "registered_date": "gold.dim_date.calendar_date"
        }


@pytest.mark.parametrize("name", MARTS)
def test_a_check_stops_the_build_of_a_mart_that_is_wrong_in_itself(name):
    assert "block" in {check.severity for check in CONTRACTS.table(name).spec.checks}


@pytest.mark.parametrize("name", MARTS)
def test_a_mart_counts_as_what_it_is_made_of(name):
    """Arithmetic identity: an equation that `customs verify` holds it to."""
    counted = {equation.right.table for equation in load_equations()}
    assert name in counted


@pytest.mark.parametrize("name", MARTS)
def test_a_mart_has_a_claim_that_is_a_sentence(name):
    short = CONTRACTS.table(name).short_name
    claims = [claim["name"] for claim in CLAIMS if claim["model"] == short]
    assert claims
    for claim in claims:
        assert re.fullmatch(r"[a-z0-9_]+", claim)
        assert len(claim.split("_")) >= SENTENCE_WORDS


@pytest.mark.parametrize("name", MARTS)
def test_somebody_reads_a_mart(name):
    short = CONTRACTS.table(name).short_name
    read = {r for e in listed("_exposures.yml")["exposures"] for r in e["depends_on"]}
    assert f"ref('{short}')" in read
