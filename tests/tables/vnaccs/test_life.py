"""What a declaration states besides its lines, and what is told of it later."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lakehouse.tables import Lake
from tests.tables.vnaccs.messages import (
    KEY,
    amendment,
    answer,
    at,
    call,
    clearance,
    registration,
    statement,
)
from tests.tables.vnaccs.test_declaration import build, number, rows, without_technical
from transforms.vnaccs.conservation import findings

pytestmark = pytest.mark.engine

FULL, MOVED, RED, STATED, CORRECTED = range(21, 26)
LINE = {
    "line_no": "01",
    "hs_code": "85171300",
    "goods_name": "NL01#&Điện thoại#&10.125",
    "customs_value_vnd": "25000000",
    "duty_rate_text": "10%",
    "import_duty_vnd": "2500000",
    "other_taxes": [
        None,
        {
            "tax_rate_code": "VB901",
            "tax_name": "VAT",
            "tax_base_vnd": "27500000",
            "tax_rate_text": "10%",
            "tax_amount_vnd": "2750000",
        },
    ],
}
FULL_ANSWER = answer(
    number(FULL),
    lines=[LINE],
    bills=[{"bill_no": "SCACBL1"}, None, {"bill_no": "SCACBL3"}],
    containers=[{"container_no": "MSKU1234565"}],
    permits=[{"permit_type_code": "NN01", "permit_no": "GP-7"}],
    attachments=[{"attachment_class_code": "ETC", "attachment_no": "700000000001"}],
    tax_totals=[
        {
            "tax_kind_code": "N",
            "tax_name": "Thuế NK",
            "tax_amount_vnd": "2500000",
            "line_count": "1",
        }
    ],
    invoice_class_code="A",
    invoice_no="INV-1",
    invoice_date="01112026",
    internal_no="A1#&10000000099",
)
FIRST = [
    FULL_ANSWER,
    answer(number(MOVED), channel=1, server_time="20261102083001"),
    answer(number(RED), channel=3),
    call(number(RED), "inspection_designated", "VAD4870", "20261102090000"),
    call(number(RED), "inspection_cancelled", "VAD4910", "20261102093000"),
    answer(number(STATED)),
    statement(number(STATED)),
    answer(number(CORRECTED)),
]
SECOND = [
    answer(number(MOVED), channel=3, server_time="20261102103000", _received_at=at(3)),
    call(
        number(RED),
        "inspection_designated",
        "VAD4870",
        "20261102100000",
        _received_at=at(3),
    ),
    clearance(
        number(RED),
        output_code="VAD2AG0",
        inspected_date="02112026",
        inspected_time="150000",
        _received_at=at(9),
    ),
    statement(number(STATED), _received_at=at(3)),
    amendment(number(STATED), "post_clearance_accepted", _received_at=at(90)),
    answer(
        number(CORRECTED, 1),
        output_code="VAD2AE0",
        event_code="amended",
        actor_code="declarant",
        amended_date="02112026",
        amended_time="113000",
        lines=[LINE, LINE],
        _received_at=at(4),
    ),
]
STATE = "declaration_key, declaration_version, known_from"
TABLES = {
    "declaration_tax": f"{STATE}, line_no, tax_no",
    "declaration_tax_total": f"{STATE}, entry_no",
    "declaration_container": f"{STATE}, entry_no",
    "declaration_bill": f"{STATE}, entry_no",
    "declaration_permit": f"{STATE}, entry_no",
    "declaration_document": f"{STATE}, referred_kind_code, entry_no",
    "declaration_channel": "declaration_key, effective_from, known_from",
    "inspection": "declaration_key, designated_at, known_from",
    "tax_statement": "statement_no, entry_no",
    "amendment": "amendment_no",
    "amendment_line": "amendment_no, entry_no, tax_no",
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Two batches of arrivals, each case with a declaration of its own."""
    made = Lake(tmp_path_factory.mktemp("life") / "lake")
    build(made, FIRST, SECOND)
    return made


def of(lake: Lake, case: int, table: str) -> list[dict]:
    return rows(lake, table, TABLES[table], f"declaration_key = '{number(case)[:11]}'")


def test_taxes_keep_their_order_and_the_duty_stands_first(lake):
    duty, vat = of(lake, FULL, "declaration_tax")
    assert (duty["line_no"], duty["tax_no"], duty["tax_kind_code"]) == (1, 0, "N")
    assert duty["tax_base_vnd"] == Decimal(25_000_000)
    assert duty["tax_amount_vnd"] == Decimal(2_500_000)
    assert (vat["tax_no"], vat["tax_kind_code"]) == (2, "V")
    assert vat["tax_base_vnd"] == Decimal(27_500_000)
    assert vat["tax_rate_code"] == "VB901"
    assert vat["is_current"]


def test_entries_keep_their_place_and_empty_ones_are_left_out(lake):
    bills = of(lake, FULL, "declaration_bill")
    assert [(row["entry_no"], row["bill_no"]) for row in bills] == [
        (1, "SCACBL1"),
        (3, "SCACBL3"),
    ]
    (box,) = of(lake, FULL, "declaration_container")
    assert box["container_no"] == "MSKU1234565"
    (permit,) = of(lake, FULL, "declaration_permit")
    assert (permit["permit_type_code"], permit["permit_no"]) == ("NN01", "GP-7")
    (total,) = of(lake, FULL, "declaration_tax_total")
    assert (total["tax_amount_vnd"], total["line_count"]) == (Decimal(2_500_000), 1)


