"""Exact decimal arithmetic: nothing is rounded but where the law rounds."""

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow

# A product that does not fit would be rounded in silence; here it stops the program.
_EXACT = Context(prec=120, traps=[Inexact, InvalidOperation, Overflow])
_PERCENT_PLACES = -2

ZERO = Decimal(0)


def product(first: Decimal | int, *factors: Decimal | int) -> Decimal:
    """Multiply without rounding."""
    found = first
    for factor in factors:
        found = _EXACT.multiply(found, factor)
    return Decimal(found)


def percent_of(amount: Decimal | int, percent: Decimal) -> Decimal:
    """So many percent of an amount, not rounded."""
    return _EXACT.scaleb(_EXACT.multiply(amount, percent), _PERCENT_PLACES)


def total(*amounts: Decimal) -> Decimal:
    """Add without rounding."""
    found = ZERO
    for amount in amounts:
        found = _EXACT.add(found, amount)
    return found


def half_up(amount: Decimal) -> int:
    """Round to whole dong, half up."""
    return int(amount.to_integral_value(ROUND_HALF_UP))


def share_of(amount: int, part: Decimal, whole: Decimal) -> int:
    """The part's share of an amount that is not negative, cut to whole dong."""
    return int(_EXACT.divide_int(_EXACT.multiply(amount, part), whole))


def plain(number: Decimal) -> str:
    """A number as the law prints it: 20 and not 20.0000, 37.5 and not 37.50."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
