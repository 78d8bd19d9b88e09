"""A container number is taken, repaired if its check digit confirms it, or refused."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lakehouse.law.container import check_digit, container
from lakehouse.law.identifiers import Accepted, Forms

_FORMS = Forms((), {}, frozenset("UJZ"), (), frozenset())
_TEN = st.from_regex(r"[A-Z]{3}[UJZ][0-9]{6}", fullmatch=True)
_NUMBERS = _TEN.map(lambda ten: f"{ten}{check_digit(ten)}")


@given(number=_NUMBERS)
def test_a_number_with_its_check_digit_is_its_own_normal_form(number: str) -> None:
    parts = {"owner": number[:3], "serial": number[4:10]}
    assert container(number, _FORMS) == Accepted(number, parts)


@given(number=_NUMBERS, place=st.integers(4, 10), step=st.integers(1, 9))
def test_one_changed_digit_breaks_the_check_digit(
    number: str, place: int, step: int
) -> None:
    changed = number[:place] + str((int(number[place]) + step) % 10)
    changed += number[place + 1 :]
    # Remainders 10 and 0 share the digit 0: the standard cannot tell those apart.
    assume(check_digit(changed[:10]) != int(changed[10]))
    assert container(changed, _FORMS).to_record()["reason"] == "check_digit"


@given(number=_NUMBERS)
def test_letter_o_and_digit_0_are_exchanged_where_they_cannot_stand(
    number: str,
) -> None:
    mangled = number[:3].replace("O", "0") + number[3] + number[4:].replace("0", "O")
    record = container(mangled, _FORMS).to_record()
    repairs = ["zero_to_letter_o"] * ("O" in number[:3])
    repairs += ["letter_o_to_zero"] * ("0" in number[4:])
    assert (record["normal"], record["repairs"]) == (number, repairs)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, {"reason": "empty"}),
        (" - ", {"reason": "empty"}),
        ("CSQU305438", {"reason": "length"}),
        ("CSQU30543833", {"reason": "length"}),
        ("C5QU3054383", {"reason": "owner_letters"}),
        ("CSÖU3054383", {"reason": "owner_letters"}),
        ("CSQR3054383", {"reason": "category"}),
        ("CSQ03054383", {"reason": "category"}),
        ("CSQU3O5438B", {"reason": "serial_digits"}),
        ("CSQUOOOOOO2", {"reason": "check_digit", "expected_digit": 1}),
        ("CSQU3054384", {"reason": "check_digit", "expected_digit": 3}),
    ],
)
def test_a_text_that_is_no_container_has_one_reason(
    forms: Forms, raw: str | None, expected: dict[str, object]
) -> None:
    assert container(raw, forms).to_record() == {"ok": False, **expected}
