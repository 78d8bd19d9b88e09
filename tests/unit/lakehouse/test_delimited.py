"""Delimited text is split into strings, and a bad row never takes another with it."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse import delimited
from lakehouse.delimited import Rows, read_delimited

_CELLS = st.text(st.sampled_from("aă,\"'; 0NA-đ"), max_size=6)


def _read(folder: Path, data: bytes, *required: str) -> Rows:
    path = folder / "rows.csv"
    path.write_bytes(data)
    (rows,) = read_delimited(path, frozenset(required))
    return rows


def _codes(rows: Rows) -> list[str]:
    return rows.rejected.column("code").to_pylist()


def test_cells_stay_as_they_stand(tmp_path: Path) -> None:
    """A leading zero stays, NA is a text, a blank is a blank, spaces are kept."""
    rows = _read(tmp_path, "mã,tên\n007, NA \n,Đồng\n".encode())
    assert rows.columns["mã"].to_pylist() == ["007", ""]
    assert rows.columns["tên"].to_pylist() == [" NA ", "Đồng"]


@given(table=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=8))
def test_what_a_csv_writer_wrote_is_read_again(
    table: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *table])
    rows = _read(tmp_path_factory.mktemp("csv"), text.getvalue().encode())
    read = zip(*(rows.columns[label].to_pylist() for label in "abc"), strict=True)
    assert [*read] == table
    assert rows.rejected.num_rows == 0


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"1,2,3", "cell_count"),
        (b"1", "cell_count"),
        (b'1,"2', "unbalanced_quote"),
        (b"1,\xff", "bad_encoding"),
        (b"1," + b"2" * delimited.MAX_ROW_BYTES, "row_too_long"),
    ],
)
def test_a_bad_row_is_rejected_with_its_place_and_the_next_is_read(
    tmp_path: Path, row: bytes, code: str
) -> None:
    rows = _read(tmp_path, b"a,b\n0,0\r\n" + row + b"\n\n8,9")
    assert rows.columns["b"].to_pylist() == ["0", "9"]
    assert _codes(rows) == [code]
    (refused,) = rows.rejected.to_pylist()
    assert (refused["source_offset"], refused["source_length"]) == (9, len(row))
    assert refused["payload"] == row[: delimited.KEPT_BYTES]


def test_the_place_of_a_row_finds_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"a,b\r\n" + b"".join(b"%d,xyz\r\n" % number for number in range(99))
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    (tmp_path / "rows.csv").write_bytes(data)
    blocks = [*read_delimited(tmp_path / "rows.csv", frozenset())]
    assert len(blocks) > 5
    for rows in blocks:
        places = zip(rows.offsets.to_pylist(), rows.payload.to_pylist(), strict=True)
        for offset, payload in places:
            assert data[offset : offset + len(payload)] == payload


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    data = b"a,b\n1,2\n"
    assert _read(tmp_path, gzip.compress(data)).columns == _read(tmp_path, data).columns


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\x00\x01\x02\xff", "bad_encoding"),
        (b"a,c\n1,2\n", "missing_column"),
        (b"a,b,b\n1,2,3\n", "missing_column"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "bad_gzip"),
        (b"9" * 2 * delimited.MAX_ROW_BYTES, "row_too_long"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_rejected_row(
    tmp_path: Path, data: bytes, code: str
) -> None:
    rows = _read(tmp_path, data, "b")
    assert _codes(rows) == [code]
    assert len(rows.offsets) == 0


def test_a_label_that_stands_twice_is_no_column(tmp_path: Path) -> None:
    """Two columns of one label mean two things; reading either would be a guess."""
    rows = _read(tmp_path, b"a,total,total\n1,2,3\n", "a")
    assert list(rows.columns) == ["a"]


def test_a_byte_order_mark_is_no_part_of_the_first_label(tmp_path: Path) -> None:
    assert list(_read(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n", "a").columns) == ["a", "b"]
