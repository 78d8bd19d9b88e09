from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lakehouse.rules.closure import to_closure
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.nodes import read_names
from tests.rules.conditions import CATALOGUE, LISTS

NOTHING: dict[str, Any] = {}


def verdict(text: str, **line: Any) -> bool | None:
    node = compile_condition(text, CATALOGUE, LISTS)
    return to_closure(node, LISTS).verdict(NOTHING, NOTHING, line, NOTHING)


def missing(text: str, **line: Any) -> list[str]:
    node = compile_condition(text, CATALOGUE, LISTS)
    values = tuple(line.get(name.split(".")[1]) for name in read_names(node))
    return to_closure(node, LISTS).missing(values)


def test_a_comparison_without_its_value_has_no_verdict():
    assert verdict("line.hs_code == '85'") is None
    assert verdict("line.hs_code != '85'", hs_code=None) is None
    assert verdict("!(line.hs_code == '85')") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("line.hs_code == '1' && false", False),
        ("false && line.hs_code == '1'", False),
        ("line.hs_code == '1' && true", None),
        ("line.hs_code == '1' || true", True),
        ("true || line.hs_code == '1'", True),
        ("line.hs_code == '1' || false", None),
        ("line.hs_code == '1' ? true : true", None),
        ("true ? false : line.hs_code == '1'", False),
    ],
)
def test_a_part_that_decides_absorbs_a_missing_one(text, expected):
    assert verdict(text) is expected


def test_has_always_answers():
    assert verdict("has(line.hs_code)") is False
    assert verdict("has(line.hs_code)", hs_code=None) is False
    assert verdict("has(line.hs_code)", hs_code="") is True


def test_what_was_missing_is_named_once_for_each_part_that_lacked_it():
    text = "line.goods_name == 'x' && line.hs_code == '85' || line.first_quantity > 1.0"
    assert missing(text, hs_code="84") == ["line.first_quantity"]
    assert missing(text, hs_code="85") == ["line.goods_name", "line.first_quantity"]


def test_a_divisor_of_zero_is_missing_and_not_infinite():
    text = "1.0 / double(line.customs_value_vnd) > 0.5"
    assert verdict(text, customs_value_vnd=1) is True
    assert verdict(text, customs_value_vnd=0) is None
    assert missing(text, customs_value_vnd=0) == ["double(line.customs_value_vnd) == 0"]


def test_the_remainder_has_the_sign_of_the_dividend():
    assert verdict("line.customs_value_vnd % 3 == -1", customs_value_vnd=-7)
    assert verdict("line.customs_value_vnd % -3 == 1", customs_value_vnd=7)


def test_money_is_exact_beyond_what_doubles_and_28_digits_hold():
    product = "line.customs_value_vnd * 10000000000"
    text = f"{product} + 1 > {product}"
    assert verdict(text, customs_value_vnd=Decimal("99999999999999999999"))
    text = "line.first_quantity * 0.1 == 0.3"
    assert verdict(text, first_quantity=Decimal("3.0000"))


def test_an_amount_may_come_as_int_or_decimal():
    text = "line.customs_value_vnd >= 1000000"
    assert verdict(text, customs_value_vnd=1_000_000)
    assert verdict(text, customs_value_vnd=Decimal(1_000_000))


def test_dates_are_compared_and_subtracted():
    node = compile_condition(
        'declaration.registered_date - declaration.invoice_date > duration("24h")'
        ' && declaration.registered_date < date("2026-12-01")',
        CATALOGUE,
    )
    head = {"registered_date": date(2026, 11, 3), "invoice_date": date(2026, 11, 1)}
    assert to_closure(node).verdict(head, NOTHING, NOTHING, NOTHING) is True


def test_size_counts_letters_and_not_bytes():
    assert verdict("size(line.goods_name) == 4", goods_name="Điện")


def test_a_name_of_a_python_builtin_is_not_reachable_from_a_condition():
    closure = to_closure(compile_condition("size(line.goods_name) > 0", CATALOGUE))
    assert closure.verdict.__globals__["__builtins__"] == {}
