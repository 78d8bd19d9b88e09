"""Text that came decomposed is parsed composed; the evidence keeps it as it came."""

from __future__ import annotations

import unicodedata

from ingestion.vnaccs.read import read
from lakehouse.derive.to_message import write_row
from lakehouse.messages import load_layouts

NAME, GOODS = "Công ty Đường Sắt", "Gỗ xẻ sấy khô"


def test_names_and_goods_of_lines_are_composed(tmp_path):
    row = {
        "declaration_no": "100000000010",
        "importer_name": unicodedata.normalize("NFD", NAME),
        "lines": [{"line_no": "01", "goods_name": unicodedata.normalize("NFD", GOODS)}],
    }
    layout = load_layouts().find("IDC", "VAD1AC0")
    assert layout is not None
    header = {"procedure": "IDC", "output": "VAD1AC0", "server_time": "20261102083001"}
    path = tmp_path / "one.msg"
    path.write_bytes(write_row(layout, header, row))
    tables = {}
    for parsed in read(path):
        tables |= parsed.tables
    (found,) = tables["vnaccs__declaration"].to_pylist()
    assert found["importer_name"] == NAME
    assert found["lines"][0]["goods_name"] == GOODS
    assert found["bills"] == []
    payload = tables["vnaccs__message"].column("message_payload")[0].as_py()
    assert unicodedata.normalize("NFD", NAME).encode() in payload
