"""`core.kcs__import_declaration`: typed states of each declaration, refusals apart."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.kcs.read import READER
from lakehouse.intake import ingest
from lakehouse.replace import Workspace
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from transforms.kcs.update import CORE, update

pytestmark = pytest.mark.engine

_FIXTURE = Path(__file__).parents[2] / "unit/ingestion/kcs/declarations.csv"


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Path]:
    """A landing folder with the file of the reader's test."""
    folder = tmp_path / "landing"
    folder.mkdir()
    (folder / "first.csv").write_bytes(_FIXTURE.read_bytes())
    return folder


def _run(lake: Lake, landing: Path) -> dict[str, int]:
    with start_run(lake, "test") as run:
        ingest(run, READER, landing)
        return update(run, Workspace(run))


def _states(lake: Lake) -> dict[str, list[dict[str, object]]]:
    rows = lake.read(CORE, "select * from t order by known_from").to_pylist()
    states: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        states.setdefault(row["kcs_declaration_no"], []).append(row)
    return states


def test_rows_are_typed_and_what_cannot_be_keyed_is_refused(
    lake: Lake, landing: Path
) -> None:
    assert _run(lake, landing) == {CORE: 2}
    (first,) = _states(lake)["50000001"]
    assert first["kcs_filed_date"] == date(2020, 1, 2)
    assert first["origin_country_code"] == "NA"
    assert first["net_weight_kg"] == Decimal("12.5")
    refused = lake.read(
        "ops.rejected", f"select * from t where table_name = '{CORE}'"
    ).to_pylist()
    assert {row["rejected_payload"] for row in refused} == {b"50000003", b"50000007"}
    assert {row["rejection_code"] for row in refused} == {"missing_value"}


def test_the_same_file_again_changes_nothing(lake: Lake, landing: Path) -> None:
    _run(lake, landing)
    before = _states(lake)
    (landing / "again.csv").write_bytes(_FIXTURE.read_bytes() + b"\n")
    assert _run(lake, landing) == {CORE: 0}
    assert _states(lake) == before


def test_another_content_of_a_number_begins_a_new_state(
    lake: Lake, landing: Path
) -> None:
    _run(lake, landing)
    header, _, second, *_ = _FIXTURE.read_bytes().splitlines()
    later = landing / "later.csv"
    later.write_bytes(b"\n".join([header, second.replace(b",8.0,", b",6.5,")]))
    _arrive(later, datetime(2031, 1, 1, tzinfo=UTC))
    assert _run(lake, landing) == {CORE: 2}
    old, new = _states(lake)["50000002"]
    assert (old["known_until"], old["is_current"]) == (new["known_from"], False)
    assert (new["kcs_tax_rate_percent"], new["is_current"]) == (Decimal("6.5"), True)


def test_two_contents_of_a_number_at_once_are_not_guessed_between(
    lake: Lake, tmp_path: Path
) -> None:
    header, _, second, *_ = _FIXTURE.read_bytes().splitlines()
    folder = tmp_path / "twins"
    folder.mkdir()
    twin = second.replace(b",8.0,", b",6.5,")
    (folder / "twins.csv").write_bytes(b"\n".join([header, second, twin]))
    _run(lake, folder)
    (kept,) = _states(lake)["50000002"]
    assert kept["kcs_tax_rate_percent"] == Decimal(8)
    refused = lake.read("ops.rejected", "select rejection_code from t")
    assert refused["rejection_code"].to_pylist() == ["double_number"]


def _arrive(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))
