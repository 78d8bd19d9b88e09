"""An old office is followed to the one that does its work, or a code says it cannot."""

from datetime import date

import pytest
import yaml

from lakehouse.law.identifier_form import CodeList, DatedCode
from lakehouse.law.look_up import REASONS, REMEDIES, Missing
from lakehouse.law.office_change import OfficeMapping, OfficeOn, office_on
from lakehouse.settings import PROJECT_ROOT

_CHANGE, _BEFORE, _AFTER = date(2025, 3, 1), date(2025, 2, 28), date(2025, 6, 11)
_SAMPLE = PROJECT_ROOT / "ingestion/ref/sample"


def _offices(*rows: tuple[str, date, date | None]) -> CodeList:
    return CodeList(DatedCode(code, start, end) for code, start, end in rows)


def _mapping(*rows: tuple[str, str, bool]) -> OfficeMapping:
    return OfficeMapping(
        {
            "old_office_code": old,
            "new_office_code": new,
            "is_main_successor": main,
            "valid_from": _CHANGE,
        }
        for old, new, main in rows
    )


_OLD = ("28NJ", date(2014, 4, 1), _BEFORE)
_NEW = ("28NK", _CHANGE, None)
_PART = ("18A3", _CHANGE, None)


def test_an_office_in_force_is_itself() -> None:
    assert office_on("28NJ", _BEFORE, _offices(_OLD), _mapping()) == OfficeOn("28NJ")


def test_an_office_that_was_parted_has_one_main_successor_and_others() -> None:
    mapping = _mapping(("28NJ", "28NK", True), ("28NJ", "18A3", False))
    found = office_on("28NJ", _AFTER, _offices(_OLD, _NEW, _PART), mapping)
    assert found == OfficeOn("28NK", ("18A3",))


def test_an_old_office_that_only_the_mapping_knows_is_followed() -> None:
    found = office_on("28NJ", _AFTER, _offices(_NEW), _mapping(("28NJ", "28NK", True)))
    assert found == OfficeOn("28NK")


def test_a_successor_that_closed_in_its_turn_is_followed() -> None:
    offices = _offices(
        _OLD, ("28NK", _CHANGE, date(2025, 6, 10)), ("28NL", _AFTER, None)
    )
    mapping = _mapping(("28NJ", "28NK", True), ("28NK", "28NL", True))
    assert office_on("28NJ", _AFTER, offices, mapping) == OfficeOn("28NL")


def test_an_office_that_opens_later_is_not_open_yet() -> None:
    answer = office_on("28NK", _BEFORE, _offices(_OLD, _NEW), _mapping())
    assert isinstance(answer, Missing)
    assert answer.code == "office_not_open"


@pytest.mark.parametrize(
    ("code", "rows", "expected"),
    [
        ("99ZZ", (), "unknown_office"),
        ("28NJ", (), "office_without_successor"),
        ("28NJ", (("28NJ", "28NJ", True),), "office_without_successor"),
        ("28NJ", (("28NJ", "77XX", True),), "office_without_successor"),
    ],
)
def test_an_office_that_leads_nowhere_has_a_code_and_a_remedy(
    code: str, rows: tuple[tuple[str, str, bool], ...], expected: str
) -> None:
    answer = office_on(code, _AFTER, _offices(_OLD), _mapping(*rows))
    assert isinstance(answer, Missing)
    assert answer.code == expected
    assert code in answer.reason[0]
    assert "customs ref load" in answer.remedy[1]


def test_the_shipped_mapping_names_the_successors_of_the_shipped_offices() -> None:
    offices = yaml.safe_load((_SAMPLE / "office.yml").read_text("utf-8"))["rows"]
    pairs = yaml.safe_load((_SAMPLE / "office_mapping.yml").read_text("utf-8"))["rows"]
    told = {row["office_code"]: row.get("successor_office_code") for row in offices}
    closed = {code: new for code, new in told.items() if new}
    main = {
        pair["old_office_code"]: pair["new_office_code"]
        for pair in pairs
        if pair["is_main_successor"]
    }
    assert main == closed
    assert {pair["new_office_code"] for pair in pairs} <= set(told)


def test_every_reason_has_a_remedy() -> None:
    assert REASONS.keys() == REMEDIES.keys()
