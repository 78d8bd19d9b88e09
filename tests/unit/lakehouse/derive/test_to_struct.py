from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from lakehouse.contracts import Column, Element, Table, load_contracts
from lakehouse.derive.to_struct import number_columns, to_struct

SPEC = load_contracts().table("core.vnaccs__declaration_line").spec
COLUMNS = {
    "line_no": Column("line_no", "integer", True),
    "origin_code": Column("origin_code", "string", False, element="country_code"),
    "quantity": Column("quantity", "decimal(20,4)", False),
    "value_vnd": Column("value_vnd", "decimal(20,0)", False),
    "planned_date": Column("planned_date", "date", False),
    "seen_at": Column("seen_at", "timestamp", False),
    "share": Column("share", "double", False),
    "count": Column("count", "bigint", False),
    "is_new": Column("is_new", "boolean", False),
    "_run_seq": Column("_run_seq", "bigint", True),
}
TABLE = Table(SPEC, COLUMNS)
ELEMENTS = {
    "country_code": Element(
        label_vi="Nước", label_en="Country", type="string", description="A country.",
        legal_basis="ISO 3166", classification="public", pattern="[A-Z]{2}",
    )
}  # fmt: skip
BUSINESS = [name for name in COLUMNS if not name.startswith("_")]
Line = to_struct(TABLE, only=BUSINESS, elements=ELEMENTS)


def read(text: str):
    return msgspec.json.decode(text.encode(), type=Line)


def test_only_the_asked_columns_stand_in_contract_order():
    assert Line.__struct_fields__ == tuple(BUSINESS)
    assert Line.__name__ == "VnaccsDeclarationLine"
    assert "_run_seq" in to_struct(TABLE).__struct_fields__


def test_a_row_reads_into_plain_typed_values():
    line = read(
        '{"line_no":1,"origin_code":"CN","quantity":"1.5000","value_vnd":7,'
        '"planned_date":"2026-11-03","seen_at":"2026-11-03T09:00:00+07:00",'
        '"share":0.5,"count":9007199254740993,"is_new":true}'
    )
    assert line.planned_date == date(2026, 11, 3)
    assert line.seen_at == datetime(2026, 11, 3, 2, tzinfo=UTC)
    assert (line.quantity, line.count, line.is_new) == ("1.5000", 2**53 + 1, True)


def test_absent_and_null_are_none_and_are_left_out_again():
    line = read('{"line_no":1,"origin_code":null}')
    assert line.origin_code is None
    assert msgspec.json.encode(line) == b'{"line_no":1}'


@pytest.mark.parametrize("value", ['"-12.3456"', '"0"', "12", "-3"])
def test_a_decimal_is_text_or_a_whole_number(value):
    text = f'{{"line_no":1,"quantity":{value}}}'
    makers = number_columns(TABLE)
    assert makers["quantity"](read(text).quantity) == Decimal(value.strip('"'))
    assert makers["value_vnd"]("12") == 12
    assert set(makers) == {"quantity", "value_vnd"}


@pytest.mark.parametrize(
    "field",
    [
        '"quantity":1.5',
        '"quantity":"1.23456"',
        '"quantity":"12345678901234567"',
        '"quantity":"NaN"',
        '"quantity":"Infinity"',
        '"quantity":"1e3"',
        '"quantity":" 1"',
        '"quantity":"1\\n"',
        '"quantity":"١"',
        '"quantity":true',
        '"quantity":99999999999999999999',
        '"value_vnd":"1.0"',
        '"value_vnd":1.0',
        '"origin_code":"cn"',
        '"origin_code":"CHN"',
        '"origin_code":5',
        '"planned_date":"03/11/2026"',
        '"planned_date":20261103',
        '"seen_at":"2026-11-03T09:00:00"',
        '"is_new":1',
        '"is_new":"true"',
        '"count":9223372036854775808',
        '"share":"0.5"',
        '"other":1',
        '"line_no":2147483648',
        '"line_no":null',
    ],
)
def test_what_the_contract_does_not_say_is_refused(field):
    start = "{" if field.startswith('"line_no"') else '{"line_no":1,'
    with pytest.raises(msgspec.ValidationError):
        read(f"{start}{field}}}")


def test_every_core_and_feature_table_has_a_struct():
    contracts = load_contracts()
    for table in contracts.tables.values():
        if table.schema in ("core", "feat"):
            assert to_struct(table, elements=contracts.elements)
