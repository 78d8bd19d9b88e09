"""What becomes of the messages of a file."""

import hashlib

import pytest

from ingestion.vnaccs.read import READER, read
from lakehouse.derive.to_message import write_items, write_row

from .wire import HEADER, LAYOUTS, Found, ida, parcel, result


def test_a_registration_becomes_evidence_and_a_parsed_row_with_lines() -> None:
    found = Found(ida(lines=2))
    (row,) = found.tables["vnaccs__declaration"]
    assert row["kind_code"] == "A11"
    assert row["importer_name"] == "CÔNG TY TNHH MẪU"
    assert [line["hs_code"] for line in row["lines"]] == ["52081100"] * 2
    assert (row["template"], row["event_code"]) == ("IDA00000D0", "registered")
    assert row["_record_hash"] == found.evidence[0]["_record_hash"]


def test_items_of_answers_and_of_sent_messages_fill_the_same_columns() -> None:
    (row,) = Found(result("100000000011")).tables["vnaccs__declaration"]
    assert (row["declaration_no"], row["importer_name"]) == ("100000000011", "Mẫu")
    assert row["output_code"] == "VAD1AC0"


def test_a_call_becomes_a_row_without_content() -> None:
    layout = LAYOUTS["IDC00000D0"]
    data = write_row(layout, HEADER, {"declaration_no": "100000000000"})
    (row,) = Found(data).tables["vnaccs__call"]
    assert (row["declaration_no"], row["event_code"]) == ("100000000000", "declared")


def test_a_layout_without_a_table_of_its_own_is_kept_as_evidence() -> None:
    data = write_items(LAYOUTS["TCC00000D0"], HEADER, {"I01": "THU"})
    found = Found(data)
    assert [row["template"] for row in found.evidence] == ["TCC00000D0"]
    assert list(found.tables) == ["vnaccs__message"]


def test_the_password_is_blank_before_anything_is_hashed_kept_or_rejected() -> None:
    bad = ida(MTC="")
    found = Found(ida() + bad + b"junk")
    kept = found.evidence[0]["message_payload"]
    assert b"MATKHAU1" not in kept
    assert found.evidence[0]["_record_hash"] == hashlib.sha256(kept).hexdigest()
    assert all(b"MATKHAU1" not in row["payload"] for row in found.rejected)


def test_the_password_is_blank_where_a_header_is_too_broken_to_be_one() -> None:
    broken = ida().replace(b"mau@example.com", "mẫu@example.com".encode())
    found = Found(broken)
    assert found.codes == ["not_a_message"]
    assert b"MATKHAU1" not in found.rejected[0]["payload"]


def test_one_bad_item_rejects_its_message_and_no_other() -> None:
    found = Found(ida() + ida(NO="12O") + ida())
    assert len(found.evidence) == 2
    assert found.codes == ["bad_integer"]
    assert found.rejected[0]["source_offset"] == len(ida())
    assert found.messages == 3


def test_the_rest_of_a_file_lands_whatever_is_wrong_with_some() -> None:
    lines = [ida(lines=n) for n in range(1, 21)]
    bad = [ida(NO="x"), ida(lines=3, line={"OR": ""}), b"junk", ida(ARR="99999999")]
    found = Found(b"".join(lines[:7] + bad[:2] + lines[7:] + bad[2:]))
    rows = sorted(
        found.tables["vnaccs__declaration"], key=lambda row: row["_source_offset"]
    )
    assert [len(row["lines"]) for row in rows] == list(range(1, 21))
    assert len(found.rejected) == len(bad)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ({"NO": "12O"}, "bad_integer"),
        ({"GW": "1,5"}, "bad_decimal"),
        ({"GW": "1.2.3"}, "bad_decimal"),
        ({"GW": "."}, "bad_decimal"),
        ({"GW": "-5"}, "bad_decimal"),
        ({"GW": "1234567.890"}, "item_too_long"),
        ({"IMN": "ữ" * 101}, "item_too_long"),
        ({"ARR": "31022026"}, "bad_date"),
        ({"ARR": "29022027"}, "bad_date"),
        ({"ARR": "20260315"}, "bad_date"),
        ({"ARR": "0304202"}, "bad_date"),
        ({"IVD": "03XX2026"}, "bad_date"),
        ({"ICB": ""}, "missing_mandatory"),
        ({"ICB": "   "}, "missing_mandatory"),
        ({"EPN": "TRÀ"}, "not_single_byte"),
        ({"IMN": "M\udce1\udcba"}, "bad_encoding"),
        ({"IMN": "M\udce1\udcba", "IMA": "\udcaax"}, "bad_encoding"),
    ],
)
def test_bad_items_are_rejected_by_code(items: dict[str, str], code: str) -> None:
    found = Found(ida(**items) + ida())
    assert found.codes == [code]
    assert len(found.evidence) == 1


