"""The same days on the embedded engine and on Apache Spark give the same tables."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from lakehouse import console
from lakehouse.servers.java import find_java
from lakehouse.servers.maven import find_maven
from lakehouse.servers.spark import JAVA
from lakehouse.tables import Lake
from tests.integration.nation import (
    FIRST_DAY,
    customs,
    lists_arrive,
    messages_arrive,
    night_after,
    simulate,
)

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(1500)]

COMPARED = ("raw", "core", "gold", "feat", "ref")
NIGHTS = (FIRST_DAY, FIRST_DAY + timedelta(1))
RELATIVE = 1e-9


class Lived(dict[str, float]):
    """Seconds of each stage of a lake's nights, and the lake."""

    lake: Lake


def live(root: Path, arrivals: Path, environment: dict[str, str]) -> Lived:
    """Two nights of a lake: the first builds all, the second what has changed."""
    lists_arrive(root)
    lived = Lived()
    for night in NIGHTS:
        messages_arrive(root, arrivals, night)
        begun = time.perf_counter()
        report = customs(
            root, "run", "--json", environment=environment | night_after(night)
        )
        lived["whole run"] = lived.get("whole run", 0) + time.perf_counter() - begun
        for stage, done in report["stages"].items():
            lived[stage] = lived.get(stage, 0) + done["seconds"]
    lived.lake = Lake(root)
    return lived


@pytest.fixture(scope="module")
def spark_remote(tmp_path_factory, needed) -> Iterator[str]:
    needed(lambda: find_java(JAVA, "Apache Spark"))
    needed(find_maven)
    home = tmp_path_factory.mktemp("spark")
    yield customs(home, "spark", "up", "--json")["url"]
    assert customs(home, "spark", "down", "--json") == {"ended": True}


@pytest.fixture(scope="module")
def lakes(tmp_path_factory, spark_remote) -> tuple[Lived, Lived]:
    """The golden day and an increment, lived on both engines."""
    arrivals = simulate(tmp_path_factory.mktemp("nation"), scale=0.002, days=2)
    folder = tmp_path_factory.mktemp("engines")
    embedded = live(folder / "embedded", arrivals, {"SPARK_REMOTE": ""})
    scaled_out = live(folder / "spark", arrivals, {"SPARK_REMOTE": spark_remote})
    return embedded, scaled_out


def rows_of(lake: Lake, name: str) -> list[dict]:
    """Rows in an order of their own, technical columns apart."""
    table = lake.contracts.table(name)
    kept = [c for c, column in table.columns.items() if not column.is_technical]
    rows = lake.read(name, f"select {', '.join(kept)} from t").to_pylist()
    return sorted(rows, key=partial(place, table.key))


def place(key: Sequence[str], row: dict) -> str:
    """Where a row stands: its key, then what else must be exactly equal."""
    # Doubles may differ in their last digits, and so must not decide the order.
    exact = {name: value for name, value in row.items() if not is_double(value)}
    return repr([*(row[name] for name in key if name in row), exact])


def is_double(value: object) -> bool:
    return isinstance(value, float)


def is_equal(one: object, other: object) -> bool:
    if is_double(one) and is_double(other):
        return math.isclose(one, other, rel_tol=RELATIVE)
    return one == other


def differences(one: Lake, other: Lake, name: str) -> list[str]:
    left, right = rows_of(one, name), rows_of(other, name)
    if len(left) != len(right):
        return [f"{name}: {len(left)} rows and {len(right)}"]
    return [
        f"{name}.{column}: {a[column]!r} and {b[column]!r}"
        for a, b in zip(left, right, strict=True)
        for column in a
        if not is_equal(a[column], b[column])
    ]


def ratio(one: float, other: float) -> float:
    return round(other / max(one, 0.1), 1)


def test_every_table_is_the_same_on_both_engines(lakes):
    embedded, scaled_out = (lived.lake for lived in lakes)
    names = [
        name
        for name, table in sorted(embedded.contracts.tables.items())
        if table.schema in COMPARED
    ]
    assert [name for name in names if embedded.exists(name)] == [
        name for name in names if scaled_out.exists(name)
    ]
    made = [name for name in names if embedded.exists(name)]
    for needed in ("raw", "core", "gold", "feat", "ref"):
        assert any(name.startswith(f"{needed}.") for name in made)
    found = {name: differences(embedded, scaled_out, name)[:3] for name in made}
    assert {name: some for name, some in found.items() if some} == {}


def test_what_was_refused_is_the_same_on_both_engines(lakes):
    what = "select rejection_code, file_name, source_offset, rejected_payload from t"
    one, other = (
        sorted(map(repr, lived.lake.read("ops.rejected", what).to_pylist()))
        for lived in lakes
    )
    assert one
    assert one == other


def test_both_engines_write_tables_that_every_engine_reads(lakes):
    for lived in lakes:
        for name in lived.lake.contracts.tables:
            if lived.lake.exists(name):
                protocol = lived.lake.delta(name).protocol()
                assert protocol.min_reader_version == 1, name
                assert protocol.min_writer_version <= 4, name


def test_the_ratio_of_times_is_told(lakes, capsys):
    embedded, scaled_out = lakes
    # A measurement for people: what is asserted is that both were taken.
    assert embedded.keys() == scaled_out.keys()
    rows = [
        (
            stage,
            round(one, 1),
            round(scaled_out[stage], 1),
            ratio(one, scaled_out[stage]),
        )
        for stage, one in embedded.items()
    ]
    with capsys.disabled():
        console.show_table("", ["stage", "Sail, s", "Spark, s", "ratio"], rows)
