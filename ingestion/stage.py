"""The stage landing → raw: every source that has a landing folder in the lake."""

from __future__ import annotations

import importlib
import time as clock
from pathlib import Path
from typing import Any

from rich.progress import Progress

from lakehouse import console
from lakehouse.batches import BatchResult, FilePlan, SourceReader
from lakehouse.documents import document_reader, is_declared
from lakehouse.errors import DataRefused, UsageError
from lakehouse.intake import ingest
from lakehouse.runs import Run
from lakehouse.tables import Lake


def source_codes() -> list[str]:
    """Codes of the sources: one folder each."""
    here = Path(__file__).parent
    return sorted(path.parent.name for path in here.glob("*/source.yml"))


def due_sources(lake: Lake) -> list[str]:
    """Codes of the sources that a night is to take.

    They have a landing folder, or have delivered before: of these a folder that is not
    there is a mount that failed, which taking it in will say.

    Raises:
        DataRefused: not one source has a folder or has delivered.
    """
    delivered = lake.read("ops.batch", "select distinct source_code as code from t")
    known = set(delivered["code"].to_pylist())
    landing = lake.root / "landing"
    due = [c for c in source_codes() if c in known or (landing / c).is_dir()]
    if not due:
        raise DataRefused(
            "landing_missing",
            f"{landing} holds no folder of a source",
            f"Mount it, or make a folder for one of: {', '.join(source_codes())}",
        )
    return due


def load_reader(source: str) -> SourceReader:
    """The reader of a source: its own, or by the layouts of its messages.

    Raises:
        UsageError: there is no such source.
    """
    if source not in source_codes():
        raise UsageError(
            "unknown_source",
            f"`{source}` is no source",
            f"Known sources: {', '.join(source_codes())}",
        )
    if is_declared(source):
        return document_reader(source)
    reader: SourceReader = importlib.import_module(f"ingestion.{source}.read").READER
    return reader


def ingest_all(run: Run) -> dict[str, Any]:
    """Take what lies in `<lake>/landing/<source>/` of every source.

    Returns:
        Counts of each source's messages; under `refused` the sources that could not be
        taken and why: the others do not wait for them.
    """
    done: dict[str, Any] = {}
    refused: list[str] = []
    for source in source_codes():
        landing = run.lake.root / "landing" / source
        if not landing.is_dir():
            continue
        try:
            result = ingest_source(run, source, landing)
        except DataRefused as error:
            refused.append(f"{source}: {error}")
        else:
            done |= {f"{source} {name}": value for name, value in result.items()}
    return done | ({"refused": refused} if refused else {})


def ingest_source(run: Run, source: str, landing: Path) -> dict[str, int]:
    """Take every new file of one source; counts of its messages."""
    with console.progress() as bars:
        shown = _Taken(bars, source)
        return _counts(ingest(run, load_reader(source), landing, shown))


class _Taken:
    """A bar that moves with the files taken and shows their bytes."""

    def __init__(self, bars: Progress, source: str) -> None:
        self._bars = bars
        self._bar = bars.add_task(f"Nạp {source}", total=None, rate="")
        self._begun = clock.perf_counter()
        self._bytes = 0

    def __call__(self, file: FilePlan) -> None:
        """Tell that a file has been taken."""
        self._bytes += file.size
        rate = self._bytes / 1e6 / max(clock.perf_counter() - self._begun, 1e-9)
        self._bars.update(self._bar, advance=1, rate=f"{rate:.0f} MB/s")


def _counts(result: BatchResult) -> dict[str, int]:
    return {
        "messages": result.messages,
        "accepted": result.accepted,
        "rejected": result.rejected,
        "pending": result.pending,
    }
