"""Amendments after clearance, files and permits, as messages tell of them."""

import numpy as np
import pytest

from simulator.cohort import draw_cohort
from simulator.revisions import ACCEPTED, PENDING, REFUSED
from simulator.shapes import REVISION_STATES, REVISIONS, Stage
from simulator.world import build_world
from simulator.writing import write_messages
from tests.unit.simulator.conftest import DAY
from tests.unit.simulator.wire import row_of


@pytest.fixture(scope="module")
def nation():
    world = build_world(seed=5, scale=0.02)
    return world, draw_cohort(world, DAY)


def rows_of(nation, *stages):
    """Messages of some stages, each with its row of raw."""
    world, cohort = nation
    places = np.flatnonzero(np.isin(cohort.messages.stage, stages))
    written = write_messages(world, cohort, places).to_pylist()
    return [
        (place, row_of(message)) for place, message in zip(places, written, strict=True)
    ]


def test_only_what_was_cleared_is_amended_and_later(nation):
    _, cohort = nation
    messages, revisions = cohort.messages, cohort.revisions
    assert len(revisions) > 8
    told = messages.take(np.flatnonzero(np.isin(messages.stage, REVISIONS)))
    cleared = revisions.of(told.subject).cleared
    assert (told.business > cleared).all()
    assert set(told.subject) == set(revisions.declaration)


def test_each_amendment_ends_as_customs_decided(nation):
    _, cohort = nation
    messages, revisions = cohort.messages, cohort.revisions
    last = {
        PENDING: set(),
        ACCEPTED: {Stage.REVISED},
        REFUSED: {Stage.REVISION_REFUSED},
    }
    decided = (Stage.REVISED, Stage.REVISION_REFUSED)
    for declaration, outcome in zip(
        revisions.declaration, revisions.outcome, strict=True
    ):
        mine = messages.stage[
            (messages.subject == declaration) & np.isin(messages.stage, decided)
        ]
        assert set(mine) == last[int(outcome)]


def test_the_answer_says_what_holds_before_and_after(nation):
    _, cohort = nation
    contents = cohort.contents
    found = rows_of(nation, *REVISION_STATES)
    assert found
    for place, row in found:
        (line,) = row["lines"]
        about = cohort.revisions.of(cohort.messages.subject[place : place + 1])
        amounts = contents.amounts.take(about.line)
        before, after = (
            sum(int(tax.get(f"{side}_tax_amount_vnd") or 0) for tax in taxes)
            for side in ("before", "after")
            for taxes in [[line, *line.get("other_taxes", [])]]
        )
        assert before == (amounts.duty + amounts.special + amounts.vat)[0]
        assert after == (about.duty + about.special + about.vat)[0]
        assert int(row["tax_total_vnd"]) == abs(after - before)


def test_an_amendment_has_a_number_once_it_was_answered(nation):
    sent = [row for _, row in rows_of(nation, Stage.REVISING)]
    answered = [row for _, row in rows_of(nation, *REVISION_STATES)]
    assert sent
    assert not any(row.get("amendment_no") for row in sent)
    assert all(len(row["amendment_no"]) == 12 for row in answered)
    numbers = {row["declaration_no"]: row["amendment_no"] for row in answered}
    assert len(set(numbers.values())) == len(numbers)
    calls = [row for _, row in rows_of(nation, Stage.REVISION_DECLARED)]
    assert {row["amendment_no"] for row in calls} == set(numbers.values())


def test_files_get_the_number_that_their_declaration_names(nation):
    files = [row["document_no"] for _, row in rows_of(nation, Stage.ATTACHED)]
    named = [
        entry["attachment_no"]
        for _, row in rows_of(nation, Stage.REGISTERED)
        for entry in row.get("attachments", [])
    ]
    assert len(files) > 100
    assert sorted(files) == sorted(named)


def test_some_declarations_name_permits_with_their_kind(nation):
    world, _ = nation
    sent = [row for _, row in rows_of(nation, Stage.REGISTERED)]
    permits = [entry for row in sent for entry in row.get("permits", [])]
    assert 0.05 < len(permits) / len(sent) < 0.4
    kinds = {entry["permit_type_code"] for entry in permits if entry["permit_no"]}
    assert kinds == set(world.nation.permits.kinds)
