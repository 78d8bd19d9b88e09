"""Messages for these tests: valid by default, a test says only what matters."""

import io
from typing import Any

import pyarrow as pa

from ingestion.vnaccs.read import read_stream
from lakehouse.derive.to_message import write_items, write_row
from lakehouse.messages import load_layouts

LAYOUTS = load_layouts()
HEADER = {"user_id": "MAU12345", "password": "MATKHAU1", "mail": "mau@example.com"}
IDA = {
    "ICB": "A11",
    "MTC": "2",
    "SKB": "4",
    "NO": "12",
    "NOT": "CT",
    "ARR": "03042026",
    "PSC": "CNSHA",
    "IMN": "CÔNG TY TNHH MẪU",
}
LINE = {"CMD": "52081100", "CMN": "Vải bông", "QN1": "4.5", "QT1": "MTK", "OR": "CN"}
PARCEL = {
    "trader_class_code": "4",
    "house_bill_no": "HAB1",
    "package_qty": "1",
    "gross_weight": "4.57",
    "warehouse_code": "01DDS01",
    "flight_no": "ZZ1",
    "arrival_date": "12122026",
    "unloading_place_code": "HAN",
    "loading_place_code": "CNCAN",
    "goods_name": "Tôm đông lạnh",
    "origin_country_code": "CN",
}


def ida(
    lines: int = 1,
    *,
    cut: bool = True,
    line: dict[str, str] | None = None,
    **items: str,
) -> bytes:
    """An import registration; items by id replace those of the default."""
    groups = {"CMD": [{**LINE, **(line or {})} for _ in range(lines)]}
    return write_items(LAYOUTS["IDA00000D0"], HEADER, {**IDA, **items}, groups, cut=cut)


def parcel(**columns: Any) -> bytes:
    """A low-value import."""
    return write_row(LAYOUTS["MIC00000D0"], HEADER, {**PARCEL, **columns})


def result(no: str = "100000000000", **header: str) -> bytes:
    """A channel result with a text of its own."""
    said = {**HEADER, "data_info": "2026", **header}
    return write_items(LAYOUTS["VAD1AC0P"], said, {"ICN": no, "A19": "Mẫu"})


class Found:
    """All that the reader found in bytes, tables and rejected rows put together."""

    def __init__(self, data: bytes, piece_bytes: int = 1 << 20) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.rejected: list[dict[str, Any]] = []
        self.pending: list[pa.RecordBatch] = []
        self.messages = 0
        for parsed in read_stream(io.BytesIO(data), LAYOUTS, piece_bytes):
            for name, rows in parsed.tables.items():
                rows.validate(full=True)
                self.tables.setdefault(name, []).extend(rows.to_pylist())
            self.rejected += parsed.rejected.to_pylist()
            self.pending.append(parsed.pending)
            self.messages += parsed.messages

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """Accepted messages in file order."""
        rows = self.tables.get("vnaccs__message", [])
        return sorted(rows, key=lambda row: row["_source_offset"])

    @property
    def codes(self) -> list[str]:
        """Codes of the rejected rows."""
        return [row["code"] for row in self.rejected]

    @property
    def parts(self) -> pa.Table:
        """Parts of divided messages."""
        return pa.Table.from_batches(self.pending)
