import json

import pytest
from typer.testing import CliRunner

from lakehouse.errors import UsageError
from lakehouse.rules.commands import app
from lakehouse.rules.errors import CriterionError
from lakehouse.rules.rule_set import load_current
from lakehouse.settings import PROJECT_ROOT

SAMPLE = str(PROJECT_ROOT / "ingestion" / "ref" / "sample" / "risk_criterion.yml")


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--from", SAMPLE, "--json"])
    if result.exception is not None:
        raise result.exception
    return json.loads(result.stdout)


def test_check_counts_the_criteria_of_a_file(lake):
    answer = run("check", "--on", "2026-11-03")
    assert answer["criteria"] >= 45


def test_publish_makes_the_set_current(lake):
    answer = run("publish", "--on", "2026-11-03")
    published = load_current(lake.root / "published" / "rules")
    assert published.hash == answer["rule_set"]


def test_explain_says_the_condition_in_vietnamese_and_in_sql(lake, frozen_now):
    answer = run("explain", "RS-024")
    assert "chiều hàng hóa là nhập khẩu" in answer["condition_vi"]
    assert "datediff" in answer["sql"]


def test_explain_of_a_code_that_nobody_uses_says_where_to_look(lake, frozen_now):
    with pytest.raises(UsageError, match="customs rules check"):
        run("explain", "XX-999")


def test_a_criterion_that_breaks_its_example_is_not_published(lake, tmp_path):
    path = tmp_path / "criteria.yml"
    text = (PROJECT_ROOT / "ingestion/ref/sample/risk_criterion.yml").read_text()
    path.write_text(text.replace('startsWith("2844")', 'startsWith("2845")'))
    result = CliRunner().invoke(app, ["publish", "--from", str(path)])
    assert isinstance(result.exception, CriterionError)
    assert result.exception.code == "example_departs"
    assert not (lake.root / "published").exists()
