"""An office code is judged by the list of the date and answered with who works now."""

from datetime import date

import pytest

from lakehouse.law.identifiers import CodeList, office

_ON = date(2025, 8, 10)


@pytest.mark.parametrize(
    ("raw", "current"),
    [
        ("03cc", "03CC"),
        ("01AA", "01TB"),
        ("01AB", "01TB"),
        ("05DD", None),
        ("06EE", None),
    ],
)
def test_a_closed_office_is_answered_with_its_last_successor(
    offices: CodeList, raw: str, current: str | None
) -> None:
    record = office(raw, offices, on=_ON).to_record()
    assert (record["in_force"], record["current"]) == (raw == "03cc", current)


@pytest.mark.parametrize(
    ("raw", "place", "normal"),
    [
        ("O3CC", "office", "03CC"),
        ("O1AB", "office", "01AB"),
        ("O3CCS03", "warehouse", "03CCS03"),
    ],
)
def test_a_letter_o_is_repaired_if_the_list_holds_the_result(
    offices: CodeList, raw: str, place: str, normal: str
) -> None:
    record = office(raw, offices, place=place, on=_ON).to_record()
    assert (record["normal"], record["repairs"]) == (normal, ["letter_o_to_zero"])


@pytest.mark.parametrize(
    ("raw", "place", "reason"),
    [
        (None, "office", "empty"),
        ("03C", "office", "length"),
        ("03CC", "warehouse", "length"),
        ("CC03", "office", "pattern"),
        ("O9ZZ", "office", "pattern"),
        ("03CCSO3", "warehouse", "pattern"),
        ("03CC0S3", "warehouse", "pattern"),
        ("98ZZ", "office", "unknown_office"),
        ("98ZZS03", "warehouse", "unknown_office"),
    ],
)
def test_a_text_that_is_no_office_has_one_reason(
    offices: CodeList, raw: str | None, place: str, reason: str
) -> None:
    outcome = office(raw, offices, place=place, on=_ON)
    assert outcome.to_record() == {"ok": False, "reason": reason}


def test_an_office_is_unknown_before_it_opens(offices: CodeList) -> None:
    outcome = office("01TB", offices, on=date(2025, 2, 28))
    assert outcome.to_record() == {"ok": False, "reason": "not_yet_open"}
