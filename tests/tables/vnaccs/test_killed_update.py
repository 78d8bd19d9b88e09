"""An update that dies between two tables is made good by the run that follows."""

from __future__ import annotations

import shutil

import pytest

from lakehouse.replace import Workspace
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from tests.tables.vnaccs import test_life
from tests.tables.vnaccs.messages import Arrivals, answer, at, clearance, registration
from tests.tables.vnaccs.test_declaration import (
    build,
    number,
    rows,
    without_technical,
)
from transforms.vnaccs import update as core
from transforms.vnaccs.step import MONTH, Step

pytestmark = pytest.mark.engine

# The answer tells that the declaration was registered a month earlier than it seemed,
# so its rows move to another partition.
SENT = [registration()]
ANSWERED = [answer(registered_date="31102026", _received_at=at(1))]
KEYS = {
    "declaration": "declaration_version, known_from",
    "declaration_line": "declaration_version, known_from, line_no",
    "declaration_event": "event_id",
    "declaration_month": "declaration_key",
}


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The same two batches with nothing going wrong."""
    lake = Lake(tmp_path_factory.mktemp("whole") / "lake")
    build(lake, SENT, ANSWERED)
    return lake


@pytest.mark.parametrize("last", ["none", core.DECLARATION, core.LINE, core.EVENT])
def test_a_run_after_a_killed_one_moves_what_was_left_behind(
    whole, tmp_path, monkeypatch, last
):
    lake = Lake(tmp_path / "lake")
    arrivals = Arrivals(lake)
    update(lake, arrivals, SENT)
    die_after(last, monkeypatch, lake, arrivals, ANSWERED)
    update(lake, arrivals, [])
    assert_same(lake, whole, KEYS)


def die_after(last, monkeypatch, lake, arrivals, messages) -> None:
    """An update that ends once a table is written, or before the first one."""
    replace = Step.replace

    def dying(step, name, fresh, known):
        if last == "none":
            raise Killed
        changed = replace(step, name, fresh, known)
        if name == last:
            raise Killed
        return changed

    with monkeypatch.context() as patched:
        patched.setattr(Step, "replace", dying)
        with pytest.raises(Killed):
            update(lake, arrivals, messages)


def assert_same(lake, other, orders) -> None:
    """The tables hold the same rows, technical columns apart."""
    for table, order in orders.items():
        expected = without_technical(rows(other, table, order))
        assert without_technical(rows(lake, table, order)) == expected, table


# Every table has rows of the first batch; with the second they all move a month back.
LIFE = [*test_life.FIRST, registration(number(30)), *test_life.SECOND]
MOVED = [
    clearance(number(case), registered_date="31102026", _received_at=at(200))
    for case in (
        *(test_life.FULL, test_life.MOVED, test_life.RED),
        *(test_life.STATED, test_life.CORRECTED, 30),
    )
]
ORDERS = {
    name: f"declaration_key, {order}"
    for name, order in (KEYS | test_life.TABLES).items()
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A lake with the first batch, and another one with both."""
    folder = tmp_path_factory.mktemp("lived")
    first, both = Lake(folder / "first"), Lake(folder / "both")
    build(first, LIFE)
    build(both, LIFE, MOVED)
    return first, both


@pytest.mark.slow
def test_the_lives_fill_every_table(lived):
    assert {f"core.vnaccs__{name}" for name in ORDERS} == set(core.TABLES)
    for table in core.TABLES:
        first, both = (lake.read(table) for lake in lived)
        months = set(first["registered_month"].to_pylist())
        assert months == {"2026-11"}, table
        assert "2026-10" in both["registered_month"].to_pylist(), table


@pytest.mark.slow
@pytest.mark.parametrize("last", [name for name in core.TABLES if name != MONTH])
def test_a_run_that_dies_after_any_table_leaves_nothing_behind(
    lived, tmp_path, monkeypatch, last
):
    first, both = lived
    shutil.copytree(first.root, tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    arrivals = Arrivals(lake)
    arrivals.batch, arrivals.offset = 1, len(LIFE)
    die_after(last, monkeypatch, lake, arrivals, MOVED)
    update(lake, arrivals, [])
    assert_same(lake, both, ORDERS)


def update(lake: Lake, arrivals: Arrivals, messages: list) -> None:
    with start_run(lake, "test") as run:
        if messages:
            arrivals.put(run, *messages)
        work = Workspace(run)
        work.clear()
        core.update(run, work)


def test_an_amendment_leaves_the_rows_of_its_neighbours_as_they_stand(tmp_path):
    lake = Lake(tmp_path / "lake")
    first = [answer(number(case)) for case in range(5)]
    build(lake, first, [answer(number(2, 1), _received_at=at(4))])
    found = rows(lake, "declaration", "declaration_no")
    assert len(found) == 6
    others = [row for row in found if row["declaration_key"] != number(2)[:11]]
    assert {row["_run_seq"] for row in others} == {1}
    amended = [row for row in found if row["declaration_key"] == number(2)[:11]]
    assert [row["is_current"] for row in amended] == [False, True]


def test_a_change_that_the_gate_sets_aside_leaves_what_was_known(tmp_path):
    lake = Lake(tmp_path / "lake")
    negative = answer(
        customs_value_vnd="-5", server_time="20261103083001", _received_at=at(4)
    )
    build(lake, [answer()], [negative])
    (row,) = rows(lake, "declaration", "known_from")
    assert row["customs_value_vnd"] == 25_000_000


def test_a_batch_in_which_no_message_has_a_key_changes_nothing(tmp_path):
    lake = Lake(tmp_path / "lake")
    build(lake, [answer()], [registration("123")])
    assert len(rows(lake, "declaration", "declaration_key")) == 1
    codes = lake.read("ops.rejected")["rejection_code"].to_pylist()
    assert codes == ["bad_declaration_no"]
