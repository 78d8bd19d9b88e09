"""An old commodity code is followed to its new one, and never through a split."""

from datetime import date

import pytest

from lakehouse.law.commodity_change import CodeOn, Correlation, code_on
from lakehouse.law.identifier_form import CodeList, DatedCode
from lakehouse.law.look_up import Missing

_NEW_EDITION = date(2022, 12, 1)
_OLD = ("01012100", "85481010", "85299020", "95030010", "04031010")
_NEW = ("01012100", "85491110", "85491910", "85241100", "04032010")
_PAIRS = (
    ("85481010", "85491110"),
    ("85481010", "85491910"),
    ("85299020", "85241100"),
    ("04031010", "04032010"),
)


@pytest.fixture
def codes() -> CodeList:
    """Both editions; one code lives in both."""
    both = date(2018, 1, 1), date(2022, 11, 30)
    return CodeList(
        [
            *(DatedCode(code, *both) for code in _OLD),
            *(DatedCode(code, _NEW_EDITION) for code in _NEW),
        ]
    )


@pytest.fixture
def correlation() -> Correlation:
    """The table between the two editions."""
    return Correlation(
        {"from_hs_code": old, "to_hs_code": new, "valid_from": _NEW_EDITION}
        for old, new in _PAIRS
    )


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("01012100", date(2026, 1, 1), CodeOn("01012100")),
        ("85481010", date(2022, 11, 30), CodeOn("85481010")),
        ("85299020", _NEW_EDITION, CodeOn("85241100", is_renumbered=True)),
        ("04031010", _NEW_EDITION, CodeOn("04032010", is_renumbered=True)),
    ],
)
def test_a_code_in_force_or_its_only_successor(
    codes: CodeList, correlation: Correlation, code: str, on: date, expected: CodeOn
) -> None:
    assert code_on(code, on, codes, correlation) == expected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("85481010", "code_split"),
        ("95030010", "code_ended"),
        ("99999999", "unknown_code"),
    ],
)
def test_a_code_without_one_successor_has_a_code(
    codes: CodeList, correlation: Correlation, code: str, reason: str
) -> None:
    answer = code_on(code, date(2026, 1, 1), codes, correlation)
    assert isinstance(answer, Missing)
    assert (answer.code, code in answer.reason[0]) == (reason, True)
    assert answer.remedy[0]


def test_a_split_names_every_candidate(
    codes: CodeList, correlation: Correlation
) -> None:
    answer = code_on("85481010", _NEW_EDITION, codes, correlation)
    assert isinstance(answer, Missing)
    assert answer.details["candidates"] == "85491110, 85491910"
