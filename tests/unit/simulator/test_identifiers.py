"""Numbers that look right and belong to nobody."""

from datetime import date

import numpy as np
import pytest
from stdnum import iso6346
from stdnum.vn import mst

from simulator.errors import SimulationRefused
from simulator.identifiers import declaration_keys, tax_codes
from simulator.links import container_numbers


def test_tax_codes_have_a_right_check_digit_and_are_all_different():
    codes = [f"{code:010d}" for code in tax_codes(5_000)]
    assert all(mst.is_valid(code) for code in codes)
    assert len(set(codes)) == 5_000


def test_tax_codes_lie_in_ranges_that_are_not_issued():
    codes = [f"{code:010d}" for code in tax_codes(5_000)]
    assert all(code[:2] == "99" or code[2:4] == "99" for code in codes)
    assert sum(code[0] == "0" for code in codes) == 5_000 // 12


def test_container_numbers_have_a_right_check_digit():
    numbers = container_numbers(np.arange(1_000, 90_000, 811)).to_pylist()
    assert all(iso6346.is_valid(number) for number in numbers)


def test_declaration_keys_begin_with_1_or_3_and_never_come_twice():
    directions = np.array([0, 1, 0, 1])
    days = (date(2026, 11, 4), date(2026, 11, 5))
    keys = np.concatenate([declaration_keys(day, directions, 0) for day in days])
    assert [key // 10**10 for key in keys] == [1, 3, 1, 3] * 2
    assert len(set(keys % 10**10)) == len(keys)


def test_a_day_before_the_numbering_began_is_refused():
    with pytest.raises(SimulationRefused, match="day_too_early"):
        declaration_keys(date(2017, 12, 31), np.array([0]), 0)
