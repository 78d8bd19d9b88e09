from decimal import Decimal

import pytest

from lakehouse.rules.errors import ConditionError
from lakehouse.rules.nodes import And, Compare, Literal, Or, Variable
from lakehouse.rules.parse import MAX_DEPTH, MAX_LENGTH, parse
from lakehouse.rules.text import to_text


def refused(text: str) -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    return caught.value


def test_a_chain_of_conditions_stays_flat():
    tree = parse("a.b && c.d && (e.f || g.h)")
    assert isinstance(tree, And)
    assert [type(part) for part in tree.parts] == [Variable, Variable, Or]


def test_a_minus_after_a_name_subtracts_and_is_no_sign():
    assert to_text(parse("a.b -1 > 2")) == "(a.b - 1) > 2"


def test_a_number_with_a_point_keeps_its_digits():
    tree = parse("a.b > 0.10")
    assert isinstance(tree, Compare)
    assert isinstance(tree.right, Literal)
    assert tree.right.value == Decimal("0.10")
    assert (tree.right.type.precision, tree.right.type.scale) == (3, 2)


@pytest.mark.parametrize(
    "text",
    [
        'a.b == "x" && !(c.d in ["y", "z"])',
        "a.b + 1 * 2 % 3 >= -4",
        'has(a.b) ? a.b.startsWith("8") : false',
        'size(a.b) == 3 || a.b.matches("^8[45]")',
        'a.b in lists.watched || a.b < date("2026-01-31")',
    ],
)
def test_text_and_tree_say_the_same(text):
    once = to_text(parse(text))
    assert to_text(parse(once)) == once


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("", 1, "ends too early"),
        ("a.b &&", 7, "ends too early"),
        ("a.b = 1", 5, "equality is =="),
        ("a.b == 1 c.d", 10, "`c.d` was not expected"),
        ("a.b && && c.d", 8, "was not expected"),
        ('a.b == "x', 8, "was not expected"),
    ],
)
def test_a_syntax_error_names_the_column(text, column, part):
    error = refused(text)
    assert error.code == "syntax"
    assert (error.line, error.column) == (1, column)
    assert part in error.message


def test_an_error_on_a_later_line_names_that_line():
    error = refused("a.b == 1\n  && c.d == null")
    assert (error.line, error.column) == (2, 13)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a.b == null", "has(name)"),
        ("a.b[0] == 1", "an index"),
        ("{1: 2} == a.b", "a map"),
        ("a.b == 1u", "unsigned"),
        ('a.b == b"x"', "byte string"),
        ("a.b.c == 1", "more than two parts"),
        (".a == 1", "starts with a dot"),
        ("has(1)", "has()"),
        ("a.b{c: 1} == 1", "an object"),
    ],
)
def test_cel_that_we_do_not_take_is_refused_by_name(text, part):
    error = refused(text)
    assert error.code == "unsupported"
    assert part in error.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('a.b == "it\'s"', "bad_literal"),
        ('a.b.matches("[0-9]\\\\.")', "backslash"),
        ('a.b == "\t"', "bad_literal"),
    ],
)
def test_a_text_that_sql_would_need_to_quote_is_refused(text, code):
    assert refused(text).code == code


def test_a_condition_without_end_is_refused_and_does_not_exhaust_the_stack():
    assert refused("a.b > 1 && " * MAX_LENGTH).code == "too_long"
    assert refused("!" * 3000 + "a.b").code == "too_deep"
    assert refused("!" * (MAX_DEPTH + 1) + "a.b").code == "too_deep"


def test_reasons_are_in_vietnamese_too():
    assert refused("a.b = 1").reason_vi == "không hiểu `= 1` ở đây; so sánh bằng là =="
