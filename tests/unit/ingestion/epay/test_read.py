"""Messages of the payment gateway become text rows; each bad one is kept apart."""

import unicodedata
from pathlib import Path

import pytest

from ingestion.stage import load_reader
from lakehouse.batches import Parsed

READER = load_reader("epay")
_FIXTURE = Path(__file__).with_name("messages.xml")


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    (found,) = READER.read(_FIXTURE)
    return found


def test_a_payment_names_declarations_and_sub_items(parsed: Parsed) -> None:
    first, *_ = parsed.tables["epay__payment"].to_pylist()
    paid = [
        (one["declaration_no"], item["budget_item_code"], item["paid_vnd"])
        for one in first["declarations"]
        for item in one["items"]
    ]
    assert paid == [
        ("100000000011", "1901", "300000"),
        ("100000000011", "1702", "100000"),
        ("10000000002", "1901", "200000"),
        ("10000000003", "1702", "100000"),
    ]
    assert first["payer_name"] == "Công ty TNHH Giày dép Đất Việt"


def test_the_same_content_has_the_same_hash_whatever_its_header(parsed: Parsed) -> None:
    first, again, *_ = parsed.tables["epay__payment"].to_pylist()
    assert first["content_hash"] == again["content_hash"]
    assert first["_record_hash"] != again["_record_hash"]


def test_odd_things_are_taken_with_a_warning(tmp_path: Path) -> None:
    decomposed = tmp_path / "decomposed.xml"
    text = unicodedata.normalize("NFD", _FIXTURE.read_text(encoding="utf-8"))
    decomposed.write_text(text, encoding="utf-8")
    (parsed,) = READER.read(decomposed)
    third = parsed.tables["epay__message"].to_pylist()[2]
    assert third["warning_codes"] == "not_nfc unmapped:Data/NoiDungMoi"
    name = parsed.tables["epay__payment"].to_pylist()[2]["payer_name"]
    assert name == "Công ty Cổ phần Thủy sản Mũi Cà Mau"


def test_a_message_without_family_is_evidence_alone(parsed: Parsed) -> None:
    kinds = parsed.tables["epay__message"].column("message_type_code").to_pylist()
    assert kinds[-1] == "101"
    families = sum(rows.num_rows for rows in parsed.tables.values())
    assert families == 2 * len(kinds) - 1


def test_each_bad_message_is_rejected_alone(parsed: Parsed) -> None:
    assert parsed.rejected.column("code").to_pylist() == [
        "wrong_namespace",
        "bad_xml",
        "dtd_refused",
        "dtd_refused",
        "stray_bytes",
        "unknown_message_type",
        "missing_item",
        "repeated_item",
        "cut_message",
    ]
    kept = parsed.tables["epay__message"].num_rows
    assert parsed.messages == kept + parsed.rejected.num_rows


def test_places_lead_to_the_bytes(parsed: Parsed) -> None:
    whole = _FIXTURE.read_bytes()
    for row in parsed.tables["epay__message"].to_pylist():
        payload = row["message_payload"]
        begin = row["_source_offset"]
        assert whole[begin : begin + len(payload)] == payload
    for row in parsed.rejected.to_pylist():
        begin, length = row["source_offset"], row["source_length"]
        assert whole[begin : begin + length] == row["payload"]
    covered = sum(parsed.rejected.column("source_length").to_pylist()) + sum(
        len(row["message_payload"])
        for row in parsed.tables["epay__message"].to_pylist()
    )
    assert covered <= len(whole)
