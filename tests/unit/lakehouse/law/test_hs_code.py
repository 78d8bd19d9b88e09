"""A commodity code is judged by its place and by the list of the date."""

from datetime import date

import pytest

from lakehouse.law.identifiers import CodeList, Forms, hs_code

_ON = date(2025, 4, 15)


@pytest.mark.parametrize(
    ("raw", "place", "normal", "repairs"),
    [
        ("8471.30.20", "import_line", "84713020", []),
        ("2804.70.00.90", "export_line", "2804700090", []),
        ("3061721", "import_line", "03061721", ["leading_zero"]),
        ("306172190", "export_line", "0306172190", ["leading_zero"]),
        ("09.01", "manifest", "0901", []),
        ("09011120", "import_line", "09011120", []),
    ],
)
def test_a_code_in_force_is_taken(
    forms: Forms, codes: CodeList, raw: str, place: str, normal: str, repairs: list[str]
) -> None:
    record = hs_code(raw, forms, codes, place=place, on=_ON).to_record()
    assert (record["normal"], record["repairs"]) == (normal, repairs)


@pytest.mark.parametrize(
    ("raw", "place", "reason"),
    [
        (None, "import_line", "empty"),
        ("8471X020", "import_line", "not_digits"),
        ("2804700090", "import_line", "ten_digits_import"),
        ("306172190", "import_line", "length"),
        ("8471302", "import_line", "length"),
        ("847130", "export_line", "length"),
        ("306", "manifest", "length"),
        ("84713020", "manifest", "length"),
        ("98325407", "import_line", "chapter_98"),
        ("7701", "manifest", "chapter"),
        ("00110011", "import_line", "chapter"),
        ("99110011", "import_line", "chapter"),
        ("85171200", "import_line", "not_in_force"),
        ("84713027", "import_line", "unknown_code"),
    ],
)
def test_a_text_that_is_no_code_of_its_place_has_one_reason(
    forms: Forms, codes: CodeList, raw: str | None, place: str, reason: str
) -> None:
    outcome = hs_code(raw, forms, codes, place=place, on=_ON)
    assert outcome.to_record() == {"ok": False, "reason": reason}


@pytest.mark.parametrize(
    ("raw", "on", "taken"),
    [
        ("85171200", date(2022, 11, 30), True),
        ("85171200", date(2022, 12, 1), False),
        ("85171300", date(2022, 11, 30), False),
        ("85171300", date(2022, 12, 1), True),
        ("09011120", date(2021, 6, 1), False),
        ("9011120", date(2021, 6, 1), False),
        ("9011120", date(2023, 1, 1), True),
    ],
)
def test_the_list_is_read_as_of_the_date(
    forms: Forms, codes: CodeList, raw: str, on: date, *, taken: bool
) -> None:
    assert hs_code(raw, forms, codes, place="import_line", on=on).ok is taken


def test_an_unknown_place_is_an_error_of_the_caller(
    forms: Forms, codes: CodeList
) -> None:
    with pytest.raises(KeyError):
        hs_code("84713020", forms, codes, place="invoice", on=_ON)
