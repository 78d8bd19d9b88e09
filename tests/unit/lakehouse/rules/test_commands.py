import json
from datetime import date

import pytest
from typer.testing import CliRunner

from lakehouse.derive.to_rows import to_rows
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


LISTED = """
list: risk_criterion
defaults:
  criterion_version: 1
  criterion_layer: score
  criterion_scope: line
  criterion_weight: 3
  needs_scan: false
  needs_seal: false
  needs_sample: false
  owner_unit: Đơn vị mẫu
  criterion_class: secret
  criterion_status: active
  author_code: A
  approver_code: B
  valid_from: 2025-01-01
  legal_basis: Thông tư 81/2019/TT-BTC
  is_sample: true
rows:
  - criterion_code: RS-900
    criterion_title_vi: Xuất xứ thuộc danh sách theo dõi
    criterion_condition: line.origin_country_code in lists.watched_origins
    guidance_vi: Đối chiếu chứng nhận xuất xứ.
    example_fires: '{"line": {"origin_country_code": "XA"}}'
    example_silent: '{"line": {"origin_country_code": "VN"}}'
"""


def test_a_named_list_of_the_lake_is_published_with_the_rules(lake, tmp_path):
    table = lake.contracts.table("ref.named_list")
    listed = {
        "named_list_code": "watched_origins",
        "valid_from": date(2025, 1, 1),
    }
    ended = {"listed_value": "XB", "valid_to": date(2025, 12, 31)}
    rows = [listed | {"listed_value": "XA"}, listed | ended]
    lake.append("ref.named_list", to_rows(table, rows))
    path = tmp_path / "criteria.yml"
    path.write_text(LISTED)
    words = ["publish", "--from", str(path), "--on", "2026-11-03", "--json"]
    result = CliRunner().invoke(app, words)
    assert result.exception is None
    published = load_current(lake.root / "published" / "rules")
    assert published.content.lists == {"watched_origins": ["XA"]}


def test_a_list_that_nobody_loaded_is_named(lake, tmp_path):
    path = tmp_path / "criteria.yml"
    path.write_text(LISTED)
    result = CliRunner().invoke(app, ["check", "--from", str(path)])
    assert isinstance(result.exception, CriterionError)
    assert "watched_origins" in result.exception.message
