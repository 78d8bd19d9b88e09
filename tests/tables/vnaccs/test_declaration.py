"""Core tables of the declaration: what counts, from when, and in which partition."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lakehouse.replace import Workspace
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from tests.tables.vnaccs.messages import (
    ARRIVAL,
    KEY,
    Arrivals,
    answer,
    at,
    clearance,
    parcel,
    registration,
)
from transforms.vnaccs.update import update

pytestmark = pytest.mark.engine


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


def build(lake: Lake, *batches: list) -> None:
    """Each batch arrives in a run of its own."""
    arrivals = Arrivals(lake)
    for batch in batches:
        with start_run(lake, "test") as run:
            arrivals.put(run, *batch)
            work = Workspace(run)
            work.clear()
            update(run, work)


def rows(lake: Lake, table: str, order: str) -> list[dict]:
    return lake.read(f"core.vnaccs__{table}", f"select * from t order by {order}").to_pylist()


def declarations(lake: Lake) -> list[dict]:
    return rows(lake, "declaration", "declaration_key, declaration_version, known_from")


def test_an_answer_is_typed_and_keyed(lake):
    build(lake, [registration(), answer()])
    (row,) = declarations(lake)
    assert row["declaration_key"] == KEY
    assert row["declaration_version"] == 0
    assert row["direction_code"] == "import"
    assert row["gross_weight_kg"] == Decimal("1250.0000")
    assert row["customs_value_vnd"] == Decimal(25_000_000)
    assert row["registered_at"] == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    assert row["registered_date"] == date(2026, 11, 2)
    assert row["registered_month"] == "2026-11"
    assert row["first_bill_no"] == "SCACBL1"
    assert row["known_from"] == ARRIVAL
    assert row["known_until"] is None
    assert row["is_current"]


def test_the_office_comes_from_the_registration_the_answer_leaves_it_out(lake):
    build(lake, [registration(office_code="03CC"), answer()])
    assert declarations(lake)[0]["office_code"] == "03CC"


def test_a_better_message_supersedes_what_was_known_and_keeps_it(lake):
    build(lake, [registration()], [answer(_received_at=at(1))])
    first, second = declarations(lake)
    assert (first["known_from"], first["known_until"]) == (ARRIVAL, at(1))
    assert first["invoice_total_amount"] == Decimal("1000.5000")
    assert not first["is_current"]
    assert (second["known_from"], second["known_until"]) == (at(1), None)
    assert second["is_current"]


def test_the_copy_at_clearance_does_not_replace_the_answer(lake):
    build(lake, [answer()], [clearance(_received_at=at(2))])
    assert len(declarations(lake)) == 1


def test_the_same_message_twice_is_one_row(lake):
    build(lake, [answer(), answer(_received_at=at(1))], [answer(_received_at=at(2))])
    assert len(declarations(lake)) == 1
    assert len(rows(lake, "declaration_event", "event_id")) == 1


def test_an_amendment_becomes_the_current_version(lake):
    build(
        lake,
        [registration(), answer()],
        [answer(KEY + "1", customs_value_vnd="30000000", _received_at=at(3))],
    )
    first, second = declarations(lake)
    assert (first["declaration_version"], first["is_current"]) == (0, False)
    assert (second["declaration_version"], second["is_current"]) == (1, True)


def test_an_amendment_of_an_older_month_lies_with_its_declaration(lake):
    late = answer(
        KEY + "1",
        registered_date="30102026",
        _received_at=at(90),
    )
    build(lake, [answer(registered_date="30102026")], [late])
    assert {row["registered_month"] for row in declarations(lake)} == {"2026-10"}


def test_rows_move_when_the_answer_tells_the_date_of_registration(lake):
    early = registration(_received_at=datetime(2026, 11, 1, 1, tzinfo=UTC))
    build(lake, [early], [answer(registered_date="31102026", _received_at=at(1))])
    for table in ("declaration", "declaration_line", "declaration_event"):
        months = {r["registered_month"] for r in rows(lake, table, "declaration_key")}
        assert months == {"2026-10"}, table


def test_lines_follow_the_states_of_their_declaration(lake):
    build(lake, [registration()], [answer(_received_at=at(1))])
    first, second = rows(lake, "declaration_line", "known_from")
    assert (first["line_no"], first["known_until"]) == (1, at(1))
    assert second["vat_vnd"] == Decimal(2_500_000)
    assert second["is_current"]
    assert second["registered_date"] == date(2026, 11, 2)


def test_a_parcel_is_a_declaration_with_one_line(lake):
    build(lake, [parcel()])
    (row,) = declarations(lake)
    assert row["is_low_value"]
    assert row["goods_name"] == "Áo phông"
    (line,) = rows(lake, "declaration_line", "line_no")
    assert line["customs_value_vnd"] == Decimal(990_000)
    assert line["origin_country_code"] == "CN"


def test_events_keep_four_times_apart(lake):
    build(lake, [registration(), answer(channel=2), clearance(_received_at=at(1))])
    events = {e["event_code"]: e for e in rows(lake, "declaration_event", "event_code")}
    assert set(events) == {"registered", "channel", "cleared"}
    channel = events["channel"]
    assert channel["channel_code"] == "2"
    assert channel["business_at"] == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    assert channel["server_at"] == datetime(2026, 11, 2, 1, 30, 1, tzinfo=UTC)
    assert channel["received_at"] == ARRIVAL
    assert events["cleared"]["business_at"] == datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
    assert events["registered"]["business_at"] is None


def test_a_message_without_a_number_is_rejected_and_the_rest_lands(lake):
    build(lake, [registration(""), answer(), registration("12345")])
    codes = rows_of_rejected(lake)
    assert codes == ["bad_declaration_no", "no_declaration_no"]
    assert len(declarations(lake)) == 1


def rows_of_rejected(lake: Lake) -> list[str]:
    return sorted(lake.read("ops.rejected")["rejection_code"].to_pylist())


def test_a_second_build_without_news_changes_nothing(lake):
    build(lake, [registration(), answer()], [])
    versions = lake.version("core.vnaccs__declaration")
    with start_run(lake, "test") as run:
        assert update(run, Workspace(run)) == {}
    assert lake.version("core.vnaccs__declaration") == versions


HISTORY = [
    registration(),
    answer(_received_at=at(1)),
    answer(customs_value_vnd="1", server_time="20261102093001", _received_at=at(2)),
    answer(KEY + "1", _received_at=at(5)),
    registration(KEY + "1", office_code="01AB", _received_at=at(6)),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::17])
def test_the_order_of_batches_does_not_matter(lake, tmp_path, order):
    build(lake, HISTORY)
    other = Lake(tmp_path / "other")
    build(other, *([HISTORY[place]] for place in order))
    for table, key in (
        ("declaration", "declaration_version, known_from"),
        ("declaration_line", "declaration_version, known_from, line_no"),
        ("declaration_event", "event_id"),
        ("declaration_month", "declaration_key"),
    ):
        expected = without_technical(rows(lake, table, key))
        assert without_technical(rows(other, table, key)) == expected, table


def without_technical(found: list[dict]) -> list[dict]:
    return [
        {name: value for name, value in row.items() if name != "_run_seq"}
        for row in found
    ]
