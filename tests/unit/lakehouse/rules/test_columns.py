import ast

import pytest

from lakehouse.rules.atoms import Constants
from lakehouse.rules.columns import Columns
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.rails import Rails
from tests.rules.conditions import CATALOGUE, LISTS


def told(text: str) -> str | None:
    columns = Columns(Rails(Constants(dict(LISTS))))
    test = columns.possible(compile_condition(text, CATALOGUE, LISTS))
    return test and ast.unparse(test)


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("line.goods_name.contains('lon')", "'lon' in text_line_goods_name"),
        ("line.hs_code.startsWith('85')", "'85' in text_line_hs_code"),
        ("line.customs_value_vnd > 5", "most_line_customs_value_vnd > 5"),
        ("line.customs_value_vnd <= 5", "least_line_customs_value_vnd <= 5"),
    ],
)
def test_a_constant_is_held_against_the_whole_column(text, test):
    summary = next(
        word for word in test.split() if word.endswith(("name", "code", "vnd"))
    )
    assert told(text) == f"{summary} is None or {test}"


@pytest.mark.parametrize(
    "text",
    [
        "line.goods_name != 'x'",
        "!line.goods_name.contains('x')",
        "declaration.kind_code.contains('A')",
        "price.median_unit_price_vnd > 5.0",
        "double(line.customs_value_vnd) > 5.0",
        "line.goods_name.contains('x') || line.hs_code != '85'",
    ],
)
def test_nothing_is_told_where_one_line_may_differ_from_the_column(text):
    assert told(text) is None


def test_both_parts_of_a_condition_must_be_met_by_some_line():
    test = told("line.goods_name.contains('x') && line.customs_value_vnd < 5")
    assert test.count(" is None or ") == 2
    assert " and " in test
