"""A declaration's life: the digit orders versions, and only what arrived is known."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lakehouse.law.declaration_events import Event
from lakehouse.law.declaration_life import Life, lives
from lakehouse.time import BUSINESS_ZONE

KEY = "10000000001"
START = datetime(2026, 3, 2, 8, tzinfo=BUSINESS_ZONE)
DAYS = 60
LATER = timedelta(days=400)


def event(kind: str, minute: float, digit: int = 0, **changes: Any) -> Event:
    """An event that arrives a minute after it happened, unless said otherwise."""
    moment = START + timedelta(minutes=minute)
    given = {
        "id": f"{kind}-{digit}-{minute}",
        "type": kind,
        "no": f"{KEY}{digit}",
        "business_time": moment,
        "server_time": moment,
        "arrived_at": moment + timedelta(minutes=1),
        "payload": {},
    }
    return Event(**given | changes)


def life(*events: Event, at: datetime = START + LATER) -> Life:
    return lives(events, at, DAYS)[KEY]


_EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(
            ["registered", "amended", "cleared", "designated", "released", "cancelled"]
        ),
        st.integers(0, 8).map(lambda number: number * 30),
        st.integers(0, 3),
        id=st.sampled_from("abcdefgh"),
        arrived_at=st.integers(0, 9).map(lambda hour: START + timedelta(hours=hour)),
    ),
    min_size=1,
    max_size=8,
)


@given(_EVENTS, st.randoms(use_true_random=False), st.integers(0, 9))
def test_the_order_in_which_events_are_given_says_nothing(events, random, hour):
    moment = START + timedelta(hours=hour)
    shuffled = list(events)
    random.shuffle(shuffled)
    assert lives(shuffled, moment, DAYS) == lives(events, moment, DAYS)


@given(_EVENTS, st.integers(0, 9))
def test_what_arrives_later_is_not_known(events, hour):
    moment = START + timedelta(hours=hour)
    known = [one for one in events if one.arrived_at <= moment]
    assert lives(events, moment, DAYS) == lives(known, moment, DAYS)


def test_an_amendment_at_the_moment_of_cancellation_is_refused():
    found = life(
        event("registered", 0), event("cancelled", 60), event("amended", 60, 1)
    )
    assert found.refused == [("amended-1-60", "after_cancellation")]
    assert [version.amendment for version in found.versions] == [0]


def test_a_refused_amendment_is_no_missing_one():
    found = life(
        event("registered", 0),
        event("audit_decision", 60),
        event("amended", 90, 1),
        event("amended", 30, 2),
    )
    assert [version.amendment for version in found.versions] == [0, 2]
    assert found.missing_amendments == []


def test_the_sixtieth_day_is_counted_by_dates_not_by_hours():
    """Cleared on 2 March at 08:00: day 60 is 1 May (29 + 30 + 1), until midnight."""
    last = 60 * 24 * 60 + 15 * 60 + 59
    stages = [
        life(event("cleared", 0), event("amended", minute, 1)).versions[0].stage
        for minute in (last, last + 1)
    ]
    assert stages == ["after_clearance_within_limit", "after_clearance_late"]


def test_the_same_output_under_another_id_is_a_repeat_and_no_conflict():
    first = event("registered", 0, payload={"content": {"line_count": 1}})
    found = life(first, first._replace(id="again"), first)
    assert (found.exact, found.repeated, found.findings) == (1, 1, [])


def test_an_inspection_without_an_end_stays_open():
    found = life(event("designated", 5))
    assert [one.result_at for one in found.inspections] == [None]
    assert found.stage_seconds["designation_to_result"] is None


def test_a_result_before_its_designation_is_a_finding_and_no_time():
    result = event("inspection_result", 1, payload={"result": "passed"})
    found = life(event("designated", 5), result)
    assert found.stage_seconds["designation_to_result"] is None
    assert found.findings == [
        {"code": "negative_stage", "stage": "designation_to_result"}
    ]
