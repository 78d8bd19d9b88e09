"""Lines of tax accounting become text rows; each bad one is kept apart."""

from pathlib import Path

from ingestion.stage import load_reader

READER = load_reader("tax")
_FIXTURE = Path(__file__).with_name("messages.ndjson")


def test_values_stay_as_they_were_written() -> None:
    (parsed,) = READER.read(_FIXTURE)
    first, empty = parsed.tables["tax__obligation"].to_pylist()
    assert [item["obligation_vnd"] for item in first["items"]] == ["300000", "100000"]
    assert (empty["office_code"], empty["items"]) == (None, [])
    (refund,) = parsed.tables["tax__refund"].to_pylist()
    assert refund["refund_vnd"] == "1500.0"


def test_what_nobody_mapped_is_named() -> None:
    (parsed,) = READER.read(_FIXTURE)
    warnings = parsed.tables["tax__message"].column("warning_codes").to_pylist()
    assert warnings == [None, "unmapped:ly_do", None]


def test_each_bad_line_is_rejected_alone() -> None:
    (parsed,) = READER.read(_FIXTURE)
    assert parsed.rejected.column("code").to_pylist() == [
        "double_key",
        "wrong_type",
        "wrong_type",
        "wrong_type",
        "missing_item",
        "unknown_message_type",
        "bad_json",
    ]
    assert parsed.messages == 10
    places = parsed.rejected.column("reason_vi").to_pylist()
    assert places[1] == "Kiểu giá trị không đúng: payer_tax_code"
