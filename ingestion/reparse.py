"""`customs reparse`: parsed rows of a source made again from its evidence.

For a reader that had a bug: the evidence holds each message as it was received, so raw
families, and all to the right of them, follow from it and from the reader of today.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import typer

from ingestion.stage import load_reader
from lakehouse import console, time
from lakehouse.batches import PENDING_SCHEMA, Parsed, SourceReader
from lakehouse.documents import evidence as messages_as_file
from lakehouse.documents import is_declared
from lakehouse.errors import DataRefused, UsageError
from lakehouse.runs import Run
from lakehouse.settings import settings
from lakehouse.stages import AFTER_RUN, carry_out
from lakehouse.tables import Lake, rows_of

app = typer.Typer(add_completion=False)
AsFile = Callable[[pa.Table], tuple[bytes, list[int]]]
"""`as_file(evidence)`: what the reader reads, and where each message begins in it."""
_ENVELOPE = (
    "_batch_seq",
    "_source_file",
    "_source_offset",
    "_received_at",
    "_ingested_at",
)


@app.command()
def reparse(
    source: Annotated[str, typer.Argument(help="Code of the source.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Make raw families again from the evidence, then core and gold from nothing.

    Exit code 1 where the reader refuses a message that stands in the evidence.
    """
    report = carry_out(
        Lake(settings().lake),
        f"customs reparse {source}",
        ("core", "gold", "quality"),
        AFTER_RUN,
        first=("reparse", partial(reparse_source, source=source)),
    )
    if as_json:
        console.show_json(report)
        return
    done = report["stages"]["reparse"]
    console.show_table(
        f"Đọc lại chứng cứ của {source}",
        ["Bảng", "Dòng"],
        sorted(done["tables"].items()),
    )


def reparse_source(run: Run, source: str) -> dict[str, Any]:
    """Make the families of a source again, and forget what was made of them.

    Raises:
        UsageError: there is no such source, or its evidence is no file of a reader.
        DataRefused: the reader does not accept what stands in the evidence.
    """
    reader = load_reader(source)
    as_file = _as_file_of(source)
    batches = run.lake.read(
        "ops.batch",
        "select batch_seq from t where batch_status = 'committed' "
        f"and source_code = '{source}' order by batch_seq",
    )["batch_seq"].to_pylist()
    written: dict[str, int] = {}
    for batch in batches:
        for name, rows in _families(run.lake, reader, as_file, batch).items():
            run.lake.overwrite(name, rows, predicate=f"_batch_seq = {batch}")
            written[name] = written.get(name, 0) + len(rows)
    _know_files(run, reader)
    # First: a run that follows a killed one takes all batches again.
    run.lake.update(
        "ops.batch",
        f"source_code = '{source}' and batch_status = 'committed'",
        {"run_seq": str(run.seq)},
    )
    for name, table in run.lake.contracts.tables.items():
        if table.schema == "gold" or name.startswith(f"core.{source}__"):
            run.lake.remove(name)
    return {"batches": len(batches), "tables": written}


def _as_file_of(source: str) -> AsFile:
    if is_declared(source):
        return messages_as_file.as_file
    try:
        module = importlib.import_module(f"ingestion.{source}.evidence_file")
    except ModuleNotFoundError:
        raise UsageError(
            "cannot_reparse",
            f"the evidence of `{source}` is not read again",
            "Lists are loaded again with `customs ref load`; other sources need "
            f"ingestion/{source}/evidence_file.py",
        ) from None
    as_file: AsFile = module.as_file
    return as_file


