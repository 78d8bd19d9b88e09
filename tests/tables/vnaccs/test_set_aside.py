"""What the gate sets aside takes with it all that it states, and nothing else."""

from __future__ import annotations

import pytest

from lakehouse.tables import Lake
from tests.tables.vnaccs.messages import answer, at, paper
from tests.tables.vnaccs.test_declaration import build, number, rows
from tests.tables.vnaccs.test_life import FULL_ANSWER
from transforms.vnaccs.conservation import findings

pytestmark = [pytest.mark.engine, pytest.mark.slow]

RIGHT, WRONG = 71, 72
STATED = (
    *("declaration_line", "declaration_tax", "declaration_tax_total"),
    *("declaration_bill", "declaration_container", "declaration_permit"),
    "declaration_document",
)


def full(case: int, **changes: object) -> dict:
    """An answer with every list."""
    same = {
        name: value
        for name, value in FULL_ANSWER.items()
        if name not in ("_table", "_record_hash", "declaration_no")
    }
    return answer(number(case), **{**same, **changes})


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A declaration that the gate sets aside beside one that it lets in."""
    made = Lake(tmp_path_factory.mktemp("aside") / "lake")
    journey = {"planned_start_date": "05112026", "planned_end_date": "04112026"}
    build(
        made,
        [
            full(RIGHT),
            full(WRONG, customs_value_vnd="-5"),
            paper(
                "transport_registered",
                document_no="900000000009",
                declarations=[{"declaration_no": number(RIGHT)}],
                lines=[{"goods_name": "Vải"}],
                **journey,
            ),
        ],
        [full(RIGHT, _received_at=at(4))],
    )
    return made


@pytest.mark.parametrize("table", STATED)
def test_lists_and_lines_go_with_their_declaration(lake, table):
    found = {row["declaration_key"] for row in rows(lake, table, "known_from")}
    assert found == {number(RIGHT)[:11]}


def test_what_was_set_aside_is_told_once_with_code_and_reason(lake):
    refused = lake.read("ops.rejected").to_pylist()
    by_table = {row["table_name"]: row for row in refused}
    assert set(by_table) == {"core.vnaccs__declaration", "core.vnaccs__document"}
    assert len(refused) == 2
    declaration = by_table["core.vnaccs__declaration"]
    assert number(WRONG)[:11].encode() in declaration["rejected_payload"]
    assert declaration["rejection_code"].startswith("VNACCS-")
    assert by_table["core.vnaccs__document"]["rejection_code"] == "VNACCS-082"


def test_what_a_paper_lists_goes_with_it_and_the_event_stays(lake):
    assert rows(lake, "document_line", "entry_no") == []
    assert rows(lake, "document_declaration", "entry_no") == []
    events = rows(lake, "declaration_event", "event_code")
    told = {(row["declaration_key"], row["event_code"]) for row in events}
    assert (number(RIGHT)[:11], "transport_registered") in told


def test_nothing_is_missed_by_an_equation(lake):
    assert [one for one in findings(lake) if not one.holds] == []
