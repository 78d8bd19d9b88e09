from datetime import date

import msgspec
import pytest

from lakehouse.contracts import Column, Table, load_contracts
from lakehouse.derive.to_record import (
    FEATURE_TABLES,
    subject_columns,
    to_fingerprint,
    to_record,
    value_columns,
)

TABLES = [load_contracts().table(name) for name in FEATURE_TABLES.values()]
PRICE = load_contracts().table("feat.commodity_origin__price")


def changed(table: Table, **columns: Column) -> Table:
    return Table(table.spec, table.columns | columns)


def test_a_record_is_an_array_of_all_but_the_technical_columns():
    record = to_record(PRICE)
    assert record.__struct_fields__ == value_columns(PRICE)
    assert "_run_seq" not in value_columns(PRICE)
    values = ["87032391", "JP", "PCE", "2026-11-03", 40, 1.5, None, None, None]
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(values), type=record)
    assert read.as_of_date == date(2026, 11, 3)
    assert read.median_unit_price_vnd == 1.5


def test_the_key_of_a_subject_leaves_the_day_out():
    assert subject_columns(PRICE) == (
        "hs_code",
        "origin_country_code",
        "quantity_unit_code",
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"extra_count": Column("extra_count", "bigint", False)},
        {"line_count_365d": Column("line_count_365d", "double", True)},
    ],
)
def test_the_fingerprint_tells_another_schema(columns):
    other = [changed(table, **columns) for table in TABLES]
    assert to_fingerprint(other) != to_fingerprint(TABLES)


def test_the_fingerprint_of_the_same_schema_is_the_same():
    again = [load_contracts().table(name) for name in FEATURE_TABLES.values()]
    assert to_fingerprint(again) == to_fingerprint(TABLES)
