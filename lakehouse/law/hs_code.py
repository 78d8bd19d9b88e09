"""The normal form of a commodity code, as the list of a date knows it."""

from datetime import date

from lakehouse.law.identifier_form import (
    LEADING_ZERO,
    Accepted,
    CodeList,
    Forms,
    Outcome,
    Refused,
    all_digits,
    strip_separators,
    within,
)

_HEADING, _LINE, _EXPORT_LINE = 4, 8, 10
# The lengths a place takes; a manifest names goods by heading only.
_LENGTHS = {
    "import_line": (_LINE,),
    "export_line": (_LINE, _EXPORT_LINE),
    "manifest": (_HEADING,),
}


def hs_code(
    raw: str | None, forms: Forms, codes: CodeList, *, place: str, on: date
) -> Outcome:
    """Normalise a commodity code (Circular 31/2022/TT-BTC and its predecessors).

    `place` is import_line, export_line or manifest. A lost leading zero is given
    back only if the list in force on the date then holds the code.

    Raises:
        KeyError: The place is none of the three.
    """
    lengths = _LENGTHS[place]
    digits = strip_separators(raw)
    if not digits:
        return Refused("empty")
    if not all_digits(digits):
        return Refused("not_digits")
    if len(digits) == _EXPORT_LINE and place == "import_line":
        return Refused("ten_digits_import")
    repairs: tuple[str, ...] = ()
    if len(digits) not in lengths:
        padded = "0" + digits
        if len(padded) not in lengths or not codes.in_force(padded, on):
            return Refused("length")
        digits, repairs = padded, (LEADING_ZERO,)
    return _judge_chapter(digits, forms) or _judge_code(
        digits, codes, on=on, repairs=repairs
    )


def _judge_chapter(digits: str, forms: Forms) -> Refused | None:
    chapter = digits[:2]
    if chapter in forms.national_chapters:
        return Refused("chapter_98")
    if not within(chapter, forms.chapters):
        return Refused("chapter")
    return None


def _judge_code(
    digits: str, codes: CodeList, *, on: date, repairs: tuple[str, ...]
) -> Outcome:
    if len(digits) == _HEADING:
        return Accepted(digits, {"heading": digits}, repairs)
    if codes.in_force(digits, on):
        return Accepted(digits, {"hs6": digits[:6]}, repairs)
    return Refused("not_in_force" if digits in codes else "unknown_code")
