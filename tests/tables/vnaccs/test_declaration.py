"""Core tables of the declaration: what counts, from when, and in which partition."""

from __future__ import annotations

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


def build(lake: Lake, *batches: list) -> None:
    """Each batch arrives in a run of its own."""
    arrivals = Arrivals(lake)
    for batch in batches:
        with start_run(lake, "test") as run:
            arrivals.put(run, *batch)
            work = Workspace(run)
            work.clear()
            update(run, work)


def rows(lake: Lake, table: str, order: str, where: str = "true") -> list[dict]:
    query = f"select * from t where {where} order by {order}"
    return lake.read(f"core.vnaccs__{table}", query).to_pylist()


def number(case: int, version: int = 0) -> str:
    """The number of a declaration of its own for each case."""
    return f"1000000{case:04d}{version}"


PLAIN, LATE, COPY, TWICE, AMENDED, OLD, MOVED, PARCEL, ANEW = range(1, 10)
# Follow from how often a run came and when, not from what came.
TECHNICAL = {"_run_seq", "_earlier_months"}
EARLY = datetime(2026, 11, 1, 1, tzinfo=UTC)
FIRST = [
    registration(number(PLAIN), office_code="03CC"),
    answer(number(PLAIN), channel=2),
    registration(number(LATE)),
    answer(number(COPY)),
    answer(number(TWICE)),
    answer(number(TWICE), _received_at=at(1)),
    registration(number(AMENDED)),
    answer(number(AMENDED)),
    answer(number(OLD), registered_date="30102026"),
    registration(number(MOVED), _received_at=EARLY),
    parcel(number(PARCEL)),
    *(
        answer(number(ANEW), server_time=f"2026110209{minute:02}00")
        for minute in (40, 10, 30, 20)
    ),
    registration(""),
    registration("12345"),
]
SECOND = [
    clearance(number(PLAIN), _received_at=at(1)),
    answer(number(LATE), _received_at=at(1)),
    clearance(number(COPY), _received_at=at(2)),
    answer(number(TWICE), _received_at=at(2)),
    answer(number(AMENDED, 1), customs_value_vnd="30000000", _received_at=at(3)),
    answer(number(OLD, 1), registered_date="30102026", _received_at=at(90)),
    answer(number(MOVED), registered_date="31102026", _received_at=at(1)),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Two batches of arrivals, each case with a declaration of its own."""
    made = Lake(tmp_path_factory.mktemp("core") / "lake")
    build(made, FIRST, SECOND)
    return made


def of(lake: Lake, case: int, table: str = "declaration") -> list[dict]:
    order = {
        "declaration": "declaration_version, known_from",
        "declaration_line": "declaration_version, known_from, line_no",
        "declaration_event": "event_code",
        "declaration_month": "declaration_key",
    }[table]
    return rows(lake, table, order, f"declaration_key = '{number(case)[:11]}'")


def test_an_answer_is_typed_and_keyed(lake):
    (row,) = of(lake, PLAIN)
    assert row["declaration_key"] == number(PLAIN)[:11]
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
    assert of(lake, PLAIN)[0]["office_code"] == "03CC"


def test_a_better_message_supersedes_what_was_known_and_keeps_it(lake):
    first, second = of(lake, LATE)
    assert (first["known_from"], first["known_until"]) == (ARRIVAL, at(1))
    assert first["invoice_total_amount"] == Decimal("1000.5000")
    assert not first["is_current"]
    assert (second["known_from"], second["known_until"]) == (at(1), None)
    assert second["is_current"]


def test_the_copy_at_clearance_does_not_replace_the_answer(lake):
    assert len(of(lake, COPY)) == 1


def test_the_same_message_twice_is_one_row(lake):
    assert len(of(lake, TWICE)) == 1
    assert len(of(lake, TWICE, "declaration_event")) == 1


def test_of_copies_in_one_file_the_first_by_the_server_tells_the_event(lake):
    (event,) = of(lake, ANEW, "declaration_event")
    assert event["server_at"] == datetime(2026, 11, 2, 2, 10, tzinfo=UTC)


def test_an_amendment_becomes_the_current_version(lake):
    first, second = of(lake, AMENDED)
    assert (first["declaration_version"], first["is_current"]) == (0, False)
    assert (second["declaration_version"], second["is_current"]) == (1, True)


def test_an_amendment_of_an_older_month_lies_with_its_declaration(lake):
    assert {row["registered_month"] for row in of(lake, OLD)} == {"2026-10"}
    assert len(of(lake, OLD)) == 2


@pytest.mark.parametrize(
    "table", ["declaration", "declaration_line", "declaration_event"]
)
def test_rows_move_when_the_answer_tells_the_date_of_registration(lake, table):
    found = of(lake, MOVED, table)
    assert {row["registered_month"] for row in found} == {"2026-10"}
    assert len(found) == 2


def test_lines_follow_the_states_of_their_declaration(lake):
    first, second = of(lake, LATE, "declaration_line")
    assert (first["line_no"], first["known_until"]) == (1, at(1))
    assert second["vat_vnd"] == Decimal(2_500_000)
    assert second["is_current"]
    assert second["registered_date"] == date(2026, 11, 2)


def test_a_parcel_is_a_declaration_with_one_line(lake):
    (row,) = of(lake, PARCEL)
    assert row["is_low_value"]
    assert row["goods_name"] == "Áo phông"
    (line,) = of(lake, PARCEL, "declaration_line")
    assert line["customs_value_vnd"] == Decimal(990_000)
    assert line["origin_country_code"] == "CN"


def test_events_keep_four_times_apart(lake):
    events = {
        event["event_code"]: event for event in of(lake, PLAIN, "declaration_event")
    }
    assert set(events) == {"registered", "channel", "cleared"}
    channel = events["channel"]
    assert channel["channel_code"] == "2"
    assert channel["business_at"] == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    assert channel["server_at"] == datetime(2026, 11, 2, 1, 30, 1, tzinfo=UTC)
    assert channel["received_at"] == ARRIVAL
    assert events["cleared"]["business_at"] == datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
    assert events["registered"]["business_at"] is None


def test_a_message_without_a_number_is_rejected_and_the_rest_lands(lake):
    codes = lake.read("ops.rejected")["rejection_code"].to_pylist()
    assert sorted(codes) == ["bad_declaration_no", "no_declaration_no"]


def test_a_second_build_without_news_changes_nothing(lake):
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
ORDERS = [(4, 3, 2, 1, 0), (2, 0, 4, 1, 3), (3, 1, 0, 4, 2)]


@pytest.fixture(scope="module")
def in_order(tmp_path_factory):
    """The history as it happened, in one batch."""
    made = Lake(tmp_path_factory.mktemp("ordered") / "lake")
    build(made, HISTORY)
    return made


@pytest.mark.parametrize("order", ORDERS)
def test_the_order_of_batches_does_not_matter(in_order, tmp_path, order):
    other = Lake(tmp_path / "other")
    build(other, *([HISTORY[place]] for place in order))
    for table, key in (
        ("declaration", "declaration_version, known_from"),
        ("declaration_line", "declaration_version, known_from, line_no"),
        ("declaration_event", "event_id"),
        ("declaration_month", "declaration_key"),
    ):
        expected = without_technical(rows(in_order, table, key))
        assert without_technical(rows(other, table, key)) == expected, table


def without_technical(found: list[dict]) -> list[dict]:
    return [
        {name: value for name, value in row.items() if name not in TECHNICAL}
        for row in found
    ]
