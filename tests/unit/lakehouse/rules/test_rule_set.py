from datetime import date

import pytest

from lakehouse.rules.errors import CriterionError
from lakehouse.rules.rule_set import RuleSet, load_current, publish
from tests.rules.conditions import CATALOGUE
from tests.unit.lakehouse.rules.builder import criterion

DAY = date(2026, 11, 3)
LISTS = {"watched": ["8517", "8517", "A11"]}


def build(*changes: dict, day: date = DAY) -> RuleSet:
    return RuleSet.build(
        [criterion(**change) for change in changes], CATALOGUE, LISTS, day
    )


def lines(*codes: str) -> list[dict]:
    return [{"line_no": n, "hs_code": code} for n, code in enumerate(codes, 1)]


def test_a_criterion_on_lines_names_the_lines_and_what_it_read():
    (fired,) = build({}).evaluate({}, lines("8517", "8417", "8504")).fired
    assert fired.code == "RS-001"
    assert fired.line_no == (1, 3)
    assert fired.values == {"line.hs_code": ("8517", "8504")}


def test_a_weight_counts_once_a_declaration():
    assert build({}).evaluate({}, lines("8517", "8504")).score == 10


def test_lines_without_a_number_are_counted():
    (fired,) = build({}).evaluate({}, [{"hs_code": "84"}, {"hs_code": "85"}]).fired
    assert fired.line_no == (2,)


def test_the_floor_is_the_highest_that_an_exception_forces():
    exception = {"criterion_layer": "exception", "criterion_weight": 0}
    rule_set = build(
        {**exception, "criterion_code": "RE-001", "floor_channel": "red"},
        {**exception, "criterion_code": "RE-002", "floor_channel": "yellow"},
    )
    verdicts = rule_set.evaluate({}, lines("8517"))
    assert verdicts.floor == "red"
    assert verdicts.score == 0
    assert rule_set.evaluate({}, lines("8417")).floor is None


def test_a_missing_value_is_reported_and_not_taken_for_false():
    condition = "price.median_unit_price_vnd > 5.0"
    rule_set = build({"criterion_condition": condition})
    verdicts = rule_set.evaluate({}, lines("85", "84"), None, [None, {}])
    assert not verdicts.fired
    (open_one,) = verdicts.not_evaluated
    assert open_one.line_no == (1, 2)
    assert open_one.missing == ("price.median_unit_price_vnd",)


def test_a_criterion_may_hold_on_one_line_and_be_open_on_another():
    verdicts = build({}).evaluate({}, [*lines("85"), {"line_no": 2}])
    assert verdicts.fired[0].line_no == (1,)
    assert verdicts.not_evaluated[0].line_no == (2,)


def test_a_declaration_without_lines_has_no_verdicts_on_lines():
    verdicts = build({}).evaluate({}, [])
    assert not verdicts.fired
    assert not verdicts.not_evaluated


def test_a_value_of_another_type_stops_only_those_who_read_it():
    rule_set = build(
        {"criterion_condition": "line.first_quantity > 1.0"},
        {"criterion_code": "RS-002"},
    )
    verdicts = rule_set.evaluate({}, [{"hs_code": "85", "first_quantity": "many"}])
    assert [fired.code for fired in verdicts.fired] == ["RS-002"]
    assert verdicts.not_evaluated[0].missing == ("line.first_quantity: bad value",)


def test_a_shadow_criterion_never_counts():
    verdicts = build({"criterion_status": "shadow"}).evaluate({}, lines("85"))
    assert not verdicts.fired
    assert verdicts.score == 0
    assert verdicts.shadow[0].code == "RS-001"


def test_a_random_criterion_names_a_stratum_and_is_no_reason():
    stratum = {
        "criterion_code": "RR-001",
        "criterion_layer": "random",
        "criterion_scope": "declaration",
        "criterion_weight": 0,
        "criterion_condition": "!declaration.is_low_value",
    }
    verdicts = build(stratum).evaluate({"is_low_value": False}, [])
    assert verdicts.strata == ("RR-001",)
    assert not verdicts.fired


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_only_active_and_shadow_criteria_are_in_a_set(status):
    assert not build({"criterion_status": status}).criteria


def test_only_criteria_that_hold_on_the_day_are_in_a_set():
    change = {"valid_to": DAY}
    assert build(change).criteria
    assert not build(change, day=date(2026, 11, 4)).criteria


def test_a_condition_that_does_not_compile_names_its_criterion():
    with pytest.raises(CriterionError) as caught:
        build({"criterion_condition": "line.hs_cod == 'x'"})
    assert "RS-001 version 1, line 1, column 1" in caught.value.message


def test_a_list_is_asked_by_its_members():
    rule_set = build({"criterion_condition": "line.hs_code in lists.watched"})
    verdicts = rule_set.evaluate({}, lines("8517", "8518"))
    assert verdicts.fired[0].line_no == (1,)


def test_the_hash_covers_conditions_and_members_of_lists():
    asked = {"criterion_condition": "line.hs_code in lists.watched"}
    one = RuleSet.build([criterion(**asked)], CATALOGUE, {"watched": ["1"]}, DAY)
    two = RuleSet.build([criterion(**asked)], CATALOGUE, {"watched": ["2"]}, DAY)
    assert len({one.hash, two.hash, build({}).hash}) == 3
    assert build({}).hash == build({}).hash


def test_a_list_that_nobody_asks_is_not_in_the_hash():
    other = RuleSet.build([criterion()], CATALOGUE, {}, DAY)
    assert other.hash == build({}).hash


def test_a_published_set_says_the_same_when_it_is_read_again(tmp_path):
    asked = "line.hs_code in lists.watched"
    rule_set = build({"criterion_condition": asked}, {"criterion_code": "RS-002"})
    publish(rule_set, tmp_path)
    again = load_current(tmp_path)
    assert again.hash == rule_set.hash
    case = ({}, lines("8517", "8411"))
    assert again.evaluate(*case) == rule_set.evaluate(*case)


def test_a_published_set_that_was_changed_is_refused(tmp_path):
    path = publish(build({}), tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"85', b'"86'))
    with pytest.raises(CriterionError) as caught:
        load_current(tmp_path)
    assert caught.value.code == "bad_rule_set"


def test_a_folder_without_a_published_set_says_what_to_run(tmp_path):
    with pytest.raises(CriterionError, match="customs rules publish"):
        load_current(tmp_path)


def test_the_criterion_behind_a_verdict_can_be_looked_up():
    rule_set = build({})
    assert rule_set.criterion("RS-001").guidance_vi == "Kiểm tra hồ sơ."
