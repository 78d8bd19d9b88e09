"""Which sources a night takes in."""

import shutil

import pytest

from ingestion import stage
from ingestion.stage import due_sources, source_codes
from lakehouse import lake_commands
from lakehouse.derive.to_rows import to_rows
from lakehouse.errors import DataRefused
from lakehouse.runs import start_run


@pytest.mark.parametrize("source", source_codes())
def test_every_source_of_the_product_is_taken_once_it_has_a_landing_folder(
    lake, source
):
    (lake.root / "landing" / source).mkdir(parents=True)
    assert due_sources(lake) == [source]


def test_a_source_that_has_delivered_is_due_though_its_folder_is_gone(lake):
    (lake.root / "landing" / "ref").mkdir(parents=True)
    batch = {"source_code": "vnaccs", "batch_seq": 1}
    lake.append("ops.batch", to_rows(lake.contracts.table("ops.batch"), [batch]))
    assert due_sources(lake) == ["ref", "vnaccs"]
    shutil.rmtree(lake.root / "landing")
    assert due_sources(lake) == ["vnaccs"]


def test_a_lake_without_any_landing_folder_is_a_mount_that_failed(lake):
    with pytest.raises(DataRefused) as refused:
        due_sources(lake)
    assert refused.value.code == "landing_missing"


def test_a_source_that_cannot_be_taken_stops_no_other(lake, monkeypatch):
    taken = []

    def take(run, source, landing):
        if source == "kcs":
            raise DataRefused("planned_file_gone", "a.csv is gone", "Put it back")
        taken.append(source)
        return {"messages": 1}

    monkeypatch.setattr(stage, "ingest_source", take)
    for source in ("epay", "kcs", "vnaccs"):
        (lake.root / "landing" / source).mkdir(parents=True)
    with start_run(lake, "test") as run:
        done = stage.ingest_all(run)
    assert taken == ["epay", "vnaccs"]
    assert done == {
        "epay messages": 1,
        "vnaccs messages": 1,
        "refused": ["kcs: planned_file_gone: a.csv is gone. Put it back"],
    }


def test_a_run_without_a_source_ends_and_then_fails(monkeypatch):
    report = {
        "run_seq": 1,
        "stages": {"ingest": {"seconds": 1.0, "refused": ["kcs: x"]}},
    }
    monkeypatch.setattr(lake_commands, "carry_out", lambda *_: report)
    with pytest.raises(DataRefused, match=r"source_refused: .*kcs: x"):
        lake_commands.run_all(as_json=True)
