"""The normal form of a customs office or warehouse code on a date."""

import re
from datetime import date

from lakehouse.law.identifier_form import (
    LETTER_O_TO_ZERO,
    Accepted,
    CodeList,
    Outcome,
    Refused,
    strip_separators,
)

_OFFICE = re.compile(r"[0-9]{2}[A-Z][A-Z0-9]")
_WAREHOUSE = re.compile(r"[0-9]{2}[A-Z][A-Z0-9][A-Z][0-9]{2}")
_OFFICE_LENGTH = 4


def office(
    raw: str | None, offices: CodeList, *, place: str = "office", on: date
) -> Outcome:
    """Normalise an office code (four) or a warehouse code (seven characters).

    A closed office is answered with the office that took its place on the date.
    A letter O among the two digits of the department is repaired if the list
    holds the result; nothing confirms one in the number of a warehouse.

    Raises:
        KeyError: The place is neither office nor warehouse.
    """
    pattern = {"office": _OFFICE, "warehouse": _WAREHOUSE}[place]
    text = strip_separators(raw)
    if not text:
        return Refused("empty")
    if len(text) != _OFFICE_LENGTH + 3 * (place == "warehouse"):
        return Refused("length")
    repaired = text[:2].replace("O", "0") + text[2:]
    code = repaired if repaired[:_OFFICE_LENGTH] in offices else text
    if not pattern.fullmatch(code):
        return Refused("pattern")
    repairs = (LETTER_O_TO_ZERO,) if code != text else ()
    return _judge(code, offices, on=on, repairs=repairs)


def _judge(
    code: str, offices: CodeList, *, on: date, repairs: tuple[str, ...]
) -> Outcome:
    own = code[:_OFFICE_LENGTH]
    if own not in offices:
        return Refused("unknown_office")
    in_force = offices.in_force(own, on)
    if not in_force and offices.last_closed(own, on) is None:
        return Refused("not_yet_open")
    if len(code) > _OFFICE_LENGTH:
        return Accepted(code, {"office": own}, repairs)
    current = current_office(own, offices, on)
    return Accepted(code, {"in_force": in_force, "current": current}, repairs)


def current_office(code: str, offices: CodeList, on: date) -> str | None:
    """Follow successors to the office that does the work on a date.

    None if the line of successors ends or turns in a circle.
    """
    seen = {code}
    while not offices.in_force(code, on):
        closed = offices.last_closed(code, on)
        if closed is None:
            # Not listed, or opens later than the one before it closed.
            return code
        if closed.successor is None or closed.successor in seen:
            return None
        code = closed.successor
        seen.add(code)
    return code
