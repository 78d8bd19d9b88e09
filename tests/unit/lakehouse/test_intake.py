"""Landing → raw takes each file once, loses nothing, and survives any ending."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from lakehouse import intake, raw, runs
from lakehouse.errors import DataRefused, EnvironmentFault
from lakehouse.lease import hold_lease
from lakehouse.tables import Lake
from lakehouse.verify import verify_lake
from tests.unit.lakehouse.toy_source import TOY, toy_lake


@pytest.fixture
def toy(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    return toy_lake(tmp_path), landing


def put(landing, name: str, text: str, day: int = 1) -> None:
    path = landing / name
    path.write_text(text)
    moment = datetime(2026, 11, day, 2, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))


def take(lake: Lake, landing):
    with runs.start_run(lake, "test") as run:
        return intake.ingest(run, TOY, landing)


def messages(lake: Lake) -> list[str]:
    rows = lake.read("raw.toy__message", "select part_key from t order by part_key")
    return rows["part_key"].to_pylist()


def test_each_message_becomes_evidence_or_a_rejected_row(toy):
    lake, landing = toy
    put(landing, "a.txt", "one\nbad two\nthree\n")
    result = take(lake, landing)
    assert (result.messages, result.accepted, result.rejected) == (3, 2, 1)
    assert messages(lake) == ["one", "three"]
    refused = lake.read("ops.rejected").to_pylist()
    assert [r["rejection_code"] for r in refused] == ["bad_line"]
    assert refused[0]["rejected_payload"] == b"bad two\n"
    assert refused[0]["source_offset"] == 4


def test_the_same_content_again_changes_nothing_whatever_its_name(toy):
    lake, landing = toy
    put(landing, "a.txt", "one\n")
    take(lake, landing)
    put(landing, "b.txt", "one\n", day=2)
    assert take(lake, landing).messages == 0
    assert messages(lake) == ["one"]


def test_rows_keep_the_arrival_time_of_their_file(toy):
    lake, landing = toy
    put(landing, "a.txt", "one\n", day=7)
    take(lake, landing)
    row = lake.read("raw.toy__message").to_pylist()[0]
    assert row["_received_at"] == datetime(2026, 11, 7, 2, tzinfo=UTC)
    assert row["_source_file"] == "a.txt"


def test_parts_wait_for_a_later_batch_and_are_joined_once(toy):
    lake, landing = toy
    put(landing, "a.txt", "part 1/2 whole\n")
    assert take(lake, landing).pending == 1
    assert messages(lake) == []
    put(landing, "b.txt", "part 2/2 whole\n", day=1)
    result = take(lake, landing)
    assert (result.joined, result.resolved, result.pending) == (1, 2, -1)
    assert messages(lake) == ["whole"]
    assert all(finding.holds for finding in verify_lake(lake))


def test_parts_that_were_joined_long_ago_are_left_where_they_lie(toy):
    lake, landing = toy
    put(landing, "o'ne.txt", "part 1/2 first\npart 2/2 first\n")
    take(lake, landing)
    (joined,) = lake.delta("ops.pending").file_uris()
    for number in range(2):
        put(landing, f"{number}.txt", f"part {number + 1}/2 second\n")
        take(lake, landing)
    files = lake.delta("ops.pending").file_uris()
    assert joined in files
    assert messages(lake) == ["first", "second"]
    resolved = lake.read("ops.pending")["resolved_batch_seq"].to_pylist()
    assert sorted(resolved) == [1, 1, 3, 3]
    assert all(finding.holds for finding in verify_lake(lake))


def test_parts_of_a_file_that_is_read_by_a_newer_reader_stand_once(toy, monkeypatch):
    lake, landing = toy
    put(landing, "a.txt", "part 1/2 whole\npart 2/2 whole\n")
    take(lake, landing)
    monkeypatch.setattr(f"{__name__}.TOY", TOY._replace(version="next"))
    take(lake, landing)
    places = lake.read("ops.pending")["source_offset"].to_pylist()
    assert len(places) == len(set(places)) == 2


def test_a_part_that_waited_too_long_is_rejected(toy):
    lake, landing = toy
    put(landing, "a.txt", "part 1/2 lonely\n", day=1)
    put(landing, "b.txt", "one\n", day=3)
    take(lake, landing)
    codes = lake.read("ops.rejected")["rejection_code"].to_pylist()
    assert codes == ["missing_part"]
    assert all(finding.holds for finding in verify_lake(lake))


@pytest.mark.parametrize("step", ["write_file", "add_files", "overwrite", "update"])
def test_a_batch_that_was_cut_short_is_driven_again_to_the_same_rows(
    toy, monkeypatch, step
):
    lake, landing = toy
    put(landing, "a.txt", "one\nbad\npart 1/2 whole\n")
    take(lake, landing)
    put(landing, "b.txt", "two\npart 2/2 whole\nbad again\n")
    calls = 0
    real = getattr(Lake, step)

    def dies_late(self, name, *arguments, **named):
        nonlocal calls
        watched = name.startswith("raw.") or name in ("ops.pending", "ops.batch")
        calls += watched
        if watched and calls == 2:
            raise KeyboardInterrupt
        return real(self, name, *arguments, **named)

    monkeypatch.setattr(Lake, step, dies_late)
    try:
        take(lake, landing)
    except KeyboardInterrupt:
        pass
    monkeypatch.setattr(Lake, step, real)
    take(lake, landing)
    assert messages(lake) == ["one", "two", "whole"]
    assert lake.read("ops.rejected", "select count(*) as n from t")["n"][0].as_py() == 2
    assert all(finding.holds for finding in verify_lake(lake))


def test_a_large_batch_is_written_in_pieces_that_are_not_doubled(toy, monkeypatch):
    lake, landing = toy
    monkeypatch.setattr(raw, "PIECE_BYTES", 1)
    for number in range(3):
        put(landing, f"{number}.txt", f"line {number}\n")
    take(lake, landing)
    assert len(messages(lake)) == 3


def test_a_planned_file_that_changed_is_refused_with_its_name(toy, monkeypatch):
    lake, landing = toy
    put(landing, "a.txt", "one\n")
    real = Lake.add_files

    def fails_on_raw(self, name, *arguments, **named):
        if name.startswith("raw."):
            raise KeyboardInterrupt
        return real(self, name, *arguments, **named)

    monkeypatch.setattr(Lake, "add_files", fails_on_raw)
    with pytest.raises(KeyboardInterrupt):
        take(lake, landing)
    monkeypatch.setattr(Lake, "add_files", real)
    put(landing, "a.txt", "other\n")
    with pytest.raises(DataRefused, match=r"planned_file_gone: a\.txt"):
        take(lake, landing)


def test_a_missing_landing_folder_names_the_remedy(toy):
    lake, landing = toy
    with pytest.raises(DataRefused, match="--from"):
        take(lake, landing / "nowhere")


def test_two_runs_at_once_are_refused_with_the_holder(toy):
    lake, _ = toy
    with hold_lease(lake.root, "customs run"):
        with pytest.raises(EnvironmentFault, match=r"lake_busy: .*customs run"):
            take(lake, lake.root)


def test_run_numbers_have_no_gap_and_a_killed_run_is_closed(toy):
    lake, landing = toy
    put(landing, "a.txt", "one\n")
    with pytest.raises(ValueError, match="boom"), runs.start_run(lake, "fails"):
        raise ValueError("boom")
    take(lake, landing)
    rows = lake.read("ops.run", "select run_seq, run_status from t order by run_seq")
    assert rows["run_seq"].to_pylist() == [1, 2]
    assert rows["run_status"].to_pylist() == ["failed", "succeeded"]


def test_a_lake_of_a_newer_version_is_refused(toy):
    lake, landing = toy
    put(landing, "a.txt", "one\n")
    take(lake, landing)
    (lake.root / "ops" / "_lake.json").write_text('{"lake_version": 99}')
    with pytest.raises(EnvironmentFault, match="lake_newer"):
        take(lake, landing)


def test_an_unwritable_lake_names_the_remedy(toy, tmp_path):
    lake, landing = toy
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(EnvironmentFault, match="lake_unwritable"):
        take(Lake(blocked / "lake", lake.contracts), landing)
