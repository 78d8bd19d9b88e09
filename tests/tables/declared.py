"""Files of declared sources arrive, and are taken to core."""

import os
from datetime import datetime
from pathlib import Path

from ingestion.stage import load_reader
from lakehouse.entities import update_source
from lakehouse.intake import ingest
from lakehouse.replace import Workspace
from lakehouse.runs import start_run
from lakehouse.tables import Lake


def arrive(path: Path, payload: bytes, moment: datetime) -> None:
    """A file as the landing service leaves it: its time is that of arrival."""
    path.write_bytes(payload)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def take(lake: Lake, landing: Path, source: str) -> dict[str, int]:
    """Landing → core of one source; rows changed by table."""
    with start_run(lake, "test") as one:
        ingest(one, load_reader(source), landing)
        return update_source(one, Workspace(one), source)
