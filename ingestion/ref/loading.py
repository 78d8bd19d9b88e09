"""Bring list files into the reference tables of a lake, and say what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ingestion.stage import ingest_source
from lakehouse.contracts import load_contracts
from lakehouse.runs import start_run
from lakehouse.stages import carry_out
from lakehouse.tables import Lake


class Refusal(msgspec.Struct, frozen=True):
    """Rows of a load that were refused for one reason, and the first of them."""

    table: str
    code: str
    rows: int
    reason_vi: str
    reason_en: str
    remedy_vi: str
    first_file: str | None
    first_offset: int | None
    first_payload: str


class Loaded(msgspec.Struct, frozen=True):
    """What a load did: rows of the files, rows changed by table, rows refused."""

    messages: int
    accepted: int
    rejected: int
    changed: dict[str, int]
    refused: list[Refusal]

    @property
    def is_refused(self) -> bool:
        """True where not one row of what came could be taken."""
        return bool(self.refused) and not any(self.changed.values())


def load_path(lake: Lake, path: Path) -> Loaded:
    """Take a file or a folder in and bring the reference tables alone up to date."""
    with start_run(lake, "customs ref load") as run:
        done = ingest_source(run, "ref", path)
        first_run = run.seq
    stages: dict[str, Any] = carry_out(lake, "customs ref load", ("ref",))["stages"]
    changed = {name: rows for name, rows in stages["ref"].items() if name != "seconds"}
    return Loaded(
        done["messages"],
        done["accepted"],
        done["rejected"],
        changed,
        _refusals(lake, first_run),
    )


def _refusals(lake: Lake, run_seq: int) -> list[Refusal]:
    batches = lake.read(
        "ops.batch",
        f"select batch_seq from t where source_code = 'ref' and run_seq = {run_seq}",
    )["batch_seq"].to_pylist()
    if not batches:
        return []
    wanted = ", ".join(str(batch) for batch in batches)
    rows = lake.read(
        "ops.rejected",
        "select * from t where source_code = 'ref' "
        f"and batch_seq in ({wanted}) order by table_name, rejection_code, "
        "file_name, source_offset",
    ).to_pylist()
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        key = (row["table_name"] or "raw", row["rejection_code"])
        groups.setdefault(key, []).append(row)
    return [_refusal(table, code, rows) for (table, code), rows in groups.items()]


def _refusal(table: str, code: str, rows: list[dict[str, Any]]) -> Refusal:
    first = rows[0]
    return Refusal(
        table=table,
        code=code,
        rows=len(rows),
        reason_vi=first["reason_vi"],
        reason_en=first["reason_en"],
        remedy_vi=_remedy(table, code),
        first_file=first["file_name"],
        first_offset=first["source_offset"],
        first_payload=(first["rejected_payload"] or b"")[:200].decode(errors="replace"),
    )


def _remedy(table: str, code: str) -> str:
    words = _REMEDIES.get(code, "Sửa dòng ở nơi phát hành rồi nạp lại tệp")
    contracts = load_contracts().tables
    columns = contracts[table].columns if table in contracts else {}
    return words.format(columns=", ".join(c for c in columns if c not in _OF_THE_LAKE))


_OF_THE_LAKE = {"list_code", "known_from", "known_until", "_record_hash", "_run_seq"}
_REMEDIES = {
    "unknown_list": "Nêu tên danh mục: customs ref load DANH_MỤC TỆP",
    "unknown_column": "Bảng nhận các cột: {columns}",
    "missing_column": "Tệp phải có đủ cột mà source.yml nêu cho danh mục",
    "missing_value": "Điền đủ giá trị bắt buộc; bảng có các cột: {columns}",
    "no_legal_basis": "Nêu căn cứ: --legal-basis, thêm --sample nếu là dữ liệu mẫu",
    "overlap": "Sửa ngày hiệu lực để mỗi ngày một mã chỉ có một dòng",
    "repeated_code": "Không phải làm gì: tên khác của cùng mã được giữ ở đây",
    "official_known": "Không phải làm gì: dòng chính thức được giữ",
    "bad_encoding": "Lưu tệp ở dạng UTF-8 rồi nạp lại",
    "edition_out_of_order": "Nạp lại với ngày cuối của bản cũ: --until NGÀY",
}
