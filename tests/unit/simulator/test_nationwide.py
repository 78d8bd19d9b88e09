"""Landing files and truth of some days."""

from collections import Counter
from datetime import date

import pyarrow.parquet as pq
import pytest

from ingestion.vnaccs.explain import explain
from simulator.errors import SimulationRefused
from simulator.nationwide import Plan, simulate
from simulator.quirks import quirk_rates
from simulator.world import build_world
from tests.unit.simulator.conftest import DAY

TINY = 0.0005


def plan(out, first=DAY, days=1, rates=("10x",), **others):
    return Plan(
        seed=3,
        scale=TINY,
        first=first,
        days=days,
        rates=quirk_rates(rates),
        out=out,
        **others,
    )


def files_below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*.msg")
    }


def test_truth_counts_equal_the_messages_in_the_files(tmp_path):
    (report,) = simulate(plan(tmp_path))
    truth = pq.read_table(
        tmp_path / "truth" / str(DAY) / "messages.parquet"
    ).to_pylist()
    extras = pq.read_table(tmp_path / "truth" / str(DAY) / "extras.parquet").num_rows
    there = [row for row in truth if row["file"]]
    assert report.messages == len(there)
    expected = Counter(
        "rejected" if row["outcome"] == "rejected" else "accepted" for row in there
    )
    expected["rejected"] += extras
    found = Counter(
        entry["outcome"]
        for path in (tmp_path / "landing").rglob("*.msg")
        for entry in explain(path)["messages"]
    )
    assert found == expected
    assert all(row["outcome"] == "lost" for row in truth if not row["file"])


def test_a_message_lies_where_the_truth_says(tmp_path):
    list(simulate(plan(tmp_path, rates=("off",))))
    truth = pq.read_table(
        tmp_path / "truth" / str(DAY) / "messages.parquet"
    ).to_pylist()
    for row in truth[::97]:
        data = (tmp_path / "landing" / "vnaccs" / row["file"]).read_bytes()
        message = data[row["file_offset"] : row["file_offset"] + row["length"]]
        assert message[3:8].decode().strip() == row["procedure_code"]
        assert row["declaration_key"].encode() in message


def test_a_day_is_the_same_alone_and_among_others_and_by_two_writers(tmp_path):
    list(simulate(plan(tmp_path / "all", first=date(2026, 11, 3), days=2)))
    list(simulate(plan(tmp_path / "one", processes=2)))
    alone = files_below(tmp_path / "one")
    together = files_below(tmp_path / "all")
    assert alone == {name: together[name] for name in together if "_20261104_" in name}


def test_the_time_of_a_file_is_the_arrival_of_its_last_message(tmp_path):
    list(simulate(plan(tmp_path)))
    truth = pq.read_table(
        tmp_path / "truth" / str(DAY) / "messages.parquet"
    ).to_pylist()
    for path in (tmp_path / "landing" / "vnaccs").rglob("*.msg"):
        name = str(path.relative_to(tmp_path / "landing" / "vnaccs"))
        arrivals = [row["arrived_at"] for row in truth if row["file"] == name]
        assert path.stat().st_mtime == max(arrivals).timestamp()


def test_what_arrives_later_may_be_left_out(tmp_path):
    list(simulate(plan(tmp_path, until=date(2026, 11, 5))))
    folders = {path.name for path in (tmp_path / "landing" / "vnaccs").iterdir()}
    assert folders == {"2026-11-04"}


@pytest.mark.parametrize("scale", [0, -1, 7])
def test_a_scale_that_numbers_cannot_carry_is_refused(scale):
    with pytest.raises(SimulationRefused, match="bad_scale"):
        build_world(1, scale)
