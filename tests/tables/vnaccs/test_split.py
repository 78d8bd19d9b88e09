"""Split consignments, and answers that are output again."""

from __future__ import annotations

import pytest

from lakehouse.tables import Lake
from tests.tables.vnaccs.messages import answer, at
from tests.tables.vnaccs.test_declaration import build, number, rows
from transforms.vnaccs.conservation import findings

pytestmark = [pytest.mark.engine, pytest.mark.slow]

FIRST, SECOND, THIRD, AGAIN = range(81, 85)


def part(case: int, ordinal: str, first: str, **changes: object) -> dict:
    """A part of a consignment of three."""
    said = {"first_declaration_no": first, "split_part_no": ordinal}
    return answer(number(case), **said, split_part_count="03", **changes)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """The last part comes before the others; an answer comes again by a request."""
    made = Lake(tmp_path_factory.mktemp("split") / "lake")
    again = {"procedure_code": "ROT", "server_time": "20261102093000"}
    build(
        made,
        [part(THIRD, "03", number(FIRST)), answer(number(AGAIN), channel=2)],
        [
            part(FIRST, "01", "F", _received_at=at(2)),
            part(SECOND, "02", number(FIRST), _received_at=at(2)),
            answer(
                number(AGAIN), 2, output_code="VRD2AC0", _received_at=at(3), **again
            ),
        ],
    )
    return made


def test_every_part_names_the_first_and_its_place(lake):
    parts = rows(lake, "declaration", "split_part_no", "split_part_no is not null")
    assert {row["first_declaration_no"] for row in parts} == {number(FIRST)}
    assert [(row["split_part_no"], row["split_part_count"]) for row in parts] == [
        (1, 3),
        (2, 3),
        (3, 3),
    ]
    assert {row["is_current"] for row in parts} == {True}


def test_an_answer_that_is_output_again_tells_nothing_new(lake):
    mine = f"declaration_key = '{number(AGAIN)[:11]}'"
    (event,) = rows(lake, "declaration_event", "event_id", mine)
    assert (event["event_code"], event["channel_code"]) == ("channel", "2")
    assert (event["output_code"], event["received_at"]) == ("VAD2AC0", at(0))
    (channel,) = rows(lake, "declaration_channel", "known_from", mine)
    assert channel["known_until"] is None
    now = rows(lake, "declaration", "known_from", f"{mine} and known_until is null")
    assert [row["declaration_version"] for row in now] == [0]


def test_all_equations_hold(lake):
    assert [one for one in findings(lake) if not one.holds] == []
