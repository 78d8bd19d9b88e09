"""Late interest on an amount of tax that is paid after its day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from lakehouse.law.tax_exact import ZERO, half_up, percent_of, product, total

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DailyRate:
    """Percent of the unpaid amount for each day; `valid_to` is inclusive."""

    percent: Decimal
    valid_from: date
    valid_to: date = date.max

    @classmethod
    def from_rows(
        cls, rows: Iterable[Mapping[str, object]], interest_type: str
    ) -> tuple["DailyRate", ...]:
        """Take the rows of `ref.late_interest` that are of one kind of interest."""
        return tuple(
            cls(
                Decimal(str(row["daily_interest_percent"])),
                date.fromisoformat(str(row["valid_from"])),
                date.fromisoformat(str(row["valid_to"] or date.max)),
            )
            for row in rows
            if row["interest_type_code"] == interest_type
        )


@dataclass(frozen=True, slots=True)
class LateInterest:
    """The interest, and the days it counts; the amount is None if a rate is missing."""

    amount_vnd: int | None
    day_count: int


def late_interest(
    obligation_vnd: int,
    credits: Sequence[tuple[date, int]],
    *,
    interest_after: date,
    as_of: date,
    rates: Sequence[DailyRate],
) -> LateInterest:
    """Reckon late interest at the end of a day (Law 38/2019/QH14, Art. 59) (verify).

    A day counts if it is later than `interest_after` and something is unpaid at its
    end: money credited on day P costs P - due - 1 days. The sum over the days is
    rounded once, half up; there is no interest on interest.

    Args:
        obligation_vnd: what is to be paid.
        credits: day and amount of each payment; a refund is a negative amount.
        interest_after: the due date, or the day from which a guarantee defers.
        as_of: the last day that is looked at; later payments are not known.
        rates: the daily rates by period.
    """
    owed, days, is_known = ZERO, 0, True
    for first, last in _stretches(credits, interest_after, as_of, rates):
        paid = sum(amount for day, amount in credits if day <= first)
        unpaid = obligation_vnd - paid
        if unpaid <= 0:
            continue
        count = (last - first).days + 1
        days += count
        rate = _rate_on(first, rates)
        if rate is None:
            is_known = False
        else:
            owed = total(owed, product(count, percent_of(unpaid, rate)))
    return LateInterest(half_up(owed) if is_known else None, days)


def _stretches(
    credits: Sequence[tuple[date, int]],
    interest_after: date,
    as_of: date,
    rates: Sequence[DailyRate],
) -> list[tuple[date, date]]:
    """First and last day of stretches with one unpaid amount and one rate."""
    first, end = interest_after + _DAY, as_of + _DAY
    starts = {first, end, *(day for day, _ in credits)}
    starts.update(rate.valid_from for rate in rates)
    starts.update(rate.valid_to + _DAY for rate in rates if rate.valid_to < date.max)
    inside = sorted(day for day in starts if first <= day <= end)
    return [(start, after - _DAY) for start, after in pairwise(inside)]


def _rate_on(day: date, rates: Sequence[DailyRate]) -> Decimal | None:
    for rate in rates:
        if rate.valid_from <= day <= rate.valid_to:
            return rate.percent
    return None
