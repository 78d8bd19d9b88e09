"""Reference tables follow the list files that arrive, and forget nothing."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingestion.ref.read import READER
from lakehouse.intake import ingest
from lakehouse.runs import Run, start_run
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake
from transforms.ref.update import update

_OPEN = date(1970, 1, 1)


class Office:
    """A landing folder into which an operator puts list files, and its lake."""

    def __init__(self, lake: Lake, landing: Path) -> None:
        self.lake, self.landing, self.files = lake, landing, 0
        landing.mkdir()

    def load(self, text: str, on: str, name: str = "list.csv") -> dict[str, int]:
        """Land one file on a day and bring the tables up to date."""
        self.files += 1
        path = self.landing / f"{self.files}_{name}"
        path.write_text(text, encoding="utf-8")
        moment = datetime.fromisoformat(on).replace(tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))
        with start_run(self.lake, "test") as run:
            ingest(run, READER, self.landing)
            return update(run, None)

    def known(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows that are known now."""
        rows = self.lake.read(table, "select * from t where known_until is null")
        return sorted(tuple(row[name] for name in columns) for row in rows.to_pylist())

    def refused(self) -> list[tuple[str, str]]:
        """Table and code of what the tables did not take."""
        rows = self.lake.read(
            "ops.rejected", "select * from t where table_name is not null"
        ).to_pylist()
        return sorted((row["table_name"], row["rejection_code"]) for row in rows)


@pytest.fixture
def office(lake: Lake, tmp_path: Path) -> Office:
    """An operator's desk."""
    return Office(lake, tmp_path / "landing")


def _countries(*rows: str) -> str:
    head = "ISO3166-1-Alpha-3,ISO3166-1-Alpha-2,official_name_en,Region Name"
    return "\n".join([head, *rows, ""])


_PERIOD = ("country_code", "country_name_en", "valid_from", "valid_to")
_VIET_NAM, _NAMIBIA = "VNM,VN,Viet Nam,Asia", "NAM,NA,Namibia,Africa"


def test_a_first_edition_is_open_at_both_ends(office: Office) -> None:
    assert office.load(_countries(_VIET_NAM, _NAMIBIA), "2026-01-05") == {
        "ref.country": 2
    }
    assert office.known("ref.country", *_PERIOD) == [
        ("NA", "Namibia", _OPEN, None),
        ("VN", "Viet Nam", _OPEN, None),
    ]


def test_the_same_edition_again_changes_nothing(office: Office) -> None:
    office.load(_countries(_VIET_NAM), "2026-01-05")
    assert office.load(_countries(_VIET_NAM, ""), "2026-02-05") == {"ref.country": 0}
    assert len(office.lake.read("ref.country")) == 1


def test_a_later_edition_ends_changes_and_begins_codes_on_its_day(
    office: Office,
) -> None:
    office.load(_countries(_VIET_NAM, _NAMIBIA), "2026-01-05")
    edition = _countries("VNM,VN,Việt Nam,Asia", "TLS,TL,Timor-Leste,Asia")
    assert office.load(edition, "2026-02-05") == {"ref.country": 4}
    assert office.known("ref.country", *_PERIOD) == [
        ("NA", "Namibia", _OPEN, date(2026, 2, 4)),
        ("TL", "Timor-Leste", date(2026, 2, 5), None),
        ("VN", "Viet Nam", _OPEN, date(2026, 2, 4)),
        ("VN", "Việt Nam", date(2026, 2, 5), None),
    ]


def test_what_was_known_on_a_day_can_still_be_read(office: Office) -> None:
    office.load(_countries(_VIET_NAM, _NAMIBIA), "2026-01-05")
    office.load(_countries(_VIET_NAM), "2026-02-05")
    then = office.lake.read(
        "ref.country",
        "select * from t where known_from <= timestamp '2026-01-31T00:00:00Z' "
        "and (known_until is null or known_until > timestamp '2026-01-31T00:00:00Z')",
    ).to_pylist()
    assert {(row["country_code"], row["valid_to"]) for row in then} == {
        ("VN", None),
        ("NA", None),
    }


