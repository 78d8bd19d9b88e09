"""Whatever core loses is missed by an equation."""

from __future__ import annotations

import shutil

import pytest

from lakehouse.tables import Lake
from tests.tables.vnaccs.messages import parcel, registration
from tests.tables.vnaccs.test_declaration import build, number
from tests.tables.vnaccs.test_life import FIRST, SECOND
from transforms.vnaccs.conservation import findings
from transforms.vnaccs.update import TABLES

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A lake in which every core table has rows."""
    lake = Lake(tmp_path_factory.mktemp("balance") / "lake")
    build(lake, [*FIRST, registration(number(30)), parcel(number(31))], SECOND)
    return lake


def test_nothing_is_missed_of_a_lake_that_is_whole(whole):
    assert [one.what for one in findings(whole) if not one.holds] == []
    for table in TABLES:
        assert whole.read(table, "select count(*) as n from t")["n"][0].as_py(), table


@pytest.mark.parametrize("table", TABLES)
def test_rows_that_a_table_loses_are_missed(whole, tmp_path, table):
    """All rows of one declaration: of two channels the other would still be told."""
    shutil.copytree(whole.root, tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    keys = lake.read(table, "select declaration_key as k from t order by 1 limit 1")
    lake.delta(table).delete(f"declaration_key = '{keys['k'][0].as_py()}'")
    missed = [one for one in findings(lake) if table in one.tables and not one.holds]
    assert len(missed) == 1
    assert missed[0].left > missed[0].right


@pytest.mark.parametrize(
    "family", ["declaration", "parcel", "call", "tax_statement", "amendment"]
)
def test_a_message_that_was_not_parsed_is_missed(whole, tmp_path, family):
    shutil.copytree(whole.root, tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    table = f"raw.vnaccs__{family}"
    first = lake.read(table, "select min(_source_offset) as o from t")["o"][0].as_py()
    lake.delta(table).delete(f"_source_offset = {first}")
    missed = [one for one in findings(lake) if table in one.tables]
    assert [one.left - one.right for one in missed] == [1]
