"""Papers around declarations, as the messages of a simulated day tell of them."""

import numpy as np
import pytest

from simulator.cohort import draw_cohort
from simulator.papers import has_invoice, has_journey, has_list, is_temporary
from simulator.shapes import CARRIAGE_STATES, ORDINARY, Stage
from simulator.world import build_world
from simulator.writing import write_messages
from tests.unit.simulator.conftest import DAY
from tests.unit.simulator.wire import row_of


@pytest.fixture(scope="module")
def nation():
    world = build_world(seed=5, scale=0.03)
    return world, draw_cohort(world, DAY)


def rows_of(nation, *stages):
    """Messages of some stages by declaration: each as its row of raw."""
    world, cohort = nation
    places = np.flatnonzero(np.isin(cohort.messages.stage, stages))
    written = write_messages(world, cohort, places).to_pylist()
    return {
        int(subject): row_of(message)
        for subject, message in zip(
            cohort.messages.subject[places], written, strict=True
        )
    }


@pytest.mark.parametrize(
    ("has", "stages"),
    [
        (has_invoice, (Stage.INVOICING, Stage.INVOICED)),
        (has_list, (Stage.LISTING, Stage.LISTED)),
        (is_temporary, (Stage.LENDING, Stage.LENT)),
        (has_journey, (Stage.CARRYING, Stage.CARRIAGE_ARRIVED)),
    ],
)
def test_who_has_a_paper_sends_it_and_is_answered(nation, has, stages):
    world, cohort = nation
    with_it = set(np.flatnonzero(has(world, cohort.declarations)).tolist())
    assert with_it
    for stage in stages:
        assert set(rows_of(nation, stage)) == with_it


def test_a_declaration_names_the_invoice_list_that_was_registered_before(nation):
    lists = rows_of(nation, Stage.INVOICED)
    declared = rows_of(nation, Stage.REGISTERED)
    for subject, paper in lists.items():
        assert declared[subject]["invoice_receipt_no"] == paper["document_no"]
        assert declared[subject]["invoice_class_code"] == "D"
    others = set(declared) - set(lists)
    assert {declared[one].get("invoice_receipt_no") or "" for one in others} == {""}


def test_the_first_line_names_the_list_by_which_it_is_exempt(nation):
    lists = rows_of(nation, Stage.LISTED)
    answers = rows_of(nation, Stage.CHANNEL)
    for subject, paper in lists.items():
        first, *rest = answers[subject]["lines"]
        assert first["exemption_list_no"] == paper["document_no"]
        assert first["exemption_line_no"] == paper["lines"][0]["line_no"]
        assert not any(line.get("exemption_list_no") for line in rest)


def test_a_journey_names_its_declaration_once_and_then_goes_by_its_number(nation):
    registered = rows_of(nation, Stage.CARRIAGE_REGISTERED)
    departed = rows_of(nation, Stage.CARRIAGE_DEPARTED)
    answers = rows_of(nation, Stage.CHANNEL)
    assert registered
    for subject, row in registered.items():
        (named,) = row["declarations"]
        assert named["declaration_no"] == answers[subject]["declaration_no"]
        assert departed[subject]["document_no"] == row["document_no"]
        assert "declaration_no" not in departed[subject]


def test_both_answers_about_a_journey_name_the_same_container(nation):
    first, second = (rows_of(nation, stage) for stage in CARRIAGE_STATES)
    boxed = {n: row for n, row in first.items() if row.get("containers")}
    assert boxed
    for subject, row in boxed.items():
        (box,) = second[subject]["containers"]
        assert box["container_no"] == row["containers"][0]["container_no"]
        assert len(row["lines"]) == 1


def test_a_release_before_permit_lies_between_channel_and_clearance(nation):
    _, cohort = nation
    messages = cohort.messages
    released = messages.subject[messages.stage == Stage.RELEASED]
    assert len(released) > 0
    ordinary = messages.take(np.flatnonzero(messages.stream == ORDINARY))
    for subject in released:
        mine = ordinary.take(np.flatnonzero(ordinary.subject == subject))
        when = dict(zip(mine.stage.tolist(), mine.business.tolist(), strict=True))
        steps = (Stage.CHANNEL, Stage.RELEASE_ASKED, Stage.RELEASED, Stage.CLEARED)
        assert sorted(steps, key=lambda step: when[step]) == list(steps)
        assert set(mine.channel) <= {2, 3}