def _families(
    lake: Lake,
    reader: SourceReader,
    as_file: AsFile,
    batch: int,
) -> dict[str, pa.Table]:
    """Rows of the families of one batch, file by file in the order of the evidence."""
    message = f"raw.{reader.code}__message"
    evidence = lake.read(message, f"select * from t where _batch_seq = {batch}")
    evidence = evidence.sort_by(
        [("_source_file", "ascending"), ("_source_offset", "ascending")]
    )
    pieces: dict[str, list[pa.Table]] = {}
    for name in evidence["_source_file"].unique().to_pylist():
        of_file = evidence.filter(pc.equal(evidence["_source_file"], name))
        data, starts = as_file(of_file)
        places = np.array(starts, np.int64)
        for found in _read_again(reader, data):
            _require_accepted(reader, found)
            for table, rows in found.tables.items():
                rest = _with_envelope(pa.Table.from_batches([rows]), of_file, places)
                pieces.setdefault(f"raw.{table}", []).append(rest)
    # Rows of messages that were made of parts have their columns in another order.
    families = {
        name: pa.concat_tables(rows, promote_options="default")
        for name, rows in pieces.items()
    }
    _require_same(reader, evidence, families.pop(message, evidence.slice(0, 0)))
    return families


def _read_again(reader: SourceReader, data: bytes) -> list[Parsed]:
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(data)
        kept.flush()
        found = list(reader.read(Path(kept.name)))
    parts = [one.pending for one in found if one.pending.num_rows]
    if parts and reader.join_parts:
        waiting = pa.Table.from_batches(parts)
        for name, value in (("source_file", ""), ("received_at", time.now())):
            field = PENDING_SCHEMA.field(name)
            filled = pa.repeat(pa.scalar(value, field.type), len(waiting))
            place = waiting.schema.get_field_index(name)
            waiting = (
                waiting.append_column(field, filled)
                if place < 0
                else waiting.set_column(place, field, filled)
            )
        found.append(reader.join_parts(waiting.select(PENDING_SCHEMA.names)).whole)
    return found


def _with_envelope(rows: pa.Table, evidence: pa.Table, starts: np.ndarray) -> pa.Table:
    """Give rows the envelope of the message in which they stand."""
    offsets = rows["_source_offset"].to_numpy()
    of_rows = evidence.take(np.searchsorted(starts, offsets, side="right") - 1)
    for name in _ENVELOPE:
        place = rows.schema.get_field_index(name)
        if place >= 0:
            rows = rows.set_column(place, name, of_rows[name])
        else:
            rows = rows.append_column(name, of_rows[name])
    return rows


def _require_accepted(reader: SourceReader, found: Parsed) -> None:
    if not found.rejected.num_rows:
        return
    first = found.rejected.slice(0, 1).to_pylist()[0]
    raise DataRefused(
        "evidence_refused",
        f"the reader of {reader.code} refuses {found.rejected.num_rows} messages that "
        f"stand in the evidence: {first['code']}, {first['reason_en']}",
        "Correct the reader; the families of this batch are as they were",
    )


def _require_same(reader: SourceReader, known: pa.Table, found: pa.Table) -> None:
    """The evidence is read, never changed: what it says of itself must stand."""
    names = [n for n in ("_record_hash", "template") if n in found.column_names]
    order = [("_source_file", "ascending"), ("_source_offset", "ascending")]
    again = found.sort_by(order) if len(found) else found
    if len(known) != len(again) or any(
        known[name].to_pylist() != again[name].to_pylist() for name in names
    ):
        raise DataRefused(
            "evidence_differs",
            f"the evidence holds {len(known)} messages of {reader.code}, the reader "
            f"finds {len(again)} in it, or others",
            "Correct the reader; the families of this batch are as they were",
        )


def _know_files(run: Run, reader: SourceReader) -> None:
    """Files that were read by older readers are known to this one too."""
    files = run.lake.read(
        "ops.file", f"select * from t where source_code = '{reader.code}'"
    ).to_pylist()
    known = {f["content_hash"] for f in files if f["reader_version"] == reader.version}
    fresh = {f["content_hash"]: f for f in files if f["content_hash"] not in known}
    rows = [
        row | {"reader_version": reader.version, "planned_at": time.now()}
        for row in fresh.values()
    ]
    if rows:
        run.lake.append("ops.file", rows_of("ops.file", rows, run.lake))
