"""Large batches are read by several processes, to the same rows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.vnaccs.read import READER
from lakehouse import intake, runs
from lakehouse.batches import Parsed
from lakehouse.errors import DataRefused, EnvironmentFault
from lakehouse.settings import settings
from lakehouse.tables import Lake
from lakehouse.verify import verify_lake

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    """A small simulated day."""
    out = tmp_path_factory.mktemp("nation")
    day = ["--scale", "0.001", "--days", "1", "--seed", "3", "--from", "2026-11-02"]
    subprocess.run(
        [sys.executable, "-m", "lakehouse", "simulate", *day, "--out", str(out)],
        check=True,
        capture_output=True,
    )
    return out / "landing" / "vnaccs"


@pytest.fixture
def shared(monkeypatch):
    """Every file is a task of its own, and every batch is shared out."""
    monkeypatch.setenv("CUSTOMS_PARALLEL_BATCH_BYTES", "2")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def take(root: Path, landing: Path, reader=READER) -> Lake:
    lake = Lake(root)
    with runs.start_run(lake, "test") as run:
        intake.ingest(run, reader, landing)
    return lake


def content(lake: Lake) -> dict[str, list[str]]:
    found = {}
    for name, table in lake.contracts.tables.items():
        if table.schema == "raw" and lake.exists(name):
            kept = ", ".join(c for c in table.columns if c != "_ingested_at")
            rows = lake.read(name, f"select {kept} from t").to_pylist()
            found[name] = sorted(map(repr, rows))
    return found


def test_a_batch_shared_out_gives_the_same_rows(landing, tmp_path, shared):
    together = take(tmp_path / "together", landing)
    settings().parallel_batch_bytes = 1 << 40
    alone = take(tmp_path / "alone", landing)
    assert len(together.delta("raw.vnaccs__message").file_uris()) > 1
    assert content(together) == content(alone)
    assert all(finding.holds for finding in verify_lake(together))


def test_a_batch_that_was_cut_short_is_completed_by_one_process(
    landing, tmp_path, monkeypatch, shared
):
    real, calls = Lake.add_files, 0

    def dies(self, *arguments):
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt
        real(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "add_files", dies)
        with pytest.raises(KeyboardInterrupt):
            take(tmp_path / "lake", landing)
    settings().parallel_batch_bytes = 1 << 40
    again = take(tmp_path / "lake", landing)
    assert content(again) == content(take(tmp_path / "whole", landing))
    assert all(finding.holds for finding in verify_lake(again))


def test_files_of_a_drive_that_died_do_not_stay(landing, tmp_path, monkeypatch, shared):
    def dies(self, *arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "add_files", dies)
        with pytest.raises(KeyboardInterrupt):
            take(tmp_path / "lake", landing)
    folder = Lake(tmp_path / "lake").path("raw.vnaccs__message")
    left = {path.name for path in folder.glob("*.parquet")}
    lake = take(tmp_path / "lake", landing)
    now = {path.name for path in folder.glob("*.parquet")}
    added = {Path(uri).name for uri in lake.delta("raw.vnaccs__message").file_uris()}
    assert left
    assert now == added
    assert not left & now


def refused(path: Path) -> Iterator[Parsed]:
    """A reader that says what is wrong with its file."""
    raise DataRefused("odd_file", f"{path.name} is odd", "Mend it")


def test_what_a_reading_process_refuses_is_told_as_it_is(landing, tmp_path, shared):
    with pytest.raises(DataRefused, match=r"odd_file: .* is odd\. Mend it") as told:
        take(tmp_path / "lake", landing, READER._replace(read=refused))
    assert told.value.remedy == "Mend it"


def killed(path: Path) -> Iterator[Parsed]:
    """A reader whose process is ended from outside."""
    os._exit(9)


def test_a_reading_process_that_is_ended_is_told_with_the_remedy(
    landing, tmp_path, shared
):
    reader = READER._replace(read=killed)
    with pytest.raises(EnvironmentFault, match=r"reader_ended: .*memory"):
        take(tmp_path / "lake", landing, reader)
    lake = take(tmp_path / "lake", landing)
    assert all(finding.holds for finding in verify_lake(lake))
