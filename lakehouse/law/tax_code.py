"""The normal form of a tax code: firm, branch or person."""

from stdnum.vn import mst

from lakehouse.law.identifier_form import (
    LEADING_ZERO,
    SEPARATORS,
    Accepted,
    Forms,
    Outcome,
    Refused,
    all_digits,
    strip_separators,
    within,
)

_FIRM, _PERSON, _BRANCH = 10, 12, 13
_BRANCH_DIGITS = 3


def tax_code(raw: str | None, forms: Forms) -> Outcome:
    """Normalise a tax code (Law 38/2019/QH14 on tax administration).

    Ten digits are a firm, thirteen a branch, twelve that begin with 0 a person.
    A leading zero is given back only where the check digit confirms it. A
    personal number has none, so one that lost its zeros cannot be repaired.
    """
    text = cut_number_cell(raw)
    digits = strip_separators(text)
    if not digits:
        return Refused("empty")
    if not all_digits(digits):
        return Refused("not_digits")
    if _has_short_branch(text, digits):
        return Refused("branch_format")
    if len(digits) == _PERSON and digits[0] == "0":
        return _person(digits, forms)
    if len(digits) in (_FIRM, _BRANCH):
        return _organisation(digits, ())
    padded = "0" + digits
    if len(padded) in (_FIRM, _BRANCH) and has_check_digit(padded):
        return _organisation(padded, (LEADING_ZERO,))
    return Refused("length")


def has_check_digit(digits: str) -> bool:
    """Tell whether the tenth digit confirms the nine before it.

    `stdnum.vn.mst.validate` is not asked: it also refuses a serial of zeros,
    which the law does not. Its check digit is "10", no digit, at remainder 0.
    """
    return tax_check_digit(digits[:9]) == digits[9]


def tax_check_digit(first_nine: str) -> str:
    """Return the tenth digit of a tax code, or "10" where there is none."""
    return str(mst.calc_check_digit(first_nine))


def cut_number_cell(raw: str | None) -> str:
    """Cut the ".0" that a number cell of a spreadsheet leaves behind."""
    return "" if raw is None else raw.rstrip(SEPARATORS).removesuffix(".0")


def _has_short_branch(text: str, digits: str) -> bool:
    """Tell whether one or two digits stand alone behind a whole firm code."""
    tail = 0
    while tail < len(text) and text[-1 - tail] not in SEPARATORS:
        tail += 1
    firm = digits[: len(digits) - tail]
    if not 0 < tail < _BRANCH_DIGITS:
        return False
    if len(firm) == _FIRM:
        return True
    # Nine digits and one more are ten: a firm code oddly grouped, if it holds.
    whole = len(digits) == _FIRM and has_check_digit(digits)
    return len(firm) == _FIRM - 1 and has_check_digit("0" + firm) and not whole


def _person(digits: str, forms: Forms) -> Outcome:
    if not within(digits[:3], forms.provinces):
        return Refused("province")
    return Accepted(digits, {"kind": "person"})


def _organisation(digits: str, repairs: tuple[str, ...]) -> Outcome:
    parent, branch = digits[:_FIRM], digits[_FIRM:]
    if branch == "000":
        return Refused("branch_000")
    if not has_check_digit(parent):
        return Refused("check_digit")
    kind = "branch" if branch else "firm"
    return Accepted(digits, {"kind": kind, "parent": parent}, repairs)
