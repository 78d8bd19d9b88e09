"""A tax code is taken, repaired where its check digit confirms it, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.law.identifiers import Accepted, Forms, tax_check_digit, tax_code

_FORMS = Forms((("001", "096"),), {}, frozenset(), (), frozenset())


def _with_check_digit(nine: str) -> st.SearchStrategy[str]:
    whole = st.from_regex(nine, fullmatch=True).map(lambda d: d + tax_check_digit(d))
    return whole.filter(lambda code: len(code) == 10)


_FIRMS = _with_check_digit("[0-9]{9}")
_FIRMS_OF_ONE_ZERO = _with_check_digit("0[1-9][0-9]{7}")
_BRANCHES = st.integers(1, 999).map(lambda number: f"{number:03d}")


@given(code=_FIRMS)
def test_a_firm_with_its_check_digit_is_its_own_normal_form(code: str) -> None:
    parts = {"kind": "firm", "parent": code}
    assert tax_code(code, _FORMS) == Accepted(code, parts)


@given(code=_FIRMS, place=st.integers(0, 9), step=st.integers(1, 9))
def test_one_changed_digit_breaks_the_check_digit(
    code: str, place: int, step: int
) -> None:
    """Eleven is a prime and no weight is a multiple of it, so every change shows."""
    changed = code[:place] + str((int(code[place]) + step) % 10) + code[place + 1 :]
    assert tax_code(changed, _FORMS).to_record()["reason"] == "check_digit"


@given(code=_FIRMS, branch=_BRANCHES, separator=st.sampled_from(["", "-", " – ", "/"]))
def test_a_branch_keeps_its_parent(code: str, branch: str, separator: str) -> None:
    outcome = tax_code(code + separator + branch, _FORMS)
    assert outcome == Accepted(code + branch, {"kind": "branch", "parent": code})


@given(code=_FIRMS_OF_ONE_ZERO, branch=st.just("") | _BRANCHES)
def test_a_lost_zero_is_given_back_if_the_check_digit_holds(
    code: str, branch: str
) -> None:
    """Twelve digits that still begin with 0 are a person, so those are left out."""
    record = tax_code(code[1:] + branch, _FORMS).to_record()
    assert (record["normal"], record["repairs"]) == (code + branch, ["leading_zero"])


@given(raw=st.text(alphabet="0123456789 .-/'O–\u00a0", max_size=18))
def test_a_normal_form_is_its_own_normal_form_and_every_repair_holds(raw: str) -> None:
    outcome = tax_code(raw, _FORMS)
    if isinstance(outcome, Accepted):
        assert tax_code(outcome.normal, _FORMS) == Accepted(
            outcome.normal, outcome.parts
        )
        if outcome.repairs:
            assert tax_check_digit(outcome.normal[:9]) == outcome.normal[9]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "empty"),
        (".0", "empty"),
        ("O499082349", "not_digits"),
        ("０２９９３１１７２１", "not_digits"),
        ("4.9908E+08", "not_digits"),
        ("0299311722", "check_digit"),
        ("0699406760", "check_digit"),
        ("0999729708-000", "branch_000"),
        ("999729708000", "branch_000"),
        ("0999729708-1", "branch_format"),
        ("0999729708-12", "branch_format"),
        ("399640511-3", "branch_format"),
        ("399640511-03", "branch_format"),
        ("099296023620", "province"),
        ("000296023620", "province"),
        ("22278702989", "length"),
        ("123456789", "length"),
        ("123456789001", "length"),
        ("09997297080001", "length"),
    ],
)
def test_a_text_that_is_no_tax_code_has_one_reason(
    forms: Forms, raw: str | None, reason: str
) -> None:
    assert tax_code(raw, forms).to_record() == {"ok": False, "reason": reason}


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("0299311721.0", "0299311721"),
        ("699782242.0", "0699782242"),
        ("'0399976335-012 ", "0399976335012"),
        ("039997633-5", "0399976335"),
        ("077 296 023 620", "077296023620"),
    ],
)
def test_a_tax_code_is_read_as_people_write_it(
    forms: Forms, raw: str, normal: str
) -> None:
    assert tax_code(raw, forms).to_record()["normal"] == normal
