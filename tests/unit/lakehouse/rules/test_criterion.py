from datetime import date

import pytest
import yaml

from lakehouse.rules.criterion import (
    check_criteria,
    criteria_from_rows,
    load_criteria,
)
from lakehouse.rules.errors import CriterionError
from tests.unit.lakehouse.rules.builder import ROW, criterion


def refused(*changes: dict) -> CriterionError:
    with pytest.raises(CriterionError) as caught:
        check_criteria([criterion(**change) for change in changes])
    return caught.value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"approver_code": "SAMPLE-A"}, "one_person"),
        ({"approver_code": None}, "no_approver"),
        ({"criterion_weight": 0}, "no_weight"),
        ({"floor_channel": "red"}, "score_with_floor"),
        ({"criterion_layer": "exception"}, "weight_without_score"),
        ({"criterion_layer": "exception", "criterion_weight": 0}, "no_action"),
        ({"criterion_layer": "random", "criterion_weight": 0}, "random_scope"),
        ({"valid_to": date(2025, 12, 31)}, "bad_validity"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(changes, code):
    error = refused(changes)
    assert error.code == code
    assert "RS-001 version 1" in error.message


def test_a_draft_needs_no_approver():
    check_criteria([criterion(criterion_status="draft", approver_code=None)])


def test_two_active_versions_may_not_hold_on_one_day():
    first = {"valid_to": date(2026, 6, 30)}
    second = {"criterion_version": 2, "valid_from": date(2026, 6, 30)}
    error = refused(first, second)
    assert error.code == "overlap"
    assert "2026-06-30" in error.message


def test_a_version_may_follow_on_the_next_day():
    first = criterion(valid_to=date(2026, 6, 30))
    second = criterion(criterion_version=2, valid_from=date(2026, 7, 1))
    check_criteria([second, first])


def test_a_shadow_version_may_run_beside_the_active_one():
    shadow = criterion(criterion_version=2, criterion_status="shadow")
    check_criteria([criterion(), shadow])


def test_a_version_stands_there_once():
    assert refused({}, {}).code == "double_version"


def test_validity_includes_both_ends():
    row = criterion(valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 31))
    assert row.is_valid(date(2026, 1, 1))
    assert row.is_valid(date(2026, 1, 31))
    assert not row.is_valid(date(2026, 2, 1))


def write(path, rows, **parts):
    for row in rows:
        row["valid_from"] = str(row["valid_from"])
    path.write_text(yaml.safe_dump({"list": "risk_criterion", "rows": rows, **parts}))
    return path


def test_a_file_gives_its_defaults_to_every_row(tmp_path):
    row = {name: value for name, value in ROW.items() if name != "is_sample"}
    path = write(tmp_path / "c.yml", [row], defaults={"is_sample": True})
    (loaded,) = load_criteria(path)
    assert loaded == criterion()


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"criterion_layer": "magic"}, "Invalid enum value 'magic'"),
        ({"criterion_code": "abc"}, "matching regex"),
        ({"criterion_weight": "ten"}, "Expected `int`"),
        ({"wieght": 1}, "unknown field `wieght`"),
        ({"guidance_vi": ""}, "length >= 1"),
    ],
)
def test_a_wrong_row_is_named_with_its_number(tmp_path, changes, part):
    path = write(tmp_path / "c.yml", [{**ROW}, {**ROW, **changes}])
    with pytest.raises(CriterionError) as caught:
        load_criteria(path)
    assert caught.value.code == "bad_row"
    assert "row 2" in caught.value.message
    assert part in caught.value.message


def test_a_file_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "c.yml"
    path.write_text("- a\n- b\n")
    with pytest.raises(CriterionError, match="list, defaults and rows"):
        load_criteria(path)


def test_rows_of_the_table_may_carry_the_columns_of_the_lake():
    (row,) = criteria_from_rows([{**ROW, "list_code": "risk_criterion", "_run_seq": 4}])
    assert row == criterion()
