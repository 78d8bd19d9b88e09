"""Customs value of lines: what the invoice says and shares of common amounts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lakehouse.law.tax_assessment import Gap, LineValue
from lakehouse.law.tax_declaration import Charge, ChargePart, Declaration, Line
from lakehouse.law.tax_exact import ZERO, half_up, product, share_of, total
from lakehouse.law.tax_reference import Reference

Shares = Mapping[int, int]


class Valued(NamedTuple):
    """The value of each line by its number, or why there is none."""

    values: Mapping[int, LineValue]
    gaps: tuple[Gap, ...] = ()


def value_lines(declaration: Declaration, reference: Reference) -> Valued:
    """Work out customs values (Circular 39/2015/TT-BTC).

    A common amount is turned into dong once and spread by invoice value: shares are
    cut to whole dong, the last line with an invoice value takes the remainder.
    """
    gaps = _gaps(declaration, reference)
    if gaps:
        return Valued({}, gaps)
    on, lines = declaration.registered_date, _in_order(declaration.lines)
    shares: dict[ChargePart, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for charge in declaration.charges:
        amount = _dong(charge.amount, charge.currency_code, reference, on)
        for line_no, share in _spread(amount, _named(charge, lines)).items():
            shares[charge.part][line_no] += share
    currency = declaration.currency_code
    values = {
        line.line_no: LineValue(
            invoice_vnd=_dong(line.invoice_amount, currency, reference, on),
            freight_vnd=shares["freight"][line.line_no],
            insurance_vnd=shares["insurance"][line.line_no],
            adjustment_vnd=shares["addition"][line.line_no]
            - shares["deduction"][line.line_no],
        )
        for line in lines
    }
    return Valued(values)


def _gaps(declaration: Declaration, reference: Reference) -> tuple[Gap, ...]:
    """What forbids to value the declaration; nothing is guessed."""
    on, charges = declaration.registered_date, declaration.charges
    currencies = {declaration.currency_code, *(one.currency_code for one in charges)}
    missing = [
        Gap("exchange_rate_missing", currency_code=code)
        for code in sorted(currencies)
        if reference.exchange_rate(code, on) is None
    ]
    if missing:
        return tuple(missing)
    amounts = [line.invoice_amount for line in declaration.lines]
    if any(amount < 0 for amount in [*amounts, *(one.amount for one in charges)]):
        return (Gap("negative_amount"),)
    known = {line.line_no for line in declaration.lines}
    if any(not known.issuperset(one.line_nos or ()) for one in charges):
        return (Gap("adjustment_line_unknown"),)
    if any(_is_lost(charge, declaration.lines) for charge in charges):
        return (Gap("no_value_to_apportion_by"),)
    return ()


def _is_lost(charge: Charge, lines: Sequence[Line]) -> bool:
    named = _named(charge, lines)
    return charge.amount > 0 and not any(line.invoice_amount > 0 for line in named)


def _in_order(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=_number)


def _number(line: Line) -> int:
    return line.line_no


def _named(charge: Charge, lines: Sequence[Line]) -> list[Line]:
    return [
        line
        for line in lines
        if charge.line_nos is None or line.line_no in charge.line_nos
    ]


def _spread(amount: int, lines: Sequence[Line]) -> Shares:
    """Shares by invoice value; the last line above zero takes what is left."""
    valued = [line for line in lines if line.invoice_amount > 0]
    if not valued:
        return {}
    whole = total(ZERO, *(line.invoice_amount for line in valued))
    shares = {
        line.line_no: share_of(amount, line.invoice_amount, whole) for line in valued
    }
    shares[valued[-1].line_no] += amount - sum(shares.values())
    return shares


def _dong(amount: Decimal, currency: str, reference: Reference, on: date) -> int:
    rate = reference.exchange_rate(currency, on)
    if rate is None:
        raise LookupError(f"no exchange rate of {currency} on {on}")
    return half_up(product(amount, rate))
