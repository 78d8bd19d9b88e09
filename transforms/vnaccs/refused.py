"""Messages that core cannot key: they go to `ops.rejected`, the rest goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from lakehouse.runs import Run
from lakehouse.tables import rows_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_HAS_NUMBER = "trim(declaration_no) rlike '^[0-9]{12}$'"
_REASONS = {
    "no_declaration_no": (
        "Thông điệp chưa có số tờ khai nên chưa xác định được tờ khai",
        "The message has no declaration number yet, so no declaration can be named",
    ),
    "bad_declaration_no": (
        "Số tờ khai không phải 12 chữ số",
        "The declaration number is not 12 digits",
    ),
}


def refuse_unkeyed(run: Run, raw: DataFrame) -> DataFrame:
    """Move messages without a usable number to `ops.rejected`; return the others."""
    unkeyed = raw.where(f"not coalesce({_HAS_NUMBER}, false)").selectExpr(
        "sha2(concat_ws('|', 'core', _source_file, cast(_source_offset as string)), 256) "
        "as rejection_id",
        "_batch_seq as batch_seq",
        "case when coalesce(trim(declaration_no), '') = '' then 'no_declaration_no' "
        "else 'bad_declaration_no' end as rejection_code",
        "_source_file as file_name",
        "_source_offset as source_offset",
        "_received_at as received_at",
        "declaration_no",
    )
    rows = unkeyed.toArrow()
    if len(rows):
        _append(run, rows)
    return raw.where(_HAS_NUMBER)


def _append(run: Run, rows: pa.Table) -> None:
    known = run.lake.read(
        "ops.rejected",
        "select rejection_id from t where table_name = 'core.vnaccs__declaration'",
    )
    seen = set(known["rejection_id"].to_pylist())
    fresh = [row for row in rows.to_pylist() if row["rejection_id"] not in seen]
    if not fresh:
        return
    refused = [
        {
            "rejection_id": row["rejection_id"],
            "source_code": "vnaccs",
            "batch_seq": row["batch_seq"],
            "table_name": "core.vnaccs__declaration",
            "rejection_code": row["rejection_code"],
            "reason_vi": _REASONS[row["rejection_code"]][0],
            "reason_en": _REASONS[row["rejection_code"]][1],
            "file_name": row["file_name"],
            "source_offset": row["source_offset"],
            "received_at": row["received_at"],
            # The message itself stands in raw.vnaccs__message at this place.
            "rejected_payload": (row["declaration_no"] or "").encode(),
        }
        for row in fresh
    ]
    run.lake.append("ops.rejected", rows_of("ops.rejected", refused, run.lake))
