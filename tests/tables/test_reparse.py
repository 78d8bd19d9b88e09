"""Families, core and gold come again from the evidence, as if the reader had no bug."""

from __future__ import annotations

import shutil

import pytest
from typer.testing import CliRunner

from ingestion.reparse import app, reparse_source
from ingestion.stage import ingest_source
from lakehouse.errors import DataRefused, UsageError
from lakehouse.runs import start_run
from lakehouse.settings import settings
from lakehouse.tables import Lake
from tests.integration.nation import FIRST_DAY, customs, night_after, simulate

pytestmark = [pytest.mark.slow, pytest.mark.engine]

PARSED = ("raw", "core", "gold", "feat")
TECHNICAL = {"_run_seq", "_ingested_at"}


def contents(lake: Lake) -> dict[str, list]:
    """Rows of what follows from the messages, without what a run puts on them."""
    found = {}
    for name, table in lake.contracts.tables.items():
        if table.schema in PARSED and lake.exists(name):
            columns = [column for column in table.columns if column not in TECHNICAL]
            rows = lake.read(name, f"select {', '.join(columns)} from t").to_pylist()
            found[name] = sorted(map(repr, rows))
    return found


@pytest.fixture(scope="module")
def nation(tmp_path_factory) -> Lake:
    """A lake after a day with divided messages and the usual quirks."""
    root = tmp_path_factory.mktemp("reparse") / "lake"
    simulate(root, scale=0.002, days=1)
    customs(root, "run", "--json", environment=night_after(FIRST_DAY))
    return Lake(root)


@pytest.fixture
def spoiled(nation, tmp_path) -> Lake:
    """The same after a reader that lost one row in two and misread the others."""
    root = tmp_path / "lake"
    shutil.copytree(nation.root, root)
    lake = Lake(root)
    lake.delta("raw.vnaccs__declaration").delete("_source_offset % 2 = 0")
    lake.update("raw.vnaccs__declaration", "true", {"office_code": "'99ZZ'"})
    return lake


def test_what_a_bug_spoiled_comes_back_from_the_evidence(nation, spoiled):
    wanted = contents(nation)
    assert contents(spoiled) != wanted
    answer = customs(
        spoiled.root, "reparse", "vnaccs", "--json", environment=night_after(FIRST_DAY)
    )
    assert answer["stages"]["reparse"]["tables"]["raw.vnaccs__declaration"] > 0
    found = contents(spoiled)
    assert {name for name in wanted if found[name] != wanted[name]} == set()
    assert customs(spoiled.root, "verify", "--json")["unverified"] == []


def test_the_same_files_are_not_taken_a_second_time_by_a_newer_reader(
    nation, tmp_path, monkeypatch
):
    root = tmp_path / "lake"
    shutil.copytree(nation.root, root)
    lake = Lake(root)
    lake.update("ops.file", "source_code = 'vnaccs'", {"reader_version": "'0'"})
    with start_run(lake, "test") as run:
        reparse_source(run, "vnaccs")
        done = ingest_source(run, "vnaccs", root / "landing" / "vnaccs")
    assert done["messages"] == 0


def test_a_reader_that_does_not_find_the_evidence_again_changes_nothing(
    nation, tmp_path
):
    root = tmp_path / "lake"
    shutil.copytree(nation.root, root)
    lake = Lake(root)
    first = "_source_offset = 0"
    lake.update("raw.vnaccs__message", first, {"template": "'ZZZ'"})
    before = lake.version("raw.vnaccs__declaration")
    with (
        pytest.raises(DataRefused, match="evidence_differs"),
        start_run(lake, "t") as run,
    ):
        reparse_source(run, "vnaccs")
    assert lake.version("raw.vnaccs__declaration") == before
    assert lake.exists("gold.fct_declaration")


def test_lists_are_loaded_again_instead(nation, monkeypatch):
    monkeypatch.setenv("CUSTOMS_LAKE", str(nation.root))
    settings.cache_clear()
    done = CliRunner().invoke(app, ["ref"])
    assert isinstance(done.exception, UsageError)
    assert "customs ref load" in done.exception.remedy