def test_a_code_that_comes_back_begins_again(office: Office) -> None:
    office.load(_countries(_VIET_NAM, _NAMIBIA), "2026-01-05")
    office.load(_countries(_VIET_NAM), "2026-02-05")
    office.load(_countries(_VIET_NAM, _NAMIBIA, ""), "2026-03-05")
    assert office.known("ref.country", *_PERIOD)[:2] == [
        ("NA", "Namibia", _OPEN, date(2026, 2, 4)),
        ("NA", "Namibia", date(2026, 3, 5), None),
    ]


def test_a_bad_row_never_ends_a_code(office: Office) -> None:
    """The row that cannot be read may be the one whose code seems to be gone."""
    office.load(_countries(_VIET_NAM, _NAMIBIA), "2026-01-05")
    office.load(_countries(_VIET_NAM, "NAM,NA,,Africa"), "2026-02-05")
    office.load(_countries(_VIET_NAM, "NAM,NA"), "2026-03-05")
    assert office.known("ref.country", *_PERIOD)[0] == ("NA", "Namibia", _OPEN, None)
    assert office.refused() == [("ref.country", "missing_value")]


def _currencies(*rows: str) -> str:
    head = "Entity,Currency,AlphabeticCode,NumericCode,MinorUnit,WithdrawalDate"
    return "\n".join([head, *rows, ""])


_CURRENCY = ("currency_code", "currency_name_en", "valid_to")


def test_a_currency_lives_while_one_country_uses_it(office: Office) -> None:
    office.load(
        _currencies(
            "A,Đồng cũ,VNC,704,,1989-1990",
            "B,Rupiah cũ,IDR,360,,2002-07",
            "C,Rupiah,IDR,360,2,",
            "D,Kuna,HRK,191,,2015-06",
            "E,Kuna mới,HRK,191,,2023-01",
        ),
        "2026-01-05",
    )
    assert office.known("ref.currency", *_CURRENCY) == [
        ("HRK", "Kuna mới", date(2023, 1, 31)),
        ("IDR", "Rupiah", None),
        ("VNC", "Đồng cũ", date(1990, 12, 31)),
    ]


def test_a_withdrawal_that_becomes_known_ends_the_currency(office: Office) -> None:
    office.load(_currencies("A,Lev,BGN,975,2,", "B,Euro,EUR,978,2,"), "2025-06-01")
    edition = _currencies("A,Lev,BGN,975,2,2026-01", "B,Euro,EUR,978,2,")
    assert office.load(edition, "2025-09-01") == {"ref.currency": 1}
    assert office.load(edition + "\n", "2026-09-01") == {"ref.currency": 0}
    assert office.known("ref.currency", *_CURRENCY) == [
        ("BGN", "Lev", date(2026, 1, 31)),
        ("EUR", "Euro", None),
    ]


def test_two_countries_that_contradict_each_other_are_refused(office: Office) -> None:
    office.load(_currencies("A,Lev,BGN,975,2,", "B,Leva,BGN,975,2,"), "2026-01-05")
    assert office.known("ref.currency", *_CURRENCY) == []
    assert office.refused() == [("ref.currency", "overlap")] * 2


_RATE = ("quote_currency_code", "exchange_rate", "valid_from", "valid_to")


def test_a_rate_holds_until_the_next_one_and_not_over_a_gap(office: Office) -> None:
    office.load(
        "Date,USD,JPY,GBP\n"
        "2026-01-07,1.12,151,N/A\n"
        "2026-01-05,1.11,N/A,0.9\n"
        "2026-01-02,1.10,150,0.8\n",
        "2026-01-08",
    )
    assert office.known("ref.exchange_rate", *_RATE) == [
        ("GBP", Decimal("0.8"), date(2026, 1, 2), date(2026, 1, 4)),
        ("GBP", Decimal("0.9"), date(2026, 1, 5), date(2026, 1, 6)),
        ("JPY", Decimal(150), date(2026, 1, 2), date(2026, 1, 4)),
        ("JPY", Decimal(151), date(2026, 1, 7), None),
        ("USD", Decimal("1.10"), date(2026, 1, 2), date(2026, 1, 4)),
        ("USD", Decimal("1.11"), date(2026, 1, 5), date(2026, 1, 6)),
        ("USD", Decimal("1.12"), date(2026, 1, 7), None),
    ]


