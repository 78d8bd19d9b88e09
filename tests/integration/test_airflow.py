"""The nightly schedule, really run once by Airflow in its own environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lakehouse.servers.airflow import airflow_environment, airflow_program
from lakehouse.tables import Lake
from tests.integration.listening import addresses_of
from tests.integration.nation import (
    FIRST_DAY,
    customs,
    lists_arrive,
    messages_arrive,
    night_after,
    simulate,
)

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(900)]

DAG = "daily_core"
COMMANDS = ["customs ingest ref", "customs ingest vnaccs", "customs build"]


def variables(lake: Path) -> dict[str, str]:
    # No server listens there: nothing that is called needs one.
    environment = airflow_environment(lake, port=1)
    return os.environ | environment | night_after(FIRST_DAY)


def airflow(lake: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of Airflow on a lake, on the night after its first day."""
    return subprocess.run(
        [str(airflow_program()), *words],
        env=variables(lake),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def arrivals(tmp_path_factory, needed) -> Path:
    needed(airflow_program)
    return simulate(tmp_path_factory.mktemp("nation"), scale=0.001, days=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory, needed) -> Path:
    """A lake with the database of Airflow and nothing else."""
    needed(airflow_program)
    lake = tmp_path_factory.mktemp("airflow") / "lake"
    done = airflow(lake, "db", "migrate")
    assert done.returncode == 0, done.stderr[-2000:]
    return lake


@pytest.fixture(scope="module")
def night(home, arrivals) -> Lake:
    """The lake after its night."""
    lists_arrive(home)
    messages_arrive(home, arrivals, FIRST_DAY)
    live_one_night(home)
    return Lake(home)


def live_one_night(lake: Path) -> None:
    """Run the schedule once; a task that is to be tried again ends the test instead."""
    command = [str(airflow_program()), "dags", "test", DAG, "2026-11-03"]
    said = []
    with subprocess.Popen(
        command,
        env=variables(lake),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as night:
        for line in night.stdout:
            said.append(line)
            if "new_state=up_for_retry" in line:
                night.kill()
    assert night.returncode == 0, "".join(said)[-5000:]


def test_the_night_writes_a_manifest_with_every_gold_table(night):
    manifest = night.read("ops.manifest").to_pylist()
    newest = max(row["run_seq"] for row in manifest)
    cut = {
        r["table_name"]: r["delta_version"] for r in manifest if r["run_seq"] == newest
    }
    gold = [n for n, t in night.contracts.tables.items() if t.schema == "gold"]
    assert set(gold) <= set(cut)
    assert cut["gold.fct_declaration"] > 0
    assert cut["gold.fct_declaration"] == night.version("gold.fct_declaration")


def test_each_task_was_one_command_that_ended_well(night):
    runs = night.read("ops.run", "select * from t order by run_seq").to_pylist()
    told = [(run["run_command"], run["run_status"]) for run in runs]
    # Sources come in any order; core, gold and quality are three runs of one command.
    *ingests, builds = COMMANDS
    wanted = [(one, "succeeded") for one in [*ingests, builds, builds, builds]]
    assert sorted(told[: len(ingests)]) == wanted[: len(ingests)]
    assert told[len(ingests) :] == wanted[len(ingests) :]


def test_the_night_ends_with_the_features_of_its_day(night):
    published = night.root / "published" / "snapshots"
    current = published / (published / "current").read_text()
    manifest = json.loads((current / "manifest.json").read_bytes())
    assert manifest["as_of_date"] == "2026-11-03"
    assert manifest["records"]["enterprise"] > 0


def test_a_message_that_came_is_counted(night):
    found = night.read("gold.fct_declaration", "select count(*) as n from t")
    assert found["n"][0].as_py() > 0
    assert customs(night.root, "verify", "--json")


def test_a_task_fails_where_its_command_refuses(tmp_path, home):
    """No landing folder at all is a mount that failed, not a quiet day."""
    lake = tmp_path / "lake"
    shutil.copytree(home / "ops" / "_airflow", lake / "ops" / "_airflow")
    done = airflow(lake, "tasks", "test", DAG, "list_sources", "2026-11-03")
    # It does not succeed, and is tried again later.
    assert re.findall(r"new_state=(\w+)", done.stdout) == ["up_for_retry"]
    assert "landing_missing" in done.stdout


def test_it_is_due_at_midnight_in_viet_nam(home):
    done = airflow(home, "dags", "details", DAG, "--output", "json")
    assert done.returncode == 0, done.stderr[-2000:]
    (told,) = json.loads(done.stdout[done.stdout.index("[{") :])
    assert told["timetable_summary"] == "0 0 * * *"
    # Midnight there is 17:00 of the day before in UTC.
    assert told["next_dagrun_run_after"].endswith(" 17:00:00+00:00")
    assert told["owners"] == ["Cục Công nghệ thông tin và Thống kê hải quan"]


def test_airflow_starts_locally_and_ends_with_all_its_parts(home, needed):
    started = customs(home, "airflow", "up", "--json")
    try:
        listening = addresses_of(started["pid"])
        assert f"127.0.0.1:{urlsplit(started['url']).port}" in listening
        assert [one for one in listening if not one.startswith("127.0.0.1:")] == []
    finally:
        assert customs(home, "airflow", "down", "--json") == {"ended": True}
    assert addresses_of(started["pid"]) == []
    assert customs(home, "airflow", "status", "--json") == {"pid": None}
