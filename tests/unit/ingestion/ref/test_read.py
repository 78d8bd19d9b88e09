"""List files become reference rows: recognised by label, kept as text, row by row."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from ingestion.ref.lists import load_sheet
from ingestion.ref.read import READER, read
from lakehouse.batches import Parsed
from lakehouse.contracts import load_contracts
from lakehouse.settings import PROJECT_ROOT

_SAMPLES = sorted((PROJECT_ROOT / "ingestion/ref/sample").glob("*.yml"))


def _parse(path: Path, text: str) -> Parsed:
    path.write_text(text, encoding="utf-8")
    (parsed,) = read(path)
    return parsed


def _cells(parsed: Parsed) -> list[dict[str, str | None]]:
    return [
        {cell["cell_name"]: cell["cell_text"] for cell in row["cells"]}
        for row in parsed.tables["ref__row"].to_pylist()
    ]


def _codes(parsed: Parsed) -> list[str]:
    return parsed.rejected.column("code").to_pylist()


_COUNTRIES = "ISO3166-1-Alpha-3,x,ISO3166-1-Alpha-2,official_name_en,Region Name\n"


def test_namibia_is_a_text_and_a_blank_stays_blank(tmp_path: Path) -> None:
    parsed = _parse(tmp_path / "any name.csv", _COUNTRIES + "NAM,7,NA,Namibia,\n")
    assert _cells(parsed) == [
        {
            "country_code": "NA",
            "country_alpha3_code": "NAM",
            "country_name_en": "Namibia",
            "region_name_en": "",
        }
    ]


def test_a_list_with_an_unreadable_row_is_not_called_whole(tmp_path: Path) -> None:
    """Else the code of that row would seem to have ended."""
    for row, whole in (("", "true"), ("NAM,7\n", "false")):
        text = _COUNTRIES + "VNM,1,VN,Viet Nam,Asia\n" + row
        parsed = _parse(tmp_path / "list.csv", text)
        assert parsed.tables["ref__row"]["is_whole_list"].to_pylist() == [whole]


def test_a_row_that_is_known_to_hold_no_code_is_evidence_only(tmp_path: Path) -> None:
    text = (
        "Entity,Currency,AlphabeticCode,NumericCode,MinorUnit,WithdrawalDate\n"
        "NƠI KHÁC,No universal currency,,,,\n"
        "VIỆT NAM,Đồng cũ,VNC,704,-,1989-1990\n"
    )
    parsed = _parse(tmp_path / "currency.csv", text)
    assert parsed.tables["ref__message"].num_rows == parsed.messages == 2
    (cells,) = _cells(parsed)
    # Both cells were looked up in source.yml.
    assert (cells["minor_unit_digits"], cells["valid_to"]) == ("", "1990")


def test_rates_of_a_day_are_one_row_a_currency_and_a_gap_is_told(
    tmp_path: Path,
) -> None:
    parsed = _parse(
        tmp_path / "rates.csv",
        "Date,USD,JPY,GBP\n2026-01-05,1.10,N/A,0.90\n2026-01-02,1.05,150,0.80\n",
    )
    rows = [
        (cell["valid_from"], cell["quote_currency_code"], cell["exchange_rate"])
        for cell in _cells(parsed)
    ]
    assert ("2026-01-05", "USD", "1.10") in rows
    assert ("2026-01-05", "JPY", None) in rows
    assert len(rows) == 6
    assert parsed.messages == parsed.tables["ref__message"].num_rows == 2
    gaps = parsed.tables["ref__row"]["is_gap"].to_pylist()
    assert [row for row, gap in zip(rows, gaps, strict=True) if gap == "true"] == [
        ("2026-01-05", "JPY", None)
    ]


def test_a_packed_list_is_read_like_a_plain_one(tmp_path: Path) -> None:
    text = _COUNTRIES + "NAM,7,NA,Namibia,Africa\n"
    plain = _parse(tmp_path / "list.csv", text)
    packed = tmp_path / "list.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert next(read(packed)).tables == plain.tables


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("country-codes.csv", "CountryCode,CountryName\nNA,Namibia\n", "unknown_list"),
        ("README.md", "# Danh mục\n", "unknown_list"),
        ("empty.csv", "", "unknown_list"),
        ("torn.xlsx", "PK\x03\x04 no workbook", "bad_workbook"),
        ("list.yml", "list: [", "bad_yaml"),
        ("list.yml", "rows: []\n", "bad_yaml"),
        ("list.yml", "list: x\nrowz: []\nrows: []\n", "bad_yaml"),
        ("list.yml", "list: x\nlist: y\nrows: []\n", "bad_yaml"),
    ],
)
def test_a_file_that_holds_no_list_is_one_rejected_row(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    parsed = _parse(tmp_path / name, text)
    assert (_codes(parsed), parsed.messages, parsed.tables) == ([code], 1, {})


_YAML = """# Ghi chú tiếng Việt trước danh mục
list: office
defaults: {valid_from: 2025-03-01, legal_basis: "Quyết định mẫu", is_sample: true}
rows:
  - {office_code: "01TB", share: 0.10, successor_office_code: null}
  - [không, phải, cặp]
  - {office_code: 02CI, legal_basis: null}
  - {office_code: 03CC, office_code: 03CD}
  - {office_code: 03CC, valid_from: 2024-01-01, nested: {a: [1, "2"]}}
