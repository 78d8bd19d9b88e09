"""Landing → raw: batches of files, planned, written and committed once each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lakehouse import time
from lakehouse.batches import BatchPlan, BatchResult, FilePlan, SourceReader
from lakehouse.errors import DataRefused
from lakehouse.parts import keep_parts, settle_parts
from lakehouse.piece_pool import PiecePool
from lakehouse.raw import BatchWriter
from lakehouse.runs import Run
from lakehouse.tables import Lake, rows_of

BATCH_BYTES = 256 * 1024**2
"""A batch takes whole files up to this size together."""


def ingest(
    run: Run,
    reader: SourceReader,
    landing: Path,
    progress: Callable[[FilePlan], None] | None = None,
) -> BatchResult:
    """Take every new file of a landing folder into raw, exactly once.

    Batches that an earlier run planned but did not commit are driven first.

    Raises:
        DataRefused: the folder is not there, or a planned file has gone or changed.
        EnvironmentFault: the lake cannot be written.
    """
    total = BatchResult()
    with PiecePool(run.lake, reader.read) as pool:
        for plan in [*_open_batches(run.lake, reader.code, landing)]:
            total = total.plus(_drive(run, reader, plan, pool, progress))
        for files in _bounded(_new_files(run.lake, reader, landing)):
            plan = _plan(run, reader, files)
            total = total.plus(_drive(run, reader, plan, pool, progress))
    return total


def committed_batches(lake: Lake, source: str, after_run: int) -> list[int]:
    """Batches of a source that were committed by runs later than one."""
    found = lake.read(
        "ops.batch",
        "select batch_seq from t where batch_status = 'committed' "
        f"and source_code = '{source}' and run_seq > {after_run} order by batch_seq",
    )
    return [int(value) for value in found["batch_seq"].to_pylist()]


def _new_files(lake: Lake, reader: SourceReader, landing: Path) -> Iterator[FilePlan]:
    if not landing.exists():
        raise DataRefused(
            "landing_missing",
            f"{landing} is not there",
            "Name a folder or a file with --from, or put files into the landing folder",
        )
    known = lake.read(
        "ops.file",
        "select content_hash from t "
        f"where source_code = '{reader.code}' and reader_version = '{reader.version}'",
    )
    taken = set(known["content_hash"].to_pylist())
    root = landing if landing.is_dir() else landing.parent
    paths = sorted(landing.rglob("*")) if landing.is_dir() else [landing]
    files = [path for path in paths if path.is_file() and not _is_hidden(path, root)]
    # Hashing leaves the other cores to others, so files are looked at in threads.
    with ThreadPoolExecutor(os.cpu_count(), "hash") as pool:
        for plan in pool.map(partial(_look_at, root), files):
            if plan.content_hash not in taken:
                taken.add(plan.content_hash)
                yield plan


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _look_at(root: Path, path: Path) -> FilePlan:
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    state = path.stat()
    return FilePlan(
        path=path,
        name=str(path.relative_to(root)),
        content_hash=digest,
        size=state.st_size,
        # The landing service keeps the moment of arrival as the time of the file.
        received_at=datetime.fromtimestamp(int(state.st_mtime), UTC),
    )


def _bounded(files: Iterator[FilePlan]) -> Iterator[tuple[FilePlan, ...]]:
    group: list[FilePlan] = []
    for file in sorted(files, key=lambda file: (file.received_at, file.name)):
        if group and sum(f.size for f in group) + file.size > BATCH_BYTES:
            yield tuple(group)
            group = []
        group.append(file)
    if group:
        yield tuple(group)


def _plan(run: Run, reader: SourceReader, files: tuple[FilePlan, ...]) -> BatchPlan:
    newest = run.lake.read(
        "ops.batch",
        f"select max(batch_seq) as seq from t where source_code = '{reader.code}'",
    )["seq"][0].as_py()
    plan = BatchPlan(reader.code, (newest or 0) + 1, time.now(), files)
    batch_row = {
        "source_code": plan.source,
        "batch_seq": plan.seq,
        "batch_status": "planned",
        "run_seq": run.seq,
        "planned_at": plan.planned_at,
    }
    # The batch first: files without a batch would never be read again.
    run.lake.append("ops.batch", rows_of("ops.batch", [batch_row], run.lake))
    run.lake.append(
        "ops.file",
        rows_of("ops.file", _file_rows(plan, reader.version), run.lake),
        (f"customs/{plan.source}/ops.file", plan.seq),
    )
    return plan


def _file_rows(plan: BatchPlan, reader_version: str) -> list[dict[str, object]]:
    return [
        {
            "source_code": plan.source,
            "content_hash": file.content_hash,
            "reader_version": reader_version,
            "batch_seq": plan.seq,
            "file_name": file.name,
            "file_size_bytes": file.size,
            "received_at": file.received_at,
            "planned_at": plan.planned_at,
        }
        for file in plan.files
    ]


def _open_batches(lake: Lake, source: str, landing: Path) -> Iterator[BatchPlan]:
    rows = lake.read(
        "ops.batch",
        "select batch_seq, planned_at from t where batch_status <> 'committed' "
        f"and source_code = '{source}' order by batch_seq",
    ).to_pylist()
    root = landing if landing.is_dir() else landing.parent
    for row in rows:
        files = lake.read(
            "ops.file",
            f"select * from t where source_code = '{source}' "
            f"and batch_seq = {row['batch_seq']} order by received_at, file_name",
        ).to_pylist()
        planned = tuple(_planned_again(file, root) for file in files)
        yield BatchPlan(source, row["batch_seq"], row["planned_at"], planned)


def _planned_again(row: dict[str, object], root: Path) -> FilePlan:
    path = root / str(row["file_name"])
    if not path.exists() or _look_at(root, path).content_hash != row["content_hash"]:
        raise DataRefused(
            "planned_file_gone",
            f"{row['file_name']} of a planned batch is gone or has changed",
            "Put the file back; it was planned and must be taken whole",
        )
    return FilePlan(
        path=path,
        name=str(row["file_name"]),
        content_hash=str(row["content_hash"]),
        size=int(str(row["file_size_bytes"])),
        received_at=row["received_at"],  # type: ignore[arg-type]
    )


def _drive(
    run: Run,
    reader: SourceReader,
    plan: BatchPlan,
    pool: PiecePool,
    progress: Callable[[FilePlan], None] | None,
) -> BatchResult:
    writer = BatchWriter(run.lake, plan)
    writer.sweep()
    for files, pieces in pool.pieces(plan):
        for piece in pieces:
            writer.add(piece)
        if progress:
            for file in files:
                progress(file)
    parts = settle_parts(writer, reader)
    # Raw first: if the process ends here, the next drive joins the same parts again
    # and finds their rows written.
    writer.commit()
    if parts is not None:
        keep_parts(run.lake, plan, parts)
    _mark(run, plan, writer.result)
    return writer.result


def _mark(run: Run, plan: BatchPlan, result: BatchResult) -> None:
    run.lake.update(
        "ops.batch",
        f"source_code = '{plan.source}' and batch_seq = {plan.seq}",
        {
            "batch_status": "'committed'",
            "run_seq": str(run.seq),
            "message_count": str(result.messages),
            "accepted_count": str(result.accepted),
            "rejected_count": str(result.rejected),
            "pending_count": str(result.pending),
            "resolved_part_count": str(result.resolved),
            "joined_count": str(result.joined),
        },
    )
