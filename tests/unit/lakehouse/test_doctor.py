"""What is missing is named with a remedy; what is only wanted breaks nothing."""

import json
import socket

import pytest
from typer.testing import CliRunner

from lakehouse.derive.to_rows import to_rows
from lakehouse.doctor import machine
from lakehouse.doctor.commands import app
from lakehouse.doctor.health import Size, by_size, examine
from lakehouse.doctor.lake import check_lake
from lakehouse.doctor.servers import java_health, maven_health, port_health
from lakehouse.lease import hold_lease
from lakehouse.migrations import check_lake_version
from lakehouse.settings import settings
from lakehouse.tables import Lake


def states(found):
    return {one.name: one.state for one in found}


@pytest.fixture
def written(lake):
    """A lake in which something was run."""
    (lake.root / "ops").mkdir(parents=True, exist_ok=True)
    check_lake_version(lake)
    return lake


def test_all_that_the_page_promises_is_looked_at(tmp_path):
    found = states(examine(Lake(tmp_path / "none")))
    servers = {"java_spark", "java_trino", "maven"}
    ports = {"port_spark", "port_trino", "port_airflow"}
    machine_and_lake = {"python", "packages", "disk", "memory", "fonts", "lake"}
    assert set(found) == servers | ports | machine_and_lake


def test_what_is_not_well_has_a_remedy_and_what_is_well_has_none(written):
    found = examine(written)
    assert all((one.state == "well") == (one.remedy_vi is None) for one in found)


@pytest.mark.parametrize(
    ("found", "state"), [(1.9, "broken"), (2.0, "wanted"), (40.0, "well")]
)
def test_room_below_the_least_is_broken_and_below_the_wanted_is_wanted(found, state):
    health = by_size("disk", "Ổ đĩa", found, Size(2, 40), "Dọn ổ đĩa")
    assert health.state == state


def test_another_python_is_broken():
    assert machine.python_health("3.10.1").state == "broken"
    assert machine.python_health("3.11.7").state == "well"


def test_a_machine_without_letters_java_and_maven_still_works(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.font_health("vi").state == "wanted"
    assert maven_health().state == "wanted"
    assert java_health("java_spark", "Java", 99).state == "wanted"


def test_a_port_that_another_program_has_is_named_with_its_setting():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        taken = port_health("trino", port, is_ours=False)
        assert taken.state == "wanted"
        assert "CUSTOMS_TRINO_PORT" in taken.remedy_vi
        assert port_health("trino", port, is_ours=True).state == "well"


def test_a_lake_that_is_being_written_names_its_writer(written):
    with hold_lease(written.root, "customs run"):
        (lease,) = [one for one in check_lake(written) if one.name == "lease"]
    assert lease.state == "wanted"
    assert "customs run" in lease.found_vi
    assert states(check_lake(written))["lease"] == "well"


def test_a_lake_of_newer_software_is_broken(written):
    (written.root / "ops" / "_lake.json").write_text('{"lake_version": 999}')
    assert states(check_lake(written))["lake_version"] == "broken"


def test_lists_that_are_not_there_and_lists_that_are_samples_are_named(written):
    rows = [{"office_code": "01AB", "is_sample": True, "known_until": None}]
    table = written.contracts.table("ref.office")
    written.append("ref.office", to_rows(table, rows))
    found = {one.name: one for one in check_lake(written)}
    assert found["lists"].state == "wanted"
    assert found["lists"].found_vi.startswith("1 trên ")
    assert found["sample_lists"].found_vi == "1: office"


@pytest.mark.parametrize(("version", "code"), [(999, 3), (1, 0)])
def test_programs_get_json_and_an_exit_code(written, monkeypatch, version, code):
    (written.root / "ops" / "_lake.json").write_text(
        json.dumps({"lake_version": version})
    )
    monkeypatch.setenv("CUSTOMS_LAKE", str(written.root))
    settings.cache_clear()
    done = CliRunner().invoke(app, ["--json"])
    assert done.exit_code == code
    assert {one["name"] for one in json.loads(done.output)} >= {"python", "lease"}
