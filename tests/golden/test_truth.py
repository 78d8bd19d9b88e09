"""Truth comes back from messages that go wrong ten times as often as in nature."""

from __future__ import annotations

import pytest

from benchmarks.recovery import FACTS
from benchmarks.truth import recover

pytestmark = [pytest.mark.slow, pytest.mark.engine]

SCALE, DAYS = 0.01, 2


@pytest.fixture(scope="module")
def recovered(tmp_path_factory):
    return recover(tmp_path_factory.mktemp("truth") / "lake", SCALE, DAYS)


def test_every_equation_holds(recovered):
    _, unbalanced = recovered
    assert unbalanced == []


@pytest.mark.parametrize("fact", FACTS)
def test_all_that_a_sound_message_tells_is_known_and_nothing_else(recovered, fact):
    """What is not known was lost on the way: the truth names the quirk of each."""
    found = recovered[0][fact]
    assert found.knowable > 20
    assert (found.missed, found.wrong) == (0, 0)
    assert sum(found.lost_to.values()) == found.true - found.right
    assert all(found.lost_to), "a loss that no quirk explains"


@pytest.mark.parametrize("fact", ["versions", "events", "business_times"])
def test_quirks_do_take_something_away(recovered, fact):
    """Else the measure would say nothing of quirks."""
    found = recovered[0][fact]
    assert found.recall_of_all < 1
    assert found.true > found.knowable
