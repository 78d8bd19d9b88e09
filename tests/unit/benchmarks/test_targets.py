"""Numbers beside what they should reach."""

import pytest

from benchmarks.__main__ import HERE
from benchmarks.targets import Target, load_targets


def test_a_bound_is_reached_by_its_own_value():
    assert Target(at_most=300).verdict(300) == "reached"
    assert Target(at_least=20).verdict(20) == "reached"


@pytest.mark.parametrize(
    ("target", "value"), [(Target(at_most=300), 300.1), (Target(at_least=20), 19.9)]
)
def test_a_bound_is_missed_beyond_it(target, value):
    assert target.verdict(value) == "missed"


def test_every_target_has_a_benchmark_and_one_bound():
    for name, targets in load_targets().items():
        assert (HERE / f"{name}.py").is_file(), name
        for measure, target in targets.items():
            bounds = (target.at_most, target.at_least)
            assert bounds.count(None) == 1, measure
