"""Rows that a transform cannot take: each goes to `ops.rejected` once."""

from __future__ import annotations

import hashlib

import pyarrow as pa

from lakehouse.delimited import Reasons
from lakehouse.runs import Run
from lakehouse.tables import rows_of

_COLUMNS: dict[str, pa.DataType] = {
    "code": pa.string(),
    "payload": pa.string(),
    "_batch_seq": pa.int64(),
    "_source_file": pa.string(),
    "_source_offset": pa.int64(),
    "_received_at": pa.timestamp("us", tz="UTC"),
}
REFUSED_SCHEMA = pa.schema(_COLUMNS)
"""What a transform hands over; the message itself stands in raw at this place."""


def append_refused(run: Run, table: str, reasons: Reasons, rows: pa.Table) -> int:
    """Record refused rows of a table; those that are recorded already are left out.

    Args:
        table: full name of the table that refused them, such as `core.kcs__entry`.
        rows: columns of `REFUSED_SCHEMA`; `reason_vi` and `reason_en` too where the
            reason is the row's own.

    Returns:
        Rows that were new.
    """
    if not rows.num_rows:
        return 0
    known = run.lake.read(
        "ops.rejected", f"select rejection_id from t where table_name = '{table}'"
    )
    seen = set(known["rejection_id"].to_pylist())
    fresh = {}
    # Refused rows are few; each must be told one by one.
    for row in rows.to_pylist():
        record = _record(table, reasons, row)
        if record["rejection_id"] not in seen:
            fresh[record["rejection_id"]] = record
    if fresh:
        run.lake.append(
            "ops.rejected", rows_of("ops.rejected", fresh.values(), run.lake)
        )
    return len(fresh)


def _record(table: str, reasons: Reasons, row: dict[str, object]) -> dict[str, object]:
    place = (table, row["_source_file"], row["_source_offset"], row["code"])
    natural = "|".join([*map(str, place), str(row["payload"])])
    if "reason_vi" in row:
        vietnamese, english = str(row["reason_vi"]), str(row["reason_en"])
    else:
        vietnamese, english = reasons[str(row["code"])]
    return {
        "rejection_id": hashlib.sha256(natural.encode()).hexdigest(),
        "source_code": _source_of(table),
        "batch_seq": row["_batch_seq"],
        "table_name": table,
        "rejection_code": row["code"],
        "reason_vi": vietnamese,
        "reason_en": english,
        "file_name": row["_source_file"],
        "source_offset": row["_source_offset"],
        "received_at": row["_received_at"],
        "rejected_payload": str(row["payload"] or "").encode(),
    }


def _source_of(table: str) -> str:
    """The source of a table's rows: lists are one source, whatever their table."""
    schema, _, name = table.partition(".")
    return schema if schema == "ref" else name.split("__")[0]
