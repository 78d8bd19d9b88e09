"""The exchange rate for the customs value, on the day of registration."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from lakehouse.law.look_up import Missing

CUSTOMS = "customs"
"""Kind of a rate that the operator states for a period."""
BANK = "bank_transfer_buying"
"""Kind of a rate as the bank closed a day with."""
_THURSDAY, _SATURDAY = 3, 5
_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Rate:
    """VND for one unit of a currency, and where it comes from.

    Attributes:
        quoted_on: the bank day whose closing rate it is; None where the operator
            states the rate for a period.
    """

    vnd: Decimal
    kind: str
    quoted_on: date | None
    is_sample: bool
    ok: Literal[True] = True


Answer: TypeAlias = Rate | Missing


class RateList:
    """Rows of `ref.exchange_rate` in VND that are known now, by currency."""

    def __init__(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Keep the rows of both kinds; other kinds and other targets are left out."""
        self._stated: dict[str, list[Mapping[str, object]]] = {}
        self._quoted: dict[tuple[str, object], Mapping[str, object]] = {}
        for row in rows:
            currency = str(row["base_currency_code"])
            if row["quote_currency_code"] != "VND":
                continue
            if row["rate_type_code"] == CUSTOMS:
                self._stated.setdefault(currency, []).append(row)
            elif row["rate_type_code"] == BANK:
                self._quoted[currency, row["valid_from"]] = row

    def __bool__(self) -> bool:
        """Tell whether there is a rate of any currency."""
        return bool(self._stated or self._quoted)

    def stated(self, currency: str, on: date) -> Rate | None:
        """The rate that the operator states for a period that holds the day."""
        for row in self._stated.get(currency, ()):
            start, end = row["valid_from"], row["valid_to"]
            if _at_most(start, on) and (end is None or _at_most(on, end)):
                return _rate(row, None)
        return None

    def quoted(self, currency: str, day: date) -> Rate | None:
        """The closing rate of one bank day; a rate of an earlier day is none of it."""
        row = self._quoted.get((currency, day))
        return _rate(row, day) if row is not None else None


def quote_day(on: date, closed: Container[date]) -> date:
    """The bank day whose closing rate counts for declarations of a day.

    Thursday of the week before; where it is a holiday, the last working day before it
    (Decree 08/2015/NĐ-CP, Art. 21, as amended by Decree 59/2018/NĐ-CP). The rate holds
    for declarations registered from Monday to Sunday.

    Args:
        closed: public holidays, days in lieu included.
    """
    monday = on - on.weekday() * _DAY
    day = monday - 7 * _DAY + _THURSDAY * _DAY
    while day in closed or day.weekday() >= _SATURDAY:
        day -= _DAY
    return day


def customs_rate(
    currency: str, on: date, rates: RateList, closed: Container[date]
) -> Answer:
    """The rate for a currency on a day of registration.

    What the operator states for the period comes first, then the closing rate of the
    bank day that the law names. A rate of any other day is never taken instead.
    """
    day = quote_day(on, closed)
    found = rates.stated(currency, on) or rates.quoted(currency, day)
    if found is not None:
        return found
    details = {"code": currency, "on": on.isoformat(), "quoted_on": day.isoformat()}
    return Missing("exchange_rate_missing", details)


def _rate(row: Mapping[str, object], quoted_on: date | None) -> Rate:
    return Rate(
        vnd=Decimal(str(row["exchange_rate"])),
        kind=str(row["rate_type_code"]),
        quoted_on=quoted_on,
        is_sample=bool(row["is_sample"]),
    )


def _at_most(first: object, second: object) -> bool:
    return str(first) <= str(second)
