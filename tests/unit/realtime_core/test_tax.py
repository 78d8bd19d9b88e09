"""The expected tax stands in the answer beside the declared one."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.decide_lake import make_lake
from lakehouse.contracts import load_contracts
from lakehouse.journal import Journal
from lakehouse.law.tax_lists import TaxLists, publish_tax_lists
from realtime_core.basis import load_basis
from realtime_core.replay import Replay
from realtime_core.requests import RequestReader
from realtime_core.sample import sample_line, sample_request
from realtime_core.service import DecisionService
from realtime_core.tax import compare_tax
from tests.unit.lakehouse.law.taxed_line import OPEN, lists_with, rate_row
from tests.unit.lakehouse.law.test_tax_lists import with_all
from tests.unit.realtime_core.conftest import DAY

LISTS = TaxLists(lists_with(), "0" * 64)
# 10,000,000 dong of the goods of the lists: duty 20 %, VAT 10 % of 12,000,000.
GOODS = {
    "hs_code": "61091010",
    "tariff_table_code": "B01",
    "customs_value_vnd": 10_000_000,
}
DUTY, VAT = 2_000_000, 1_200_000


def test_a_declared_total_that_is_right_differs_by_nothing(desk):
    posted = desk.declaration(GOODS, GOODS, tax_total_vnd=2 * (DUTY + VAT))
    found = compare_tax(posted, LISTS)
    assert (found.expected_vnd, found.declared_vnd) == (6_400_000, 6_400_000)
    assert found.difference_vnd == 0
    assert found.lines == ()
    assert found.not_evaluable == ()


def test_a_tax_of_a_line_that_is_too_low_is_named_with_its_line(desk):
    wrong = GOODS | {"import_duty_vnd": 500_000, "vat_vnd": VAT}
    right = GOODS | {"import_duty_vnd": DUTY, "vat_vnd": VAT}
    found = compare_tax(desk.declaration(right, wrong), LISTS)
    assert found.difference_vnd == 1_500_000
    (line,) = found.lines
    assert (line.line_no, line.tax) == (2, "import_duty")
    assert (line.expected_vnd, line.declared_vnd) == (DUTY, 500_000)


def test_only_the_taxes_that_lines_state_are_compared_without_a_total(desk):
    """VAT is not stated, so its 1,200,000 are not missed."""
    found = compare_tax(desk.declaration(GOODS | {"import_duty_vnd": DUTY}), LISTS)
    assert (found.expected_vnd, found.difference_vnd) == (DUTY, 0)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"tariff_table_code": "B05"}, "certificate_unknown"),
        ({"hs_code": "99999999"}, "duty_rate_missing"),
        ({"customs_value_vnd": None}, "customs_value_missing"),
    ],
)
def test_something_unknown_leaves_no_expected_tax_and_says_why(desk, line, code):
    found = compare_tax(desk.declaration(GOODS, GOODS | line, tax_total_vnd=1), LISTS)
    assert (found.expected_vnd, found.difference_vnd) == (None, None)
    (reason,) = found.not_evaluable
    assert (reason.code, reason.lines) == (code, (2,))
    assert " " in reason.reason_vi


def test_goods_under_a_quota_wait_for_the_lake(desk):
    quota = {
        "hs_code": "61091010",
        "quota_quantity": "100",
        "quantity_unit_code": "NPR",
        "tariff_table_code": "B14",
    }
    lists = TaxLists(lists_with() | {"tariff_quota": [OPEN | quota]}, "0" * 64)
    found = compare_tax(desk.declaration(GOODS, tax_total_vnd=1), lists)
    assert [one.code for one in found.not_evaluable] == ["quota_balance_unknown"]


def test_an_export_is_compared_with_its_export_duty(desk):
    rate = rate_row("export_duty", "30", hs_code="26140090")
    posted = desk.declaration(
        GOODS | {"hs_code": "26140090"}, direction_code="export", tax_total_vnd=1
    )
    found = compare_tax(posted, TaxLists(lists_with(rate), "0" * 64))
    assert (found.expected_vnd, found.difference_vnd) == (3_000_000, 2_999_999)


def test_without_published_lists_the_answer_says_so(desk):
    found = compare_tax(desk.declaration(GOODS, tax_total_vnd=5), None)
    assert (found.declared_vnd, found.expected_vnd) == (5, None)
    assert [one.code for one in found.not_evaluable] == ["tax_lists_missing"]


def test_a_request_that_states_no_tax_gets_none(desk, site):
    assert compare_tax(desk.declaration(GOODS), LISTS) is None
    plain = msgspec.json.encode(sample_request(DAY))
    assert b'"tax":' not in site.service.submit(plain).body


def test_the_answer_is_made_again_by_the_lists_that_it_names(tmp_path):
    places = make_lake(tmp_path / "lake", DAY)
    published = publish_tax_lists(with_all(lists_with()), places.taxes)
    contracts = load_contracts()
    service = DecisionService(
        RequestReader(contracts), load_basis(places, contracts), Journal(places.journal)
    )
    request = sample_request(DAY, tax_total_vnd=1)
    request["lines"] = [sample_line(**GOODS)]
    answer = msgspec.json.decode(service.submit(msgspec.json.encode(request)).body)
    service.close()
    assert answer["tax"]["lists"] == published
    assert answer["tax"]["difference_vnd"] == DUTY + VAT - 1
    other = lists_with(rate_row("sct", "50"))
    assert publish_tax_lists(with_all(other), places.taxes) != published
    assert Replay(places, contracts).run() == 1
