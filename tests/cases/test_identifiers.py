"""The acceptance cases of identifiers pass through the functions of the product."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml

from lakehouse.law import identifiers
from lakehouse.law.identifiers import CodeList, Forms, Outcome
from lakehouse.settings import PROJECT_ROOT

TOPIC = "identifiers"
_FORMS = PROJECT_ROOT / "ingestion/ref/sample/identifier_form.yml"


@pytest.fixture(scope="module")
def forms() -> Forms:
    """The forms shipped as reference rows, on a day of the cases."""
    listed = yaml.safe_load(_FORMS.read_text(encoding="utf-8"))
    rows = [listed["defaults"] | row for row in listed["rows"]]
    return Forms.from_rows(rows, date(2025, 4, 15))


def test_an_identifier_gets_its_normal_form_or_its_reason(
    case: dict[str, Any], parameters: dict[str, Any], forms: Forms
) -> None:
    given = case["input"]
    outcome = _IDENTIFY[given["type"]](given, parameters, forms)
    assert outcome.to_record() == case["expected"]


def test_the_check_digit_weighs_as_the_cases_say(parameters: dict[str, Any]) -> None:
    """The weights stand in `stdnum`; each must be the one of the tax registration."""
    for place, weight in enumerate(parameters["tax_weights"]):
        digits = "".join("1" if at == place else "0" for at in range(9))
        assert identifiers.tax_check_digit(digits) == str(10 - weight % 11)


def _tax_code(given: dict[str, Any], _: dict[str, Any], forms: Forms) -> Outcome:
    return identifiers.tax_code(given["raw"], forms)


def _container(given: dict[str, Any], _: dict[str, Any], forms: Forms) -> Outcome:
    return identifiers.container(given["raw"], forms)


def _declaration_no(given: dict[str, Any], _: dict[str, Any], forms: Forms) -> Outcome:
    direction = given.get("direction")
    return identifiers.declaration_no(given["raw"], forms, direction=direction)


def _hs_code(given: dict[str, Any], rows: dict[str, Any], forms: Forms) -> Outcome:
    codes = CodeList.from_rows(rows["hs_list_sample"], "code")
    on = date.fromisoformat(given["on"])
    return identifiers.hs_code(given["raw"], forms, codes, place=given["place"], on=on)


def _office(given: dict[str, Any], rows: dict[str, Any], _: Forms) -> Outcome:
    offices = CodeList.from_rows(rows["offices_sample"], "code", "successor")
    on = date.fromisoformat(given["on"])
    return identifiers.office(given["raw"], offices, place=given["place"], on=on)


_IDENTIFY: dict[str, Callable[[dict[str, Any], dict[str, Any], Forms], Outcome]] = {
    "tax_code": _tax_code,
    "container": _container,
    "declaration_no": _declaration_no,
    "hs_code": _hs_code,
    "office": _office,
}
