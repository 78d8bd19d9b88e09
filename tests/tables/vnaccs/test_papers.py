"""Papers around declarations, and what is told of a declaration by another number."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lakehouse.tables import Lake
from tests.tables.vnaccs.messages import amendment, answer, at, paper
from tests.tables.vnaccs.test_declaration import build, number, rows, without_technical
from transforms.vnaccs.conservation import findings

pytestmark = [pytest.mark.engine, pytest.mark.slow]

REVISED, LATE, CARRIED, SECOND_CARRIED, LENT, UNSEEN = range(61, 67)
JOURNEY = {"document_no": "900000000001", "server_time": "20261102090000"}
FIRST = [
    answer(number(REVISED)),
    answer(number(LATE)),
    answer(number(CARRIED)),
    answer(number(SECOND_CARRIED)),
    answer(number(LENT)),
    amendment(
        number(REVISED),
        "post_clearance_pending",
        amendment_no="700000000001",
        output_code="VAL8000",
    ),
    amendment(
        None,
        "post_clearance_declared",
        amendment_no="700000000002",
        procedure_code="AMC",
        output_code=None,
        server_time="20261103090000",
        lines=None,
        registered_date=None,
    ),
    paper(
        "transport_registered",
        **JOURNEY,
        output_code="VAS5010",
        direction_code="I",
        security_amount_vnd="5000000",
        declarations=[
            {"declaration_no": number(CARRIED)},
            None,
            {"declaration_no": number(SECOND_CARRIED)},
        ],
        containers=[
            {
                "container_no": "MSKU1234565",
                "seals": [{"seal_no": "C1"}, {"seal_no": "C2"}],
            }
        ],
        lines=[{"bill_no": "SCACBL1", "goods_name": "Vải"}],
    ),
    paper(
        "temporary_registered",
        output_code="VAL8110",
        declaration_no=number(LENT),
        server_time="20261102090000",
        expiry_date="02112027",
        lines=[{"hs_code": "84145190", "first_quantity": "5", "used_quantity": "2"}],
    ),
    paper("exemption_list_sent", lines=[{"goods_name": "Máy", "first_quantity": "1"}]),
]
SECOND = [
    amendment(
        None,
        "post_clearance_declared",
        amendment_no="700000000001",
        procedure_code="AMC",
        output_code=None,
        server_time="20261103080000",
        lines=None,
        registered_date=None,
        _received_at=at(30),
    ),
    amendment(
        number(LATE),
        "post_clearance_pending",
        amendment_no="700000000002",
        output_code="VAL8000",
        _received_at=at(40),
    ),
    paper(
        "transport_departed",
        document_no="900000000001",
        procedure_code="BOA",
        server_time="20261102100000",
        departed_date="02112026",
        departed_time="1530",
        _received_at=at(5),
    ),
    paper(
        "temporary_registered",
        output_code="VAL8110",
        declaration_no=number(LENT),
        server_time="20261102090000",
        expiry_date="02112027",
        lines=[{"hs_code": "84145190", "first_quantity": "5", "used_quantity": "2"}],
        _received_at=at(6),
    ),
    paper("file_sent", declaration_no="12AB", document_no=None, _received_at=at(7)),
]
ORDERS = {
    "document": "_record_hash",
    "document_line": "_record_hash, entry_no",
    "document_container": "_record_hash, entry_no",
    "document_declaration": "_record_hash, entry_no",
    "declaration_event": "event_id",
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Two batches of arrivals, each case with a declaration of its own."""
    made = Lake(tmp_path_factory.mktemp("papers") / "lake")
    build(made, FIRST, SECOND)
    return made


def events(lake: Lake, case: int, code: str) -> list[dict]:
    where = f"declaration_key = '{number(case)[:11]}' and event_code = '{code}'"
    return rows(lake, "declaration_event", "event_id", where)


def test_an_amendment_that_is_declared_by_its_number_is_an_event(lake):
    (event,) = events(lake, REVISED, "post_clearance_declared")
    assert event["procedure_code"] == "AMC"
    assert event["server_at"] == datetime(2026, 11, 3, 1, tzinfo=UTC)
    assert event["known_from"] == at(30)


def test_a_number_that_is_given_after_it_was_called_is_known_when_both_came(lake):
    (event,) = events(lake, LATE, "post_clearance_declared")
    assert event["known_from"] == at(40)


@pytest.mark.parametrize("case", [CARRIED, SECOND_CARRIED])
def test_a_journey_tells_of_each_declaration_that_it_names(lake, case):
    assert len(events(lake, case, "transport_registered")) == 1
    (left,) = events(lake, case, "transport_departed")
    assert left["business_at"] == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert left["received_at"] == at(5)


def test_a_journey_stands_with_its_goods_containers_and_declarations(lake):
    (row,) = rows(lake, "document", "known_from", "event_code = 'transport_registered'")
    assert (row["document_kind_code"], row["direction_code"]) == ("transport", "I")
    assert row["security_amount_vnd"] == Decimal(5_000_000)
    mine = f"_record_hash = '{row['_record_hash']}'"
    (box,) = rows(lake, "document_container", "entry_no", mine)
    assert (box["container_no"], box["seal_text"]) == ("MSKU1234565", "C1 C2")
    (goods,) = rows(lake, "document_line", "entry_no", mine)
    assert (goods["bill_no"], goods["goods_name"]) == ("SCACBL1", "Vải")
    named = rows(lake, "document_declaration", "entry_no", mine)
    assert [one["declaration_key"] for one in named] == [
        number(CARRIED)[:11],
        number(SECOND_CARRIED)[:11],
    ]


def test_a_temporary_import_says_until_when_and_what_is_left(lake):
    found = rows(lake, "document", "known_from", "document_kind_code = 'temporary'")
    assert [row["known_from"] for row in found] == [at(0)]
    assert found[0]["expiry_date"] == date(2027, 11, 2)
    mine = f"_record_hash = '{found[0]['_record_hash']}'"
    (goods,) = rows(lake, "document_line", "entry_no", mine)
    assert (goods["first_quantity"], goods["used_quantity"]) == (5, 2)
    assert len(events(lake, LENT, "temporary_registered")) == 1


def test_a_paper_without_a_number_yet_stands_under_its_event(lake):
    (row,) = rows(lake, "document", "known_from", "document_kind_code = 'exemption'")
    assert (row["document_no"], row["told_month"]) == (None, "2026-11")


def test_a_paper_that_names_no_right_declaration_is_refused_and_kept(lake):
    refused = lake.read("ops.rejected").to_pylist()
    assert [row["rejection_code"] for row in refused] == ["bad_declaration_no"]
    (row,) = rows(lake, "document", "known_from", "document_kind_code = 'file'")
    assert row["event_code"] == "file_sent"


def test_the_order_of_batches_does_not_matter(lake, tmp_path):
    other = Lake(tmp_path / "other")
    backwards = [*reversed(SECOND), *reversed(FIRST)]
    build(other, backwards[:4], backwards[4:8], backwards[8:])
    for table, order in ORDERS.items():
        expected = without_technical(rows(lake, table, order))
        assert without_technical(rows(other, table, order)) == expected, table


def test_core_holds_all_that_papers_state(lake):
    found = findings(lake)
    assert [one for one in found if not one.holds] == []
    tables = {name for one in found for name in one.tables}
    assert {f"core.vnaccs__{name}" for name in ORDERS} <= tables