"""


def test_a_yaml_row_keeps_its_text_and_the_defaults_fill_it(tmp_path: Path) -> None:
    parsed = _parse(tmp_path / "office.yml", _YAML)
    first, last = _cells(parsed)
    assert first == {
        "valid_from": "2025-03-01",
        "office_code": "01TB",
        "share": "0.10",
        "successor_office_code": None,
    }
    assert (last["valid_from"], last["nested"]) == ("2024-01-01", '{"a": ["1", "2"]}')
    assert parsed.tables["ref__row"]["is_sample"].to_pylist() == ["true", "true"]


def test_a_bad_yaml_row_is_rejected_with_its_place(tmp_path: Path) -> None:
    parsed = _parse(tmp_path / "office.yml", _YAML)
    assert _codes(parsed) == ["bad_row", "no_legal_basis", "bad_row"]
    for row in parsed.rejected.to_pylist():
        start = row["source_offset"]
        stretch = _YAML.encode()[start : start + row["source_length"]]
        assert row["payload"] == stretch
    assert parsed.messages == 5


@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: path.stem)
def test_every_shipped_list_is_read_whole_and_names_its_table(path: Path) -> None:
    (parsed,) = READER.read(path)
    assert _codes(parsed) == []
    tables = set(parsed.tables["ref__row"]["table_name"].to_pylist())
    assert tables <= set(load_contracts().tables)


def test_every_published_list_names_columns_of_its_table() -> None:
    sheet = load_sheet()
    assert date.fromisoformat(sheet.open_start) < date(2014, 4, 1)
    for spec in sheet.lists.values():
        columns = load_contracts().table(spec.table).columns
        assert {*spec.columns, *spec.constants, *spec.lookups} <= set(columns)


@pytest.mark.parametrize(
    ("path", "messages", "rows"),
    [
        ("code_lists/country-codes.csv", 249, 249),
        ("code_lists/currency-codes-all.csv", 449, 446),
        ("code_lists/unece-package-codes.csv", 406, 406),
        ("code_lists/unece-units-of-measure.csv", 2_136, 2_136),
        ("fx_rates/ecb_daily_2015_on.csv", 3_029, 3_029 * 32),
        # One row is the sum of all goods.
        ("hs_nomenclature/harmonized-system.csv", 6_940, 6_939),
        ("hs_nomenclature/sections.csv", 21, 21),
        ("vn_ahtn_nomenclature/ahtn8_codes.csv", 11_871, 11_871),
        ("tariff_code_change/CorrelationCN2021toCN2022.xls", 1_128, 1_128),
        ("tariff_code_change/CN2024_Structure.xlsx", 15_033, 15_033),
        ("un_locode/subdivision-codes.csv", 4_678, 4_678),
        # Heads of countries and references to other names are no places.
        ("un_locode/unlocode_2023-1_part3_OM-ZW.csv.gz", 33_961, 33_868),
        ("world_ports/ports.csv", 3_962, 3_962),
        ("vnaccs_message_dictionary/vnaccs_error_codes.tsv", 8_939, 8_939),
    ],
)
def test_no_row_of_the_published_lists_is_lost(
    shared_dir: Path, path: str, messages: int, rows: int
) -> None:
    (parsed,) = read(shared_dir / "data" / path)
    assert parsed.rejected.num_rows == 0
    assert parsed.messages == parsed.tables["ref__message"].num_rows == messages
    assert parsed.tables["ref__row"].num_rows == rows
