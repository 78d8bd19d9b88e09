"""The normal form of a declaration number: direction, key, amendment."""

from lakehouse.law.identifier_form import (
    Accepted,
    Forms,
    Outcome,
    Refused,
    all_digits,
    strip_separators,
)

_KEY, _WHOLE = 11, 12


def declaration_no(
    raw: str | None, forms: Forms, *, direction: str | None = None
) -> Outcome:
    """Normalise a declaration number (Circular 38/2015/TT-BTC, 39/2018/TT-BTC).

    Twelve digits are the key of eleven and the number of amendments; eleven are
    a reference to the key, so the amendment is unknown. A direction known from
    elsewhere must agree with the first digit.
    """
    digits = strip_separators(raw)
    if not digits:
        return Refused("empty")
    if not all_digits(digits):
        return Refused("not_digits")
    if len(digits) not in (_KEY, _WHOLE):
        return Refused("length")
    named = forms.directions.get(digits[0])
    if named is None:
        return Refused("direction_digit")
    if direction not in (None, named):
        return Refused("direction_mismatch")
    amendment = int(digits[_KEY]) if len(digits) == _WHOLE else None
    parts = {"direction": named, "key": digits[:_KEY], "amendment": amendment}
    return Accepted(digits, parts)