def test_rates_come_in_any_order_and_give_the_same_periods(office: Office) -> None:
    head = "Date,USD,JPY,GBP\n"
    office.load(head + "2026-01-02,1.10,1,1\n2026-01-07,1.12,1,1\n", "2026-01-08")
    office.load(head + "2026-01-05,1.11,1,1\n", "2026-01-09")
    rates = [
        row for row in office.known("ref.exchange_rate", *_RATE) if row[0] == "USD"
    ]
    assert rates == [
        ("USD", Decimal("1.10"), date(2026, 1, 2), date(2026, 1, 4)),
        ("USD", Decimal("1.11"), date(2026, 1, 5), date(2026, 1, 6)),
        ("USD", Decimal("1.12"), date(2026, 1, 7), None),
    ]


def _offices(*rows: str, sample: bool = True) -> str:
    head = (
        f"list: office\ndefaults: {{legal_basis: x, is_sample: {str(sample).lower()}}}"
    )
    return "\n".join([head, "rows:", *(f"  - {{{row}}}" for row in rows), ""])


_OFFICE = ("office_code", "office_name_vi", "valid_from", "valid_to")


def test_rows_that_overlap_are_refused(office: Office) -> None:
    row = "office_code: 01AB, office_name_vi:"
    office.load(
        _offices(
            f"{row} A, valid_from: 2020-01-01, valid_to: 2024-12-31",
            f"{row} B, valid_from: 2024-12-31",
            f"{row} C, valid_from: 2025-01-01",
        ),
        "2026-01-05",
        "office.yml",
    )
    assert office.known("ref.office", *_OFFICE) == [
        ("01AB", "A", date(2020, 1, 1), date(2024, 12, 31)),
        ("01AB", "C", date(2025, 1, 1), None),
    ]
    assert office.refused() == [("ref.office", "overlap")]


def test_an_official_row_takes_the_place_of_a_sample(office: Office) -> None:
    row = "office_code: 01AB, office_name_vi: {}, valid_from: {}"
    office.load(_offices(row.format("Mẫu", "2025-03-01")), "2026-01-05", "o.yml")
    official = _offices(row.format("Thật", "2024-01-01"), sample=False)
    office.load(official, "2026-02-05", "o.yml")
    office.load(_offices(row.format("Mẫu 2", "2026-01-01")), "2026-03-05", "o.yml")
    assert office.known("ref.office", *_OFFICE) == [
        ("01AB", "Thật", date(2024, 1, 1), None)
    ]
    assert office.refused() == [("ref.office", "official_known")]


def test_a_list_without_a_table_is_refused(office: Office) -> None:
    text = "list: nowhere\nrows:\n  - {a: b, legal_basis: x, is_sample: true}\n"
    assert office.load(text, "2026-01-05", "nowhere.yml") == {}
    assert office.refused() == [("raw.ref__row", "unknown_list")]


def test_rows_stand_in_the_order_of_their_file_however_they_are_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An engine gives rows in any order; here in the one that would go wrong.
    monkeypatch.setattr("transforms.ref.update._read", _read_backwards)
    office.load((PROJECT_ROOT / _PORTS).read_text("utf-8"), "2026-01-05", "port.yml")
    ports = dict(office.known("ref.port", "place_code", "place_name"))
    assert ports["USPAE"] == "Everett"
    assert ("ref.port", "repeated_code") in office.refused()


_PORTS = "ingestion/ref/sample/port.yml"


def _read_backwards(run: Run, name: str, sql: str) -> pa.Table:
    rows = run.lake.conform(name, run.lake.read(name, sql))
    return rows.take(pa.array(range(len(rows) - 1, -1, -1), pa.int64()))
