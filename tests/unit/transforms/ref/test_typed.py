"""Cells of a list get the types of their table, or a code for why not."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from lakehouse.contracts import load_contracts
from transforms.ref.typed import Typed, payload_of, type_rows

_RATE = {
    "rate_type_code": "customs",
    "base_currency_code": "USD",
    "quote_currency_code": "VND",
    "exchange_rate": "26180.00",
    "valid_from": "2025-01-01",
    "valid_to": "",
}


def _type(is_gap: bool = False, **cells: str | None) -> Typed:
    pairs = [
        {"cell_name": name, "cell_text": text} for name, text in (_RATE | cells).items()
    ]
    raw = {
        "cells": pairs,
        "is_gap": "true" if is_gap else "false",
        "list_code": "customs_exchange_rate",
        "list_edition": "SAMPLE",
        "legal_basis": "Nghị định 08/2015/NĐ-CP",
        "is_sample": "true",
    }
    return type_rows(
        pa.Table.from_pylist([raw]), load_contracts().table("ref.exchange_rate")
    )


def test_cells_are_typed_and_a_blank_is_empty() -> None:
    (row,) = _type(exchange_rate=" 1.117 ").rows.to_pylist()
    assert row["exchange_rate"] == Decimal("1.117")
    assert (row["valid_from"], row["valid_to"]) == (date(2025, 1, 1), None)
    assert row["is_sample"] is True


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_month_or_year_is_its_first_day_or_as_an_end_its_last(
    text: str, start: date, end: date
) -> None:
    (row,) = _type(valid_from=text, valid_to=text).rows.to_pylist()
    assert (row["valid_from"], row["valid_to"]) == (start, end)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"exchange_rate": "1,5"}, "bad_value"),
        ({"exchange_rate": "1e5"}, "bad_value"),
        ({"exchange_rate": "1.123456789"}, "bad_value"),
        ({"valid_to": "2025-02-30"}, "bad_value"),
        ({"valid_to": "31/12/2025"}, "bad_value"),
        ({"exchange_rate": " "}, "missing_value"),
        ({"quote_currency_code": None}, "missing_value"),
        ({"rate": "1"}, "unknown_column"),
    ],
)
def test_a_row_that_cannot_be_typed_is_refused(
    cells: dict[str, str | None], code: str
) -> None:
    assert _type(**cells).codes.to_pylist() == [code]


def test_the_cells_of_a_refused_row_are_kept_as_they_came() -> None:
    pairs = [{"cell_name": name, "cell_text": text} for name, text in _RATE.items()]
    cells = pa.array([pairs, pairs])
    kept, fine = payload_of(cells, pa.array(["overlap", None])).to_pylist()
    assert '"base_currency_code": "USD"' in kept
    assert fine is None


@pytest.mark.parametrize("written", ["0101.21.00", "0101 21 00", "01012100"])
def test_digits_of_a_code_may_stand_apart(written: str) -> None:
    raw = {
        "cells": [
            {"cell_name": "hs_code", "cell_text": written},
            {"cell_name": "nomenclature_code", "cell_text": "AHTN2022"},
        ],
        "is_gap": "false",
        "list_code": "commodity",
        "list_edition": "AHTN 2022",
        "legal_basis": "Thông tư 31/2022/TT-BTC",
        "is_sample": "false",
    }
    typed = type_rows(
        pa.Table.from_pylist([raw]), load_contracts().table("ref.commodity")
    )
    assert typed.rows["hs_code"].to_pylist() == ["01012100"]


def test_a_gap_needs_no_value() -> None:
    assert _type(is_gap=True, exchange_rate=None).codes.to_pylist() == [None]


def test_a_row_without_a_start_is_dated_by_its_edition() -> None:
    typed = _type(valid_from=None)
    assert typed.codes.to_pylist() == [None]
    assert typed.rows["valid_from"].to_pylist() == [None]
