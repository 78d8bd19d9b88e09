"""Separators, reasons and dated forms are the same for every identifier."""

from datetime import date
from pathlib import Path

import pytest

from lakehouse.law import identifier_form
from lakehouse.law.identifier_form import REASONS, Forms, Refused, strip_separators

_LAW = Path(identifier_form.__file__).parent


@pytest.mark.parametrize("separator", [" ", "\u00a0", ".", "-", "–", "/", "'", "’"])
def test_separators_are_removed_wherever_they_stand(separator: str) -> None:
    text = separator.join(["", "ab", "12", ""])
    assert strip_separators(text) == "AB12"


def test_only_latin_letters_change_case() -> None:
    assert strip_separators("aıſß") == "Aıſß"


def test_every_reason_that_a_rule_gives_has_words_in_both_languages() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in _LAW.glob("*.py"))
    for reason, (vietnamese, english) in REASONS.items():
        assert f'"{reason}"' in rules
        assert (Refused(reason).message_vi, Refused(reason).message_en) == (
            vietnamese,
            english,
        )


def test_forms_take_the_rows_in_force_on_the_date() -> None:
    early = {"identifier_part_code": "person_province", "value_from": "001"}
    rows = [
        early | _period("096", "2014-04-01", "2024-12-31", "person"),
        early | _period("097", "2025-01-01", None, "person"),
        {"identifier_part_code": "hs_chapter", "value_from": "98"}
        | _period("98", "2014-04-01", None, "national"),
    ]
    assert Forms.from_rows(rows, date(2024, 12, 31)).provinces == (("001", "096"),)
    assert Forms.from_rows(rows, date(2025, 1, 1)).provinces == (("001", "097"),)


def _period(
    high: str, since: str, until: str | None, meaning: str
) -> dict[str, object]:
    return {
        "value_to": high,
        "valid_from": since,
        "valid_to": until,
        "value_meaning_code": meaning,
    }
