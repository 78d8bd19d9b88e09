"""What a declaration refers to and no list can place is told, and stays in core."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lakehouse.derive.to_rows import to_rows
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from transforms.ref.unresolved import DECLARATION, LINE, record_unresolved

_BEFORE, _AFTER = date(2025, 2, 28), date(2026, 2, 25)
_TET = [date(2026, 2, day) for day in range(16, 21)]


class Books:
    """A lake with lists, into which declarations come run by run."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    def know(self, table: str, *rows: dict[str, Any]) -> None:
        """Rows of a list, open and in force since 2014 where they say nothing."""
        open_row = {"valid_from": date(2014, 4, 1)}
        contract = self.lake.contracts.table(table)
        self.lake.append(table, to_rows(contract, [open_row | row for row in rows]))

    def arrive(
        self, core: str, *rows: dict[str, Any], killed: bool = False
    ) -> dict[str, int]:
        """One run brings declarations or lines and looks everything up."""
        contract = self.lake.contracts.table(core)
        with start_run(self.lake, "test") as run:
            current = {"is_current": True, "_run_seq": run.seq}
            self.lake.append(core, to_rows(contract, [current | row for row in rows]))
            return {} if killed else record_unresolved(run)

    def told(self) -> list[dict[str, Any]]:
        """What was recorded, with its payload opened."""
        rows = self.lake.read("ops.rejected", "select * from t").to_pylist()
        return [row | json.loads(row["rejected_payload"]) for row in rows]


@pytest.fixture
def books(lake: Lake) -> Books:
    """Offices of before and after the re-organisation."""
    books = Books(lake)
    books.know(
        "ref.office",
        {"office_code": "28NJ", "valid_to": _BEFORE},
        {"office_code": "28NK", "valid_from": date(2025, 3, 1)},
        {"office_code": "32BA", "valid_to": _BEFORE},
    )
    books.know(
        "ref.office_mapping",
        {
            "old_office_code": "28NJ",
            "new_office_code": "28NK",
            "is_main_successor": True,
            "valid_from": date(2025, 3, 1),
        },
    )
    return books


def _office(code: str, day: date = _AFTER) -> dict[str, Any]:
    return {"office_code": code, "registered_date": day}


def test_an_old_office_with_a_successor_is_no_trouble(books: Books) -> None:
    assert books.arrive(DECLARATION, _office("28NJ"), _office("28NK")) == {}


def test_an_office_that_no_list_knows_is_told_with_its_remedy(books: Books) -> None:
    done = books.arrive(DECLARATION, _office("99ZZ"), _office("99ZZ"), _office("32BA"))
    assert done == {"ref.office missing": 2}
    told = {row["office_code"]: row for row in books.told()}
    assert told["99ZZ"]["rejection_code"] == "unknown_office"
    assert told["32BA"]["rejection_code"] == "office_without_successor"
    assert "99ZZ" in told["99ZZ"]["reason_vi"]
    assert "customs ref load" in told["99ZZ"]["remedy_vi"]
    assert len(books.lake.read(DECLARATION)) == 3


def test_a_thing_that_is_missing_is_told_once_a_day(books: Books) -> None:
    books.arrive(DECLARATION, _office("99ZZ"))
    assert books.arrive(DECLARATION, _office("99ZZ")) == {}
    assert len(books.told()) == 1


def test_what_a_killed_run_left_is_told_by_the_next(books: Books) -> None:
    books.arrive(DECLARATION, _office("99ZZ"), killed=True)
    assert books.arrive(DECLARATION, _office("28NK")) == {"ref.office missing": 1}


def test_a_rate_missing_on_a_holiday_names_the_day_that_the_law_wants(
    books: Books,
) -> None:
    """Thursday 19 February 2026 lies in Tet: the rate of Friday 13 counts."""
    books.know(
        "ref.holiday",
        *(
            {"calendar_date": day, "valid_from": day, "is_working_day": False}
            for day in _TET
        ),
    )
    usd = {
        "rate_type_code": "bank_transfer_buying",
        "base_currency_code": "USD",
        "quote_currency_code": "VND",
        "exchange_rate": Decimal(26_000),
    }
    books.know("ref.exchange_rate", usd | {"valid_from": date(2026, 2, 13)})
    books.arrive(
        DECLARATION,
        *(
            {"invoice_currency_code": code, "registered_date": _AFTER}
            for code in ("USD", "EUR", "VND", None)
        ),
    )
    (row,) = books.told()
    assert (row["rejection_code"], row["invoice_currency_code"]) == (
        "exchange_rate_missing",
        "EUR",
    )
    assert row["quoted_on"] == "2026-02-13"


def test_a_line_under_a_split_code_names_the_new_ones(books: Books) -> None:
    edition = date(2022, 12, 1)
    books.know(
        "ref.commodity",
        {"hs_code": "85481010", "valid_to": date(2022, 11, 30)},
        {"hs_code": "85491110", "valid_from": edition},
        {"hs_code": "85491910", "valid_from": edition},
    )
    books.know(
        "ref.commodity_correlation",
        *(
            {"from_hs_code": "85481010", "to_hs_code": new, "valid_from": edition}
            for new in ("85491110", "85491910")
        ),
    )
    done = books.arrive(LINE, {"hs_code": "85481010", "registered_date": _AFTER})
    assert done == {"ref.commodity missing": 1}
    (row,) = books.told()
    assert row["rejection_code"] == "code_split"
    assert row["candidates"] == "85491110, 85491910"


def test_a_list_that_was_never_loaded_says_nothing(lake: Lake) -> None:
    books = Books(lake)
    assert books.arrive(DECLARATION, _office("99ZZ")) == {}
