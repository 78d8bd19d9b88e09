"""Divided messages, in one file and over files."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from ingestion.vnaccs.explain import explain
from ingestion.vnaccs.parts import give_up, join_parts
from lakehouse.derive.to_message import divide

from .wire import Found, ida, parcel, result

MOMENT = datetime(2026, 11, 3, tzinfo=UTC)


def waiting(*files: bytes) -> pa.Table:
    """The parts of files that came one hour after another."""
    tables = []
    for number, data in enumerate(files):
        parts = Found(data).parts.to_pylist()
        moment = MOMENT + timedelta(hours=number)
        tables += [
            part | {"source_file": f"f{number}", "received_at": moment}
            for part in parts
        ]
    return pa.Table.from_pylist(tables, schema=Found(b"").parts.schema)


def test_parts_are_pending_and_a_whole_message_in_one_part_is_not() -> None:
    found = Found(b"".join(divide(result(), 2)) + result(divide_no="001", end_flag="E"))
    assert found.parts["part_no"].to_pylist() == [1, 2]
    assert found.parts["is_last"].to_pylist() == [False, True]
    assert len(found.evidence) == 1
    assert found.messages == 3


def test_parts_in_any_order_become_the_message_that_was_divided() -> None:
    whole = Found(result("100000000011")).tables["vnaccs__declaration"][0]
    parts = divide(result("100000000011"), 3)
    joined = join_parts(waiting(parts[2] + parts[0] + parts[1]))
    (row,) = joined.whole.tables["vnaccs__declaration"].to_pylist()
    assert row["importer_name"] == whole["importer_name"]
    assert joined.still_pending.num_rows == 0
    assert joined.whole.messages == 1


def test_the_evidence_of_a_joined_message_is_its_parts_one_after_another() -> None:
    parts = divide(result(), 2)
    joined = join_parts(waiting(parts[1], parts[0]))
    (row,) = joined.whole.tables["vnaccs__message"].to_pylist()
    blank = [part.replace(b"MATKHAU1", b" " * 8) for part in parts]
    assert row["message_payload"] == b"".join(blank)
    again = join_parts(waiting(row["message_payload"]))
    assert again.whole.messages == 1


def test_a_joined_message_has_the_file_of_its_first_part_and_the_time_of_its_last() -> (
    None
):
    parts = divide(result(), 2)
    joined = join_parts(waiting(parts[1], parcel() + parts[0]))
    (row,) = joined.whole.tables["vnaccs__message"].to_pylist()
    assert (row["_source_file"], row["_source_offset"]) == ("f0", 0)
    assert row["_received_at"] == MOMENT + timedelta(hours=1)


def test_mixed_messages_find_their_own_parts_and_the_unmatched_wait() -> None:
    one, two = divide(result(data_info="1"), 2), divide(result(data_info="2"), 3)
    joined = join_parts(waiting(one[0] + two[0] + one[1] + two[2]))
    assert joined.whole.messages == 1
    assert joined.still_pending["part_no"].to_pylist() == [1, 3]


def test_a_message_that_is_divided_and_sent_twice_is_two_messages() -> None:
    parts = divide(result(), 2)
    joined = join_parts(waiting(b"".join(parts), b"".join(parts)))
    assert joined.whole.tables["vnaccs__message"].num_rows == 2
    warnings = joined.whole.tables["vnaccs__message"]["warning_codes"].to_pylist()
    assert warnings == [None, "duplicate"]


def test_a_bad_joined_message_is_rejected_with_its_place() -> None:
    bad = ida(NO="12O", ICN="100000000000")
    joined = join_parts(waiting(parcel() + b"".join(divide(bad, 2))))
    (row,) = joined.whole.rejected.to_pylist()
    assert (row["code"], row["source_offset"]) == ("bad_integer", len(parcel()))
    assert row["_source_file"] == "f0"


def test_nothing_to_join_gives_nothing() -> None:
    joined = join_parts(waiting())
    assert [rows.num_rows for rows in joined.whole.tables.values()] == [0]
    assert (joined.whole.messages, joined.still_pending.num_rows) == (0, 0)


def test_parts_that_waited_too_long_are_rejected_one_by_one() -> None:
    parts = divide(result(), 3)
    given_up = give_up(waiting(parts[0] + parts[2]))
    rows = given_up.rejected.to_pylist()
    assert given_up.messages == len(rows)
    assert [row["code"] for row in rows] == ["missing_part"] * 2
    assert [row["_source_file"] for row in rows] == ["f0", "f0"]


def test_explain_reports_a_missing_part_once_and_reads_on(tmp_path) -> None:
    path = tmp_path / "a.msg"
    parts = divide(result(), 3)
    path.write_bytes(parts[0] + parcel() + parts[1])
    missing, whole = explain(path)["messages"]
    assert (missing["reasons"], missing["parts"]) == (["missing_part"], [1, 2])
    assert whole["outcome"] == "accepted"