@pytest.mark.parametrize(
    "items", [{"GW": ".5"}, {"GW": "5."}, {"GW": "0"}, {"ARR": "29022028"}]
)
def test_odd_but_right_items_are_taken(items: dict[str, str]) -> None:
    assert Found(ida(**items)).codes == []


def test_a_rejected_row_says_why_in_both_languages_and_names_the_items() -> None:
    (row,) = Found(ida(NO="12O")).rejected
    assert row["reason_vi"] == "Chỉ tiêu số nguyên có ký tự khác chữ số: NO"
    assert row["reason_en"] == "Integer items hold other than digits: NO"


def test_a_group_with_a_value_needs_its_mandatory_items() -> None:
    found = Found(ida(lines=2, line={"CMN": ""}))
    assert found.codes == ["missing_mandatory"]
    assert found.rejected[0]["reason_en"].endswith(": CMN")


def test_more_filled_lines_than_the_layout_has_are_refused() -> None:
    full = ida(lines=50, line={"TG5": "1"})
    more = full + b"52081100\r\n"
    longer = more[:392] + b"%06d" % len(more) + more[398:]
    assert Found(longer).codes == ["too_many_lines"]


def test_empty_lines_beyond_the_layout_are_no_lines() -> None:
    more = ida(cut=False) + b"\r\n" * 3
    longer = more[:392] + b"%06d" % len(more) + more[398:]
    assert Found(longer).codes == []


def test_the_same_bytes_again_are_taken_and_marked() -> None:
    found = Found(ida() + parcel() + ida(), piece_bytes=700)
    assert [row["warning_codes"] for row in found.evidence] == [None, None, "duplicate"]


def test_decomposed_text_is_composed_and_marked() -> None:
    found = Found(ida(IMN="CO\u0302NG TY"))
    assert found.evidence[0]["warning_codes"] == "not_nfc"
    assert found.tables["vnaccs__declaration"][0]["importer_name"] == "CÔNG TY"


def test_an_unknown_code_is_refused_and_the_next_message_read() -> None:
    unknown = ida().replace(b"   IDA  ", b"   ZZQ01", 1)
    answer = result().replace(b"VAD1AC0", b"VAD9ZZ0", 1)
    found = Found(unknown + answer + ida())
    assert found.codes == ["unknown_procedure", "unknown_output"]
    assert len(found.evidence) == 1


def test_a_gap_between_entries_of_a_list_keeps_its_place() -> None:
    row = {"declaration_no": "100000000000", "bills": [None, {"bill_no": "B2"}]}
    data = write_row(LAYOUTS["VAD1AC0P"], HEADER, row)
    (found,) = Found(data).tables["vnaccs__declaration"]
    assert found["bills"] == [None, {"bill_no": "B2"}]


def test_every_case_of_rows_can_be_read_from_a_file(tmp_path) -> None:
    path = tmp_path / "a.msg"
    path.write_bytes(ida() + parcel())
    tables = [name for parsed in read(path) for name in parsed.tables]
    assert sorted({*tables}) == [
        "vnaccs__declaration",
        "vnaccs__message",
        "vnaccs__parcel",
    ]
    assert READER.code == "vnaccs"
