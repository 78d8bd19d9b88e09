import pytest

from lakehouse.rules.condition import compile_condition
from lakehouse.rules.errors import ConditionError
from lakehouse.rules.types import BOOL
from tests.rules.conditions import CATALOGUE


def refused(text: str, scope: str = "line") -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        compile_condition(text, CATALOGUE, ["watched"], scope)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "declaration.is_low_value",
        "declaration.is_low_value == false",
        'line.hs_code in lists.watched && line.hs_code > "84"',
        "line.customs_value_vnd * 2 + 1 > declaration.customs_value_vnd % 7",
        "line.first_quantity * 1.5 > 2",
        "double(line.customs_value_vnd) / double(line.first_quantity) < 0.5",
        'declaration.registered_date - declaration.invoice_date > duration("24h")',
        'declaration.registered_date in [date("2026-01-31")]',
        '(has(line.hs_code) ? line.hs_code : "x").startsWith("8")',
        "size(line.goods_name) + declaration.line_count < 9",
    ],
)
def test_well_typed_conditions_are_taken(text):
    assert compile_condition(text, CATALOGUE, ["watched"]).type == BOOL


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("line.hs_cod == '1'", 1, "did you mean line.hs_code?"),
        ("hs_code == '1'", 1, "did you mean line.hs_code?"),
        ("line.hs_code == '1' && lin.goods_name == ''", 24, "line.goods_name"),
        ("line.hs_code in lists.watchd", 17, "did you mean lists.watched?"),
        ("line.hs_code.startWith('8')", 1, "did you mean startsWith?"),
    ],
)
def test_a_misspelling_names_what_may_have_been_meant(text, column, part):
    error = refused(text)
    assert error.code in ("unknown_name", "unknown_function")
    assert error.column == column
    assert part in error.message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("line.hs_code == 1", "expected string as on the left, found whole"),
        ("line.hs_code in ['a', 1]", "expected a constant string, found whole"),
        ("line.hs_code in 'abc'", "expected a list"),
        ("line.customs_value_vnd in lists.watched", "expected a text"),
        ("line.customs_value_vnd / 2 > 1", "drops the fraction"),
        ("line.first_quantity * 2 > 1.0", "write double(x), or 2.0 for 2"),
        ("line.first_quantity % 2.0 > 1.0", "takes whole numbers"),
        ("line.customs_value_vnd * line.customs_value_vnd > 1", "more than 37 digits"),
        ("declaration.is_low_value > false", "no order"),
        ("(1 > 2) == (2 > 1)", "write it with && || !"),
        ("!line.hs_code", "expected true or false, found string"),
        ("-line.hs_code > 1", "expected a number"),
        ("line.hs_code", "a condition must be true or false"),
        ("lists.watched", "only after `in`"),
        ("['a'] == ['a']", "only after `in`"),
        ("size(line.customs_value_vnd) > 1", "expected string"),
        ("size() > 1", "expected 1 arguments"),
        ("line.hs_code.matches(line.goods_name)", "must be a constant"),
        ("(1 > 0 ? 1 : 'a') == 1", "expected whole as before the colon"),
        ("declaration.registered_date + declaration.invoice_date > 1", "of two dates"),
        ("declaration.registered_date == declaration.registered_at", "expected date"),
    ],
)
def test_types_that_do_not_fit_say_what_is_expected(text, part):
    error = refused(text)
    assert error.code in ("type_mismatch", "not_a_condition")
    assert part in error.message


@pytest.mark.parametrize(
    "text",
    [
        'declaration.registered_date > date("2026-02-30")',
        'declaration.registered_date > date("20260201")',
        'declaration.registered_at > timestamp("2026-02-01T00:00:00")',
        'declaration.registered_at - declaration.registered_at > duration("3 days")',
        'declaration.registered_at - declaration.registered_at > duration("")',
        "declaration.registered_date > date(line.hs_code)",
    ],
)
def test_a_date_that_does_not_exist_is_refused_with_an_example(text):
    error = refused(text)
    assert error.code == "bad_literal"
    assert "expected such as" in error.message


def test_a_criterion_on_the_declaration_reads_no_line():
    error = refused("line.hs_code == '1'", "declaration")
    assert error.code == "out_of_scope"
    assert "declaration, enterprise" in error.message


def test_so_many_choices_that_the_comparison_would_explode_are_refused():
    choice = "(has(line.hs_code) ? 1 : 2)"
    text = " + ".join([choice] * 6)
    assert refused(f"{text} > 3").code == "too_many_choices"
