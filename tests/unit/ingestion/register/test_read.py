"""Rows of registers become text rows of the family that their header names."""

from pathlib import Path

from ingestion.stage import load_reader

READER = load_reader("register")
_FIXTURE = Path(__file__).with_name("agents.csv")


def test_the_header_names_the_register() -> None:
    (parsed,) = READER.read(_FIXTURE)
    first, second, *_ = parsed.tables["register__agent"].to_pylist()
    assert first["agent_name"] == "Công ty TNHH Giao nhận Cửa Ông, chi nhánh Hà Nội"
    assert (first["valid_to"], second["valid_to"]) == (None, "15/06/2026")
    kinds = parsed.tables["register__message"].column("message_type_code").to_pylist()
    assert set(kinds) == {"agent"}


def test_a_new_column_is_named(tmp_path: Path) -> None:
    (parsed,) = READER.read(_FIXTURE)
    warnings = parsed.tables["register__message"].column("warning_codes").to_pylist()
    assert set(warnings) == {"unmapped:Ghi chú"}


def test_each_bad_row_is_rejected_alone() -> None:
    (parsed,) = READER.read(_FIXTURE)
    assert sorted(parsed.rejected.column("code").to_pylist()) == [
        "cell_count",
        "missing_item",
    ]
    assert parsed.messages == 6


def test_a_file_that_lacks_a_column_is_refused_whole(tmp_path: Path) -> None:
    short = tmp_path / "short.csv"
    short.write_bytes(_FIXTURE.read_bytes().replace("Trạng thái".encode(), b"X"))
    (parsed,) = READER.read(short)
    assert parsed.tables == {}
    assert parsed.rejected.column("code").to_pylist() == ["missing_column"]