def test_documents_are_attachments_and_what_the_header_names(lake):
    found = {
        row["referred_kind_code"]: row for row in of(lake, FULL, "declaration_document")
    }
    assert set(found) == {"attachment", "invoice"}
    assert found["attachment"]["document_no"] == "700000000001"
    assert found["invoice"]["document_no"] == "INV-1"
    assert found["invoice"]["document_date"] == date(2026, 11, 1)


def test_the_code_and_the_exact_quantity_are_taken_out_of_the_goods_name(lake):
    (line,) = rows(
        lake, "declaration_line", "line_no", f"declaration_key = '{number(FULL)[:11]}'"
    )
    assert line["goods_name"] == "NL01#&Điện thoại#&10.125"
    assert line["producer_goods_code"] == "NL01"
    assert line["exact_quantity"] == Decimal("10.1250")


def test_the_internal_number_names_the_counterpart_of_an_on_the_spot_trade(lake):
    (row,) = rows(
        lake, "declaration", "known_from", f"declaration_key = '{number(FULL)[:11]}'"
    )
    assert row["counterpart_declaration_key"] == "10000000099"
    assert row["reference_tag_code"] is None


def test_a_moved_channel_ends_the_one_before_and_what_was_known_stays(lake):
    found = [
        (row["channel_code"], row["effective_until"], row["known_until"])
        for row in of(lake, MOVED, "declaration_channel")
    ]
    moved = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)
    assert sorted(found, key=str) == sorted(
        [("1", None, at(3)), ("1", moved, None), ("3", None, None)], key=str
    )


def test_a_red_declaration_that_clears_as_a_yellow_one_stays_red(lake):
    (row,) = of(lake, RED, "declaration_channel")
    assert (row["channel_code"], row["effective_until"]) == ("3", None)


def test_an_inspection_ends_with_the_cancellation_or_the_result_after_it(lake):
    now = [row for row in of(lake, RED, "inspection") if row["known_until"] is None]
    first, second = sorted(now, key=lambda row: row["designated_at"])
    assert first["designation_cancelled_at"] == datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
    assert first["inspected_at"] is None
    assert second["designation_cancelled_at"] is None
    assert second["inspected_at"] == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert [first["is_current"], second["is_current"]] == [False, True]


def test_a_statement_that_comes_again_is_the_same_one(lake):
    duty, vat = of(lake, STATED, "tax_statement")
    assert (duty["budget_item_code"], duty["payable_tax_vnd"]) == ("1901", Decimal(90))
    assert (vat["entry_no"], vat["payable_tax_vnd"]) == (2, Decimal(10))
    assert duty["known_from"] == at(0)


def test_an_amendment_after_clearance_says_before_and_after(lake):
    (row,) = of(lake, STATED, "amendment")
    assert row["event_code"] == "post_clearance_accepted"
    assert row["amendment_reason_code"] == "3"
    duty, vat = of(lake, STATED, "amendment_line")
    assert (duty["before_hs_code"], duty["after_hs_code"]) == ("85171300", "85171400")
    assert duty["before_tax_amount_vnd"] == Decimal(90)
    assert duty["after_tax_amount_vnd"] == Decimal(120)
    assert (vat["tax_no"], vat["after_tax_amount_vnd"]) == (1, Decimal(12))


def test_a_correction_says_who_made_it_and_its_taxes_are_the_current_ones(lake):
    (event,) = rows(
        lake,
        "declaration_event",
        "event_code",
        f"declaration_key = '{number(CORRECTED)[:11]}' and event_code = 'amended'",
    )
    assert (event["actor_code"], event["channel_code"]) == ("declarant", "2")
    assert event["business_at"] == datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
    current = [
        row for row in of(lake, CORRECTED, "declaration_tax") if row["is_current"]
    ]
    assert [(row["line_no"], row["tax_no"]) for row in current] == [
        (1, 0),
        (1, 2),
        (2, 0),
        (2, 2),
    ]


def test_the_order_of_batches_does_not_matter(lake, tmp_path):
    other = Lake(tmp_path / "other")
    backwards = [*reversed(SECOND), *reversed(FIRST)]
    build(other, backwards[:5], backwards[5:9], backwards[9:])
    for table, order in TABLES.items():
        expected = without_technical(rows(lake, table, order))
        assert without_technical(rows(other, table, order)) == expected, table


def test_core_holds_all_that_raw_states(lake):
    found = findings(lake)
    assert len(found) > 5
    assert [one for one in found if one.left != one.right] == []


def test_calls_that_name_an_amendment_alone_are_no_rejects(tmp_path):
    made = Lake(tmp_path / "lake")
    sent = amendment("", "post_clearance_declared", declaration_no=None, lines=None)
    build(made, [registration(KEY + "0"), sent])
    assert made.read("ops.rejected")["rejection_code"].to_pylist() == []
