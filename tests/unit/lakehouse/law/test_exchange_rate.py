"""The rate of a declaration is the one that the law names, or it is missing."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import holidays
import pytest

from lakehouse.law.exchange_rate import Rate, RateList, customs_rate, quote_day
from lakehouse.law.look_up import Missing

_TET = {date(2026, 2, 16) + timedelta(n) for n in range(5)}
"""Monday 16 to Friday 20 February 2026."""


def _row(kind: str, rate: str, start: date, end: date | None = None) -> dict[str, Any]:
    return {
        "rate_type_code": kind,
        "base_currency_code": "USD",
        "quote_currency_code": "VND",
        "exchange_rate": Decimal(rate),
        "valid_from": start,
        "valid_to": end,
        "is_sample": False,
    }


def _bank(*days: tuple[date, str]) -> RateList:
    return RateList(_row("bank_transfer_buying", rate, day) for day, rate in days)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        # The week of Monday 9 to Sunday 15 November 2026 takes Thursday 5.
        (date(2026, 11, 9), date(2026, 11, 5)),
        (date(2026, 11, 12), date(2026, 11, 5)),
        (date(2026, 11, 15), date(2026, 11, 5)),
        (date(2026, 11, 16), date(2026, 11, 12)),
        # Thursday 19 February 2026 lies in Tet; so do Wednesday 18, Tuesday 17 and
        # Monday 16, and the two days before are a weekend: Friday 13 is left.
        (date(2026, 2, 25), date(2026, 2, 13)),
        # The Thursday before the week of Tet is a working day.
        (date(2026, 2, 18), date(2026, 2, 12)),
    ],
)
def test_thursday_of_the_week_before_or_the_working_day_before_it(
    on: date, expected: date
) -> None:
    assert quote_day(on, _TET) == expected


def test_the_public_calendar_gives_the_same_days() -> None:
    assert quote_day(date(2026, 2, 25), holidays.country_holidays("VN")) == date(
        2026, 2, 13
    )


def test_a_holiday_takes_the_rate_that_the_law_names() -> None:
    rates = _bank((date(2026, 2, 12), "26000"), (date(2026, 2, 13), "26010.5"))
    answer = customs_rate("USD", date(2026, 2, 25), rates, _TET)
    assert isinstance(answer, Rate)
    assert (answer.vnd, answer.quoted_on) == (Decimal("26010.5"), date(2026, 2, 13))


def test_a_rate_of_another_day_is_never_taken_instead() -> None:
    rates = _bank((date(2026, 2, 12), "26000"), (date(2026, 2, 20), "26200"))
    answer = customs_rate("USD", date(2026, 2, 25), rates, _TET)
    assert isinstance(answer, Missing)
    assert answer.code == "exchange_rate_missing"
    assert answer.reason[1] == "There is no customs rate of USD for 2026-02-25"
    assert "2026-02-13" in answer.remedy[0]


def test_what_the_operator_states_for_the_week_comes_first() -> None:
    week = _row("customs", "26180", date(2026, 2, 23), date(2026, 3, 1))
    bank = _row("bank_transfer_buying", "26010", date(2026, 2, 13))
    rates = RateList([week, bank])
    assert customs_rate("USD", date(2026, 3, 1), rates, _TET) == Rate(
        Decimal("26180"), "customs", None, is_sample=False
    )


def test_a_week_that_was_not_stated_is_missing_and_not_last_weeks() -> None:
    rates = RateList([_row("customs", "26180", date(2026, 2, 9), date(2026, 2, 15))])
    answer = customs_rate("USD", date(2026, 2, 16), rates, _TET)
    assert isinstance(answer, Missing)


def test_rates_into_another_currency_are_none() -> None:
    row = _row("customs", "1.1", date(2026, 1, 1)) | {"quote_currency_code": "EUR"}
    assert isinstance(
        customs_rate("USD", date(2026, 1, 5), RateList([row]), set()), Missing
    )
