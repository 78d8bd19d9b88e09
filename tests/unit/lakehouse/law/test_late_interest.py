"""Late interest counts the days between the due date and the money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.law.late_interest import DailyRate, LateInterest, late_interest

_DUE = date(2026, 3, 2)
_RATES = (DailyRate(Decimal("0.03"), date(2016, 7, 1)),)


def _days_after(count: int) -> date:
    return _DUE + timedelta(days=count)


def _interest(
    obligation: int, credits: list[tuple[date, int]], as_of: date
) -> LateInterest:
    return late_interest(
        obligation, credits, interest_after=_DUE, as_of=as_of, rates=_RATES
    )


@pytest.mark.parametrize(("paid_after", "days"), [(0, 0), (1, 0), (2, 1), (31, 30)])
def test_money_on_day_p_costs_p_less_due_less_one_days(
    paid_after: int, days: int
) -> None:
    """10,000,000 at 0.03 % is 3,000 a day; the day of the money is not charged."""
    paid = [(_days_after(paid_after), 10_000_000)]
    expected = LateInterest(3_000 * days, days)
    assert _interest(10_000_000, paid, date(2026, 12, 31)) == expected


@pytest.mark.parametrize(("day", "days"), [(-5, 0), (0, 0), (1, 1), (90, 90)])
def test_what_is_unpaid_at_the_end_of_day_d_costs_d_less_due_days(
    day: int, days: int
) -> None:
    assert _interest(10_000_000, [], _days_after(day)).day_count == days


def test_a_part_payment_lowers_the_days_after_it() -> None:
    """4 days of 1,000,000, 6 of 400,000: 0.03 % of 6,400,000 in all is 1,920."""
    paid = [(_days_after(5), 600_000)]
    assert _interest(1_000_000, paid, _days_after(10)) == LateInterest(1_920, 10)


def test_the_sum_is_rounded_once_and_half_up() -> None:
    """0.03 % of 5,000 is 1.5 a day: 3 days are 4.5, so 5 dong, not 3 x 2."""
    assert _interest(5_000, [], _days_after(3)).amount_vnd == 5


def test_each_day_has_the_rate_of_that_day() -> None:
    """1,000,000 for 2 days at 0.05 % and 3 days at 0.03 %: 1,000 + 900."""
    rates = (
        DailyRate(Decimal("0.05"), date(2016, 7, 1), _days_after(2)),
        DailyRate(Decimal("0.03"), _days_after(3)),
    )
    found = late_interest(
        1_000_000, [], interest_after=_DUE, as_of=_days_after(5), rates=rates
    )
    assert found.amount_vnd == 1_900


def test_a_day_without_a_rate_is_not_free_but_not_evaluated() -> None:
    rates = (DailyRate(Decimal("0.03"), _days_after(2)),)
    found = late_interest(
        1_000_000, [], interest_after=_DUE, as_of=_days_after(5), rates=rates
    )
    assert found == LateInterest(None, 5)


def test_rows_of_the_list_are_taken_by_their_kind() -> None:
    row = {"daily_interest_percent": "0.03", "valid_from": "2016-07-01"}
    rows = [
        row | {"interest_type_code": "late_payment", "valid_to": None},
        row | {"interest_type_code": "other", "valid_to": "2020-01-01"},
    ]
    assert DailyRate.from_rows(rows, "late_payment") == _RATES


_CREDITS = st.lists(
    st.tuples(st.integers(-5, 60).map(_days_after), st.integers(1, 10**9)),
    max_size=6,
)


@given(st.integers(1, 10**12), _CREDITS, st.integers(-3, 80))
def test_stretches_give_what_day_by_day_counting_gives(
    obligation: int, credits: list[tuple[date, int]], as_of: int
) -> None:
    total, days = Decimal(0), 0
    for count in range(1, as_of + 1):
        paid = sum(amount for day, amount in credits if day <= _days_after(count))
        if obligation > paid:
            total += (obligation - paid) * Decimal("0.0003")
            days += 1
    expected = LateInterest(int(total + Decimal("0.5")), days)
    assert _interest(obligation, credits, _days_after(as_of)) == expected
