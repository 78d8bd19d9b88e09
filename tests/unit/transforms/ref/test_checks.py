"""A list row that fails a check of its table is named, and nothing else is."""

from datetime import date

import pyarrow as pa
import pytest

from lakehouse.contracts import load_contracts
from transforms.ref.checks import check_reasons, failed_checks

_TABLES = [name for name in load_contracts().tables if name.startswith("ref.")]


def _codes(table: str, rows: list[dict[str, object]]) -> list[str | None]:
    contract = load_contracts().table(table)
    columns = {check.expression for check in contract.spec.checks}
    assert columns
    return failed_checks(pa.Table.from_pylist(rows), contract).to_pylist()


def test_a_row_that_ends_before_it_begins_is_named() -> None:
    rows = [
        {"country_code": "VN", "valid_from": date(2025, 1, 2), "valid_to": end}
        for end in (date(2025, 1, 1), date(2025, 1, 2), None)
    ]
    assert _codes("ref.country", rows) == ["REF-001", None, None]


def test_a_code_of_another_structure_is_named() -> None:
    rows = [
        {"country_code": code, "valid_from": None, "valid_to": None}
        for code in ("VN", "vn", "VNM", "NA")
    ]
    assert _codes("ref.country", rows) == [None, "REF-011", "REF-011", None]


@pytest.mark.parametrize("name", _TABLES)
def test_every_check_of_a_list_can_be_asked_and_has_both_reasons(name: str) -> None:
    table = load_contracts().table(name)
    columns = {
        column.name: pa.nulls(1, _ARROW.get(column.type.partition("(")[0], pa.string()))
        for column in table.columns.values()
    }
    assert failed_checks(pa.table(columns), table).to_pylist() == [None]
    assert all(vi and en for vi, en in check_reasons(table).values())


_ARROW = {
    "date": pa.date32(),
    "decimal": pa.decimal128(20, 8),
    "double": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
}
