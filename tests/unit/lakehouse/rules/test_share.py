from lakehouse.rules.condition import compile_condition
from lakehouse.rules.share import share
from lakehouse.rules.text import to_text
from tests.rules.conditions import CATALOGUE

UNIT_VALUE = "double(line.customs_value_vnd) / double(line.first_quantity)"


def shared(*texts: str) -> tuple[list[str], dict[str, str]]:
    trees = [compile_condition(text, CATALOGUE) for text in texts]
    replaced, meanings = share(trees)
    return (
        [to_text(tree) for tree in replaced],
        {name: to_text(node) for name, node in meanings.items()},
    )


def test_a_value_that_two_conditions_compute_is_computed_once():
    trees, meanings = shared(f"{UNIT_VALUE} < 1.0", f"{UNIT_VALUE} > 9.0")
    assert trees == ["shared.0 < 1.0", "shared.0 > 9.0"]
    assert meanings == {"shared.0": UNIT_VALUE}


def test_a_value_that_one_condition_computes_stays_where_it_is():
    trees, meanings = shared(f"{UNIT_VALUE} < 1.0", "line.first_quantity > 1.0")
    assert not meanings
    assert trees[0] == f"({UNIT_VALUE}) < 1.0"
