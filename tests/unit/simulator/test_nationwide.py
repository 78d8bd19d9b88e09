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


@pytest.fixture(scope="module")
def ten_times(tmp_path_factory):
    """A day with ten times the natural quirks: its folder and its report."""
    out = tmp_path_factory.mktemp("ten_times")
    (report,) = simulate(plan(out))
    return out, report


def truth_below(out):
    return pq.read_table(out / "truth" / str(DAY) / "messages.parquet").to_pylist()


def test_truth_counts_equal_the_messages_in_the_files(ten_times):
    out, report = ten_times
    truth = truth_below(out)
    extras = pq.read_table(out / "truth" / str(DAY) / "extras.parquet").num_rows
    there = [row for row in truth if row["file"]]
    assert report.messages == len(there)
    expected = Counter(
        # Half a message is whole only together with what another file holds.
        "rejected" if row["outcome"] == "rejected" or row["part_no"] else "accepted"
        for row in there
    )
    expected["rejected"] += extras
    # Of a small day both halves may lie in one file.
    halves = Counter((row["file"], row["serial"]) for row in there if row["part_no"])
    joined = sum(count == 2 for count in halves.values())
    expected += Counter({"accepted": joined})
    expected["rejected"] -= 2 * joined
    found = Counter(
        entry["outcome"]
        for path in (out / "landing").rglob("*.msg")
        for entry in explain(path)["messages"]
    )
    assert found == expected
    assert all(row["outcome"] == "lost" for row in truth if not row["file"])


def test_a_message_lies_where_the_truth_says(ten_times):
    out, _ = ten_times
    # Files that are sent before their declaration do not name it.
    plain = [
        row
        for row in truth_below(out)
        if not row["quirk_code"] and row["event_code"] != "attaching"
    ]
    assert len(plain) > 500
    for row in plain[::37]:
        data = (out / "landing" / "vnaccs" / row["file"]).read_bytes()
        message = data[row["file_offset"] : row["file_offset"] + row["length"]]
        assert message[3:8].decode().strip() == row["procedure_code"]
        assert row["declaration_key"].encode() in message


def test_the_time_of_a_file_is_the_arrival_of_its_last_message(ten_times):
    out, _ = ten_times
    truth = truth_below(out)
    for path in (out / "landing" / "vnaccs").rglob("*.msg"):
        name = str(path.relative_to(out / "landing" / "vnaccs"))
        arrivals = [row["arrived_at"] for row in truth if row["file"] == name]
        assert path.stat().st_mtime == max(arrivals).timestamp()


def test_a_day_is_the_same_alone_and_among_others_and_by_two_writers(
    ten_times, tmp_path
):
    list(simulate(plan(tmp_path, first=date(2026, 11, 3), days=2, processes=2)))
    alone, together = files_below(ten_times[0]), files_below(tmp_path)
    assert alone == {name: together[name] for name in together if "_20261104_" in name}


def test_files_from_a_day_on_are_those_of_the_whole_run(ten_times, tmp_path):
    list(simulate(plan(tmp_path, since=date(2026, 11, 5))))
    whole, rest = files_below(ten_times[0]), files_below(tmp_path)
    assert rest
    assert rest == {
        name: content for name, content in whole.items() if "2026-11-04/" not in name
    }


def test_what_arrives_later_may_be_left_out(tmp_path):
    list(simulate(plan(tmp_path, until=date(2026, 11, 5))))
    folders = {path.name for path in (tmp_path / "landing" / "vnaccs").iterdir()}
    assert folders == {"2026-11-04"}


@pytest.mark.parametrize("scale", [0, -1, 7])
def test_a_scale_that_numbers_cannot_carry_is_refused(scale):
    with pytest.raises(SimulationRefused, match="bad_scale"):
        build_world(1, scale)
