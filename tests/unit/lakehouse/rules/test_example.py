import pytest

from lakehouse.rules.errors import CriterionError
from lakehouse.rules.example import check_examples, read_example
from tests.rules.conditions import CATALOGUE
from tests.unit.lakehouse.rules.builder import criterion


def test_examples_that_hold_are_accepted():
    check_examples(criterion(), CATALOGUE)


@pytest.mark.parametrize(
    "changes",
    [
        {"example_fires": '{"line": {"hs_code": "84"}}'},
        {"example_silent": '{"line": {"hs_code": "85"}}'},
        {"example_silent": '{"line": {}}'},
    ],
)
def test_an_example_must_have_the_verdict_that_it_stands_for(changes):
    with pytest.raises(CriterionError) as caught:
        check_examples(criterion(**changes), CATALOGUE)
    assert caught.value.code == "example_departs"


@pytest.mark.parametrize(
    "text",
    ["{", '{"line": {"hs_cod": "1"}}', '{"line": {"customs_value_vnd": "much"}}', "[]"],
)
def test_an_example_that_is_no_row_is_refused(text):
    with pytest.raises(CriterionError) as caught:
        read_example(text, CATALOGUE)
    assert caught.value.code == "bad_example"
