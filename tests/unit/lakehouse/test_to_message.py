"""Messages from rows and from items."""

import pytest

from lakehouse.derive.to_message import divide, write_items, write_row
from lakehouse.errors import UsageError
from lakehouse.messages import load_layouts

LAYOUTS = load_layouts()
IDC, IDA = LAYOUTS["IDC00000D0"], LAYOUTS["IDA00000D0"]
NUMBER = {"declaration_no": "100000000000"}


def test_a_message_is_a_header_line_and_a_line_for_each_item() -> None:
    message = write_row(
        IDC, {"user_id": "MAU1"}, NUMBER | {"amendment_report_code": "1"}
    )
    head, *lines = message.split(b"\r\n")
    assert len(head) == 398
    assert lines == [b"100000000000", b"1", b""]
    assert head[3:8] == b"IDC  "
    assert head[29:37] == b"MAU1    "


def test_the_length_counts_every_byte_in_six_digits() -> None:
    message = write_row(IDC, {}, NUMBER)
    assert message[392:398] == b"%06d" % len(message)


def test_an_answer_carries_its_output_code_and_the_header_may_name_another() -> None:
    layout = LAYOUTS["VAD1AC0P"]
    assert write_row(layout, {}, NUMBER)[8:15] == b"VAD1AC0"
    assert write_row(layout, {"output": "VAD3AC0"}, NUMBER)[8:15] == b"VAD3AC0"


def test_a_cut_message_ends_with_its_last_value_and_a_full_one_has_every_line() -> None:
    row = {"kind_code": "A11", "lines": [{"hs_code": "52081100"}]}
    assert write_row(IDA, {}, row).endswith(b"52081100\r\n")
    full = write_row(IDA, {}, row, cut=False)
    assert full.count(b"\r\n") == 1 + IDA.line_count


def test_a_message_without_values_is_its_header() -> None:
    assert len(write_row(IDC, {}, {})) == 400


def test_ids_and_columns_write_the_same_bytes() -> None:
    line = {"hs_code": "52081100", "other_taxes": [None, {"tax_rate_code": "VB901"}]}
    row = {"bills": [{"bill_no": "B1"}], "lines": [line, line]}
    ids = {"CMD": "52081100", "TX2": "VB901"}
    by_id = write_items(IDA, {}, {"BL1": "B1"}, {"CMD": [ids, ids]})
    assert write_row(IDA, {}, row) == by_id


def test_columns_that_say_what_a_message_is_are_passed_over() -> None:
    said = {"template": "IDC00000D0", "_source_offset": 7, "event_code": "declared"}
    assert write_row(IDC, {}, NUMBER | said) == write_row(IDC, {}, NUMBER)


def test_bytes_that_are_no_text_can_be_written_on_purpose() -> None:
    name = b"C\xaang".decode("utf-8", "surrogateescape")
    assert b"C\xaang\r\n" in write_row(IDA, {}, {"importer_name": name})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"hs_code": "1"}, "no place for hs_code"),
        ({"bills": [{"bill_no": "B"}] * 6}, "bills has no place for entry 6"),
        ({"bills": [{"bil_no": "B"}]}, "bills has no place for bil_no"),
        ({"lines": [{}] * 51}, "lines has no place for repetition 51"),
        ({"kind_code": "A\n11"}, "a value holds a line end"),
    ],
)
def test_what_has_no_place_is_refused(row: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        write_row(IDA, {}, row)


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(UsageError, match="XYZ"):
        write_items(IDA, {}, {"XYZ": "1"})


def test_a_field_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="user_id"):
        write_row(IDC, {"user_id": "TOO-LONG-A-NAME"}, NUMBER)


def test_a_message_beyond_its_length_field_must_be_divided() -> None:
    lines = [{"goods_name": "x" * 30_000}] * 40
    with pytest.raises(UsageError, match="Divide the message"):
        write_row(IDA, {}, {"lines": lines})


def test_parts_have_headers_of_their_own_and_the_body_in_order() -> None:
    message = write_row(
        LAYOUTS["VAD1AC0P"],
        {"data_info": "D"},
        NUMBER | {"lines": [{"line_no": "01", "hs_code": "52081100"}]},
    )
    parts = divide(message, 3)
    assert [part[245:249] for part in parts] == [b"001 ", b"002 ", b"003E"]
    assert all(part[392:398] == b"%06d" % len(part) for part in parts)
    assert b"".join(part[400:] for part in parts) == message[400:]


def test_a_body_is_not_cut_finer_than_its_lines() -> None:
    with pytest.raises(UsageError, match="1 lines, 2 parts"):
        divide(write_row(IDC, {}, NUMBER), 2)
