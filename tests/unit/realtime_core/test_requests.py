from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lakehouse.contracts import load_contracts
from realtime_core.errors import RequestRefused
from realtime_core.refusals import problem
from realtime_core.requests import RequestReader
from realtime_core.sample import sample_request

reader = RequestReader(load_contracts())


def request_of(lines=None, number="101234567890", **header):
    request = sample_request(date(2026, 11, 3), 1, number, **header)
    return request if lines is None else request | {"lines": lines}


def body_of(**changes):
    request = request_of(**changes)
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


def refusal(body: bytes) -> RequestRefused:
    with pytest.raises(RequestRefused) as caught:
        reader.read(body)
    return caught.value


def test_numbers_come_out_exact_and_the_number_is_split():
    line = {"line_no": 1, "first_quantity": "12.3456", "customs_value_vnd": 10**15}
    submission = reader.read(body_of(lines=[line], number="101234567892"))
    declaration = submission.declaration
    assert (declaration.key, declaration.version) == ("10123456789", 2)
    assert declaration.lines[0]["first_quantity"] == Decimal("12.3456")
    assert declaration.lines[0]["customs_value_vnd"] == 10**15
    assert declaration.lines[0]["hs_code"] is None
    assert declaration.header["line_count"] == 1
    assert declaration.received_at == datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


def test_content_does_not_depend_on_layout_key_order_or_time_of_receipt():
    request = request_of()
    turned = dict(reversed(request.items())) | {"received_at": "2026-11-04T00:00:00Z"}
    pretty = json.dumps(turned, indent=1, ensure_ascii=True).encode()
    assert reader.read(pretty).content_hash == reader.read(body_of()).content_hash


def test_other_content_has_another_hash():
    other = body_of(gross_weight_kg="12")
    assert reader.read(other).content_hash != reader.read(body_of()).content_hash


def test_canonical_content_reads_back_to_the_same_declaration():
    submission = reader.read(body_of())
    again = reader.read_content(submission.content, submission.declaration.received_at)
    assert again == submission.declaration


def test_a_null_is_the_same_as_nothing():
    with_null = body_of(agent_code=None)
    assert reader.read(with_null).content_hash == reader.read(body_of()).content_hash


LINE = {"line_no": 1}


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"lines": [{"line_no": n} for n in range(1, 52)]}, 422, "too_many", "/lines"),
        ({"lines": []}, 422, "lines_missing", "/lines"),
        ({"lines": [LINE, LINE]}, 422, "line_no_repeated", "/lines/1/line_no"),
        ({"lines": [{}]}, 422, "field_missing", "/lines/0/line_no"),
        ({"lines": [{"line_no": "1"}]}, 422, "wrong_type", "/lines/0/line_no"),
        ({"lines": [{"line_no": 1.5}]}, 422, "wrong_type", "/lines/0/line_no"),
        ({"lines": [{"line_no": 2**40}]}, 422, "out_of_range", "/lines/0/line_no"),
        ({"lines": [LINE | {"x": 1}]}, 422, "field_unknown", "/lines/0/x"),
        ({"lines": [LINE | {"first_quantity": 1.5}]}, 422, "wrong_type",
         "/lines/0/first_quantity"),
        ({"lines": [LINE | {"first_quantity": "NaN"}]}, 422, "bad_pattern",
         "/lines/0/first_quantity"),
        ({"lines": [LINE | {"first_quantity": "1e5"}]}, 422, "bad_pattern",
         "/lines/0/first_quantity"),
        ({"lines": [LINE | {"first_quantity": "1.23456"}]}, 422, "bad_pattern",
         "/lines/0/first_quantity"),
        ({"lines": [LINE | {"customs_value_vnd": "1.5"}]}, 422, "bad_pattern",
         "/lines/0/customs_value_vnd"),
        ({"lines": "none"}, 422, "wrong_type", "/lines"),
        ({"lines": None}, 422, "wrong_type", "/lines"),
        ({"declaration": []}, 422, "wrong_type", "/declaration"),
        ({"declaration_no": "12345"}, 422, "bad_pattern", "/declaration_no"),
        ({"declaration_no": "١٢٣٤٥٦٧٨٩٠١٢"}, 422, "bad_pattern", "/declaration_no"),
        ({"declaration_no": 101234567890}, 422, "wrong_type", "/declaration_no"),
        ({"received_at": "2026-11-03T09:00:00"}, 422, "zone_missing", "/received_at"),
        ({"received_at": "2026-11-31T09:00:00Z"}, 422, "bad_time", "/received_at"),
        ({"received_at": "2026-11-02T09:00:00Z"}, 422, "registered_later",
         "/declaration/registered_date"),
        ({"extra": 1}, 422, "field_unknown", "/extra"),
    ],
)  # fmt: skip
def test_a_request_that_breaks_a_rule_is_refused_by_field_and_rule(
    change, status, code, pointer
):
    error = refusal(json.dumps(request_of() | change).encode())
    assert (error.status, error.code, error.pointer) == (status, code, pointer)
    said = json.loads(problem(error))
    assert said["status"] == status
    assert said["errors"] == [{"pointer": pointer, "rule": code}]
    assert said["detail"]
    assert said["detail_vi"]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("planned_date", "2026-02-30", "bad_time"),
        ("is_low_value", "yes", "wrong_type"),
        ("is_low_value", None, "wrong_type"),
        ("known_from", "2026-11-03T00:00:00Z", "field_unknown"),
        ("inspection_class_code", "1", "field_unknown"),
        ("_record_hash", "x", "field_unknown"),
    ],
)
def test_a_wrong_declaration_field_is_named(column, value, code):
    error = refusal(body_of(**{column: value}))
    assert (error.code, error.pointer) == (code, f"/declaration/{column}")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"not json", "malformed_json"),
        (b'{"declaration_no":NaN}', "malformed_json"),
        (body_of().replace(b'"line_no":1', b'"line_no":NaN'), "malformed_json"),
        (body_of() + b"x", "malformed_json"),
        (b"\xef\xbb\xbf" + body_of(), "malformed_json"),
        (body_of().replace(b"Gi\xc3\xa0y", b"\xff\xfe"), "bad_encoding"),
        (b"[" * 100_000, "wrong_type"),
        (b'{"lines":' + b"[" * 100_000, "wrong_type"),
        (b'{"declaration":' * 50_000, "field_unknown"),
        (b"null", "wrong_type"),
        (b'"text"', "wrong_type"),
    ],
)
def test_what_is_no_request_at_all_is_refused(body, code):
    assert refusal(body).code == code


@pytest.mark.parametrize(
    "change",
    [
        (b'"line_no":1', b'"line_no":1,"line_no":1'),
        (b'"line_no":1', b'"line_no" :1,"line_no":1'),
        (b'"line_no":1', b'"hs_code":null,"hs_code":"01","line_no":1'),
        (b'"line_no":1', b'"line_no":1,"goods_name":"\\u0022:","goods_name":"a"'),
        (b'{"declaration_no"', b'{"lines":[],"declaration_no"'),
        (b'"line_no":1', b'"line_no":1,\n"line_no"\n:\n1'),
    ],
)
def test_a_key_written_twice_is_refused_however_it_is_written(change):
    assert refusal(body_of().replace(*change)).code == "double_key"


def test_quotes_and_colons_in_text_are_no_keys():
    line = {"line_no": 1, "goods_name": 'a":"b": null "c" :', "material_code": '\\":'}
    assert reader.read(body_of(lines=[line]))
