"""The normal form of a container number (ISO 6346)."""

from stdnum import iso6346

from lakehouse.law.identifier_form import (
    LETTER_O_TO_ZERO,
    LETTERS,
    ZERO_TO_LETTER_O,
    Accepted,
    Forms,
    Outcome,
    Refused,
    all_digits,
    strip_separators,
)

_LENGTH = 11
_ASCII_LETTERS = frozenset(LETTERS)


def container(raw: str | None, forms: Forms) -> Outcome:
    """Normalise a container number: owner, category, serial, check digit.

    A letter O at a digit's place and a digit 0 at an owner letter's place are
    exchanged, then the check digit must hold; no other look-alike is touched.
    `stdnum.iso6346.validate` is not asked: it takes category R and letters of
    any script, and does not say what the check digit should have been.
    """
    text = strip_separators(raw)
    if not text:
        return Refused("empty")
    if len(text) != _LENGTH:
        return Refused("length")
    owner, category, serial = text[:3].replace("0", "O"), text[3], text[4:]
    serial = serial.replace("O", "0")
    if not _ASCII_LETTERS.issuperset(owner):
        return Refused("owner_letters")
    if category not in forms.categories:
        return Refused("category")
    if not all_digits(serial):
        return Refused("serial_digits")
    expected = check_digit(owner + category + serial[:6])
    if int(serial[6]) != expected:
        return Refused("check_digit", {"expected_digit": expected})
    repairs = [ZERO_TO_LETTER_O] * (owner != text[:3])
    repairs += [LETTER_O_TO_ZERO] * (serial != text[4:])
    parts = {"owner": owner, "serial": serial[:6]}
    return Accepted(owner + category + serial, parts, tuple(repairs))


def check_digit(first_ten: str) -> int:
    """Return the check digit of ISO 6346; a remainder of 10 gives 0."""
    return int(iso6346.calc_check_digit(first_ten))
