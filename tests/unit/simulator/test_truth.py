"""What the truth says of facts that messages tell once, twice or never."""

from datetime import date

import pyarrow.parquet as pq
import pytest

from simulator.nationwide import Plan, simulate
from simulator.quirks import quirk_rates
from tests.unit.simulator.conftest import DAY

TINY = 0.003


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    """The truth of a small day, by the quirk that is planted in it."""
    made = {}

    def of(name, *quirks):
        if quirks not in made:
            out = tmp_path_factory.mktemp("truth")
            rates = quirk_rates(["off", *quirks])
            list(simulate(Plan(3, TINY, DAY, 1, rates, out)))
            made[quirks] = out / "truth" / str(DAY)
        return pq.read_table(made[quirks] / f"{name}.parquet").to_pylist()

    return of


def lost(rows, column="lost_to"):
    return {row[column] for row in rows} - {""}


@pytest.mark.parametrize("name", ["versions", "events"])
def test_of_messages_without_quirks_everything_can_be_known(truth, name):
    rows = truth(name)
    assert len(rows) > 500
    assert lost(rows) == set()
    assert all(row["received_at"] is not None for row in rows)


def test_only_containers_of_imports_stand_in_no_message(truth):
    rows = truth("links")
    assert {row["link_code"] for row in rows} >= {"bill", "container", "invoice"}
    untold = [row for row in rows if row["lost_to"]]
    assert untold
    assert {row["link_code"] for row in untold} == {"container"}
    assert {row["declaration_key"][0] for row in untold} == {"1"}
    assert lost(untold) == {"no_message"}


@pytest.mark.parametrize("quirk", ["repeated", "repeated_new_id", "reoutput"])
def test_what_is_told_twice_happened_once(truth, quirk):
    assert len(truth("events", f"{quirk}=1")) == len(truth("events"))
    assert lost(truth("events", f"{quirk}=1")) == set()


def test_a_designation_that_is_made_again_is_another_event(truth):
    once, twice = truth("events"), truth("events", "designated_again=1")
    again = [row for row in once if row["event_code"] == "inspection_designated"]
    assert again
    assert len(twice) == len(once) + 2 * len(again)


def test_what_was_never_sent_is_lost_to_its_quirk(truth):
    rows = truth("versions", "amendment_lost=1")
    gone = [row for row in rows if row["lost_to"]]
    assert {row["declaration_version"] for row in gone} == {1}
    assert lost(gone) == {"amendment_lost"}
    assert all(row["received_at"] is None for row in gone)


def test_a_version_is_known_by_its_answer_when_the_sent_message_is_rejected(truth):
    messages = truth("messages", "unknown_procedure=1")
    assert any(row["outcome"] == "rejected" for row in messages)
    assert lost(truth("versions", "unknown_procedure=1")) == set()
    assert lost(truth("events", "unknown_procedure=1")) == {"unknown_procedure"}


def test_a_wrong_clock_loses_the_time_and_not_the_event(truth):
    rows = truth("events", "clock_utc=1")
    assert lost(rows) == set()
    assert lost(rows, "time_lost_to") == {"clock_utc"}


def test_halves_in_two_files_are_known_when_the_second_has_come(truth):
    plain = {
        (row["declaration_key"], row["declaration_version"], row["event_code"]): row
        for row in truth("events")
    }
    late = truth("events", "divided_late=1")
    assert lost(late) == set()
    waited = [
        row["received_at"]
        - plain[
            (row["declaration_key"], row["declaration_version"], row["event_code"])
        ]["received_at"]
        for row in late
        if row["event_code"] == "cleared"
    ]
    assert max(waited).total_seconds() > 3_600


def test_what_had_not_arrived_is_not_lost_to_a_quirk(tmp_path):
    rates, until = quirk_rates(["off"]), date(2026, 11, 5)
    list(simulate(Plan(3, TINY, DAY, 1, rates, tmp_path, until=until)))
    rows = pq.read_table(tmp_path / "truth" / str(DAY) / "events.parquet").to_pylist()
    assert lost(rows) == {"not_landed"}
