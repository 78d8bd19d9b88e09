"""Files of the Korea Customs Service become text rows; a bad row is kept apart."""

import csv
import gzip
from pathlib import Path

import pytest

from ingestion.kcs.read import COLUMNS, read

_FIXTURE = Path(__file__).with_name("declarations.csv")


def test_cells_are_text_as_they_stand() -> None:
    (parsed,) = read(_FIXTURE)
    rows = parsed.tables["kcs__declaration"].to_pylist()
    assert [row["hs_subheading"] for row in rows] == ["030617", "847130", "", "901112"]
    assert [row["origin_country_code"] for row in rows] == ["NA", "VN", "CN", ""]
    assert rows[0]["kcs_seller_code"] == "Cửa hàng Đất Việt, chi nhánh 2"
    assert rows[1]["item_price_krw"] == "0.36000000000000004"


def test_every_row_is_evidence_or_rejected() -> None:
    (parsed,) = read(_FIXTURE)
    evidence = parsed.tables["kcs__message"]
    assert parsed.rejected.column("code").to_pylist() == [
        "cell_count",
        "unbalanced_quote",
    ]
    assert parsed.messages == evidence.num_rows + parsed.rejected.num_rows == 6


def test_a_row_in_a_legacy_encoding_is_rejected_alone(tmp_path: Path) -> None:
    legacy = tmp_path / "legacy.csv"
    vietnamese = "Cửa hàng Đất Việt".encode()
    # Letters of the TCVN3 encoding: no text of ours.
    legacy.write_bytes(_FIXTURE.read_bytes().replace(vietnamese, b"C\xf6a h\xb5ng"))
    (parsed,), (whole,) = read(legacy), read(_FIXTURE)
    assert parsed.rejected.column("code").to_pylist()[0] == "bad_encoding"
    assert parsed.rejected.num_rows == whole.rejected.num_rows + 1
    assert parsed.messages == whole.messages


def test_the_evidence_gives_the_cells_again() -> None:
    (parsed,) = read(_FIXTURE)
    cells = parsed.tables["kcs__declaration"].to_pylist()
    for kept, row in zip(parsed.tables["kcs__message"].to_pylist(), cells, strict=True):
        text = [kept["message_labels"], kept["message_payload"].decode()]
        (again,) = csv.DictReader(text)
        assert {column: row[column] for column in COLUMNS.values()} == {
            column: again[label] for label, column in COLUMNS.items()
        }


def test_columns_are_found_by_label(tmp_path: Path) -> None:
    lines = _FIXTURE.read_bytes().splitlines()[:2]
    cells = [next(csv.reader([line.decode()])) for line in lines]
    turned = tmp_path / "turned.csv"
    with turned.open("w", encoding="utf-8") as handle:
        csv.writer(handle).writerows([[*reversed(row), "mới"] for row in cells])
    (parsed,) = read(turned)
    assert parsed.tables["kcs__declaration"].column("hs_subheading").to_pylist() == [
        "030617"
    ]


def test_a_file_of_another_layout_is_rejected_whole(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Declaration ID,Date\n1,2020-01-01\n", encoding="utf-8")
    (parsed,) = read(other)
    assert parsed.tables == {}
    assert parsed.rejected.column("code").to_pylist() == ["missing_column"]


def test_no_row_of_the_published_files_is_lost(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "kr_customs_import_declarations"
    pieces = [part for path in sorted(folder.glob("*.csv*")) for part in read(path)]
    assert sum(part.messages for part in pieces) == 45_519
    assert sum(part.rejected.num_rows for part in pieces) == 0
    codes = [
        code
        for part in pieces
        for code in part.tables["kcs__declaration"].column("hs_subheading").to_pylist()
    ]
    assert sum(code.startswith("0") for code in codes) == 2_142


@pytest.mark.parametrize("packed", [False, True])
def test_a_packed_file_gives_the_same_rows(tmp_path: Path, *, packed: bool) -> None:
    data = _FIXTURE.read_bytes()
    copy = tmp_path / "copy"
    copy.write_bytes(gzip.compress(data) if packed else data)
    (parsed,), (expected,) = read(copy), read(_FIXTURE)
    assert parsed.tables == expected.tables
