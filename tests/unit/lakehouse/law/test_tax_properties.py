"""What holds for the taxes of any declaration."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lakehouse.law.tax import (
    Assessment,
    Declaration,
    Reference,
    assess,
)
from tests.unit.lakehouse.law.generated_tax_lists import make_lists
from tests.unit.lakehouse.law.generated_taxes import make_declarations

_SEEDS = st.integers(0, 10**9)
_REFERENCE = Reference.from_rows(make_lists(7))


def _drawn(seed: int) -> list[tuple[Declaration, Assessment]]:
    declarations = make_declarations(seed, 12)
    return [(one, assess(one, _REFERENCE)) for one in declarations]


@given(_SEEDS)
def test_a_total_is_the_sum_of_the_lines_and_nothing_is_below_zero(seed: int) -> None:
    for _, found in _drawn(seed):
        entries = [entry for line in found.lines for entry in line.taxes]
        assert all(0 <= entry.relief_vnd <= entry.amount_vnd for entry in entries)
        if found.evaluated:
            assert found.total_payable_vnd == sum(
                line.payable_vnd or 0 for line in found.lines
            )


@given(_SEEDS)
def test_what_is_spread_over_lines_adds_up_to_the_dong(seed: int) -> None:
    for declaration, found in _drawn(seed):
        if not found.lines:
            continue
        expected = {"freight": 0, "insurance": 0, "addition": 0, "deduction": 0}
        for charge in declaration.charges:
            rate = _REFERENCE.exchange_rate(
                charge.currency_code, declaration.registered_date
            )
            assert rate is not None
            expected[charge.part] += int(charge.amount * rate + Decimal("0.5"))
        values = [line.value for line in found.lines]
        assert sum(value.freight_vnd for value in values) == expected["freight"]
        assert sum(value.insurance_vnd for value in values) == expected["insurance"]
        adjusted = expected["addition"] - expected["deduction"]
        assert sum(value.adjustment_vnd for value in values) == adjusted


@given(_SEEDS, st.randoms(use_true_random=False))
def test_the_order_in_which_lines_are_given_changes_nothing(
    seed: int, chance: Any
) -> None:
    for declaration, found in _drawn(seed):
        lines = list(declaration.lines)
        chance.shuffle(lines)
        again = assess(replace(declaration, lines=tuple(lines)), _REFERENCE)
        assert {line.line_no: line for line in again.lines} == {
            line.line_no: line for line in found.lines
        }


@given(_SEEDS)
def test_without_common_amounts_a_line_is_assessed_as_if_it_were_alone(
    seed: int,
) -> None:
    for declaration, _ in _drawn(seed):
        plain = replace(declaration, charges=(), is_low_value=False)
        together = assess(plain, _REFERENCE)
        for line in together.lines:
            alone = [one for one in plain.lines if one.line_no == line.line_no]
            if alone[0].hs_code in _REFERENCE.quota_codes():
                # Lines of one quota stand in each other's way.
                continue
            apart = assess(replace(plain, lines=tuple(alone)), _REFERENCE)
            assert apart.lines == (line,)


@given(_SEEDS)
def test_a_later_base_is_the_value_and_all_that_is_payable_before_it(
    seed: int,
) -> None:
    for _, found in _drawn(seed):
        for line in found.lines:
            before = line.value.customs_value_vnd
            for entry in line.taxes:
                if (
                    entry.tax_type in ("sct", "ept", "vat")
                    and entry.base_vnd is not None
                ):
                    assert entry.base_vnd == before
                before += entry.payable_vnd
