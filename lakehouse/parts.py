"""Parts of divided messages that wait: joined when the last has come, or given up."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.batches import PENDING_SCHEMA, BatchPlan, SourceReader
from lakehouse.raw import BatchWriter, PieceRows
from lakehouse.tables import Lake


def settle_parts(writer: BatchWriter, reader: SourceReader) -> pa.Table | None:
    """Join the parts of this batch with those that waited, and give up old ones.

    The waiting parts of earlier batches are read as they stood before this batch, so
    that a batch driven again comes to the same messages. What is joined or given up is
    added to the batch.

    Returns:
        Rows for `keep_parts` once the batch is committed; None without any parts.
    """
    if reader.join_parts is None:
        return None
    plan, lake = writer.plan, writer.lake
    kept = lake.read("ops.pending", f"select * from t where {_open_parts(plan)}")
    before = kept.filter(pc.less(kept["batch_seq"], plan.seq))
    open_then = pc.or_kleene(
        pc.is_null(before["resolved_batch_seq"]),
        pc.equal(before["resolved_batch_seq"], plan.seq),
    )
    waited = _as_parts(before.filter(open_then))
    parts = pa.concat_tables([waited, *writer.parts])
    if not len(parts):
        return None
    made = PieceRows(lake, plan)
    joined = reader.join_parts(parts)
    still = pa.table(joined.still_pending)
    made.add_joined(joined.whole, len(parts) - len(still))
    still = _give_up(made, plan, reader, still)
    writer.add(made.write())
    return _resolved(before, parts, still, writer)


def keep_parts(lake: Lake, plan: BatchPlan, rows: pa.Table) -> None:
    """Say which parts wait and which a batch has resolved, once."""
    application = f"customs/{plan.source}/ops.pending"
    if lake.transaction("ops.pending", application) < plan.seq:
        transaction = (application, plan.seq)
        lake.overwrite("ops.pending", rows, transaction, _open_parts(plan))


def _open_parts(plan: BatchPlan) -> str:
    """The rows that a batch may change: those resolved before it stay as they lie."""
    names = ", ".join("'" + file.name.replace("'", "''") + "'" for file in plan.files)
    return (
        f"source_code = '{plan.source}' and (resolved_batch_seq is null "
        # A file that is read again must find its parts, resolved or not.
        f"or resolved_batch_seq = {plan.seq} or file_name in ({names}))"
    )


def _give_up(
    made: PieceRows, plan: BatchPlan, reader: SourceReader, still: pa.Table
) -> pa.Table:
    # Waiting is measured between arrivals, so that loading an old archive gives the
    # same outcome as taking it day by day.
    newest = max(file.received_at for file in plan.files)
    limit = newest - timedelta(hours=reader.parts_expire_hours)
    old = pc.less(still["received_at"], pa.scalar(limit, pa.timestamp("us", "UTC")))
    if not pc.any(old).as_py():
        return still
    assert reader.give_up is not None
    gone = still.filter(old)
    made.add_joined(reader.give_up(gone), len(gone))
    return still.filter(pc.invert(old))


def _resolved(
    before: pa.Table, parts: pa.Table, still: pa.Table, writer: BatchWriter
) -> pa.Table:
    """The rows of `_open_parts` anew: parts taken now say by which batch."""
    waiting = set(_places(still))
    known = {
        (row["file_name"], row["source_offset"]): row for row in before.to_pylist()
    }
    rows = [row for row in known.values() if row["resolved_batch_seq"] is not None]
    for part in parts.to_pylist():
        place = (part["source_file"], part["source_offset"])
        old = known.get(place)
        if old is not None and old["resolved_batch_seq"] is not None:
            continue
        row = old or {
            "source_code": writer.plan.source,
            "batch_seq": writer.plan.seq,
            "part_key": part["part_key"],
            "part_no": part["part_no"],
            "is_last_part": part["is_last"],
            "file_name": part["source_file"],
            "source_offset": part["source_offset"],
            "received_at": part["received_at"],
            "part_payload": part["payload"],
        }
        taken = None if place in waiting else writer.plan.seq
        rows.append(row | {"resolved_batch_seq": taken})
    schema = writer.lake.conform("ops.pending", pa.table(before)[:0]).schema
    return pa.Table.from_pylist(rows, schema=schema)


def _places(parts: pa.Table) -> list[tuple[str, int]]:
    return list(
        zip(
            parts["source_file"].to_pylist(),
            parts["source_offset"].to_pylist(),
            strict=True,
        )
    )


def _as_parts(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "part_key": rows["part_key"],
            "part_no": rows["part_no"],
            "is_last": rows["is_last_part"],
            "source_offset": rows["source_offset"],
            "source_file": rows["file_name"],
            "received_at": rows["received_at"],
            "payload": rows["part_payload"],
        }
    ).cast(PENDING_SCHEMA)
