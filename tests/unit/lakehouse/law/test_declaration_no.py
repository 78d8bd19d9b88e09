"""A declaration number gives direction, key and amendment, or one reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.law.identifiers import Accepted, Forms, declaration_no

_FORMS = Forms((), {"1": "import", "3": "export"}, frozenset(), (), frozenset())


@given(key=st.from_regex(r"[13][0-9]{10}", fullmatch=True), amended=st.integers(0, 9))
def test_the_twelfth_digit_counts_amendments_of_one_key(key: str, amended: int) -> None:
    direction = _FORMS.directions[key[0]]
    parts = {"direction": direction, "key": key, "amendment": amended}
    assert declaration_no(f"{key}{amended}", _FORMS) == Accepted(
        f"{key}{amended}", parts
    )


def test_eleven_digits_refer_to_a_key_without_an_amendment(forms: Forms) -> None:
    record = declaration_no("107.920 369 84", forms, direction="import").to_record()
    assert (record["key"], record["amendment"]) == ("10792036984", None)


@pytest.mark.parametrize(
    ("raw", "direction", "reason"),
    [
        (None, None, "empty"),
        ("10745O691270", None, "not_digits"),
        ("1074586912", None, "length"),
        ("1074586912700", None, "length"),
        ("705098579980", None, "direction_digit"),
        ("307111057251", "import", "direction_mismatch"),
    ],
)
def test_a_text_that_is_no_declaration_number_has_one_reason(
    forms: Forms, raw: str | None, direction: str | None, reason: str
) -> None:
    outcome = declaration_no(raw, forms, direction=direction)
    assert outcome.to_record() == {"ok": False, "reason": reason}
