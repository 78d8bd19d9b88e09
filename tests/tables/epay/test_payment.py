"""Core tables of the payment gateway: typed, keyed, versioned, nothing lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.reparse import reparse_source
from lakehouse.entities import entity_findings
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from lakehouse.verify import unverified_tables, verify_lake
from tests.tables.declared import arrive, take

pytestmark = pytest.mark.engine

_FIXTURE = Path(__file__).parents[2] / "unit/ingestion/epay/messages.xml"
_FIRST = datetime(2026, 11, 2, 3, tzinfo=UTC)
_LATER = datetime(2026, 11, 3, 3, tzinfo=UTC)


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "landing"
    folder.mkdir()
    arrive(folder / "first.xml", _FIXTURE.read_bytes(), _FIRST)
    return folder


def run(lake: Lake, landing: Path) -> dict[str, int]:
    return take(lake, landing, "epay")


def rows(lake: Lake, table: str, where: str = "true") -> list[dict[str, object]]:
    return lake.read(table, f"select * from t where {where}").to_pylist()


def test_messages_become_typed_rows_and_every_batch_balances(
    lake: Lake, landing: Path
) -> None:
    changed = run(lake, landing)
    assert changed["core.epay__payment"] == 3
    (third,) = rows(lake, "core.epay__payment", "transaction_id = '3'")
    assert (third["known_from"], third["known_until"]) == (_FIRST, None)
    assert third["credited_date"] == date(2026, 11, 2)
    assert third["sent_at"] == datetime(2026, 11, 2, 2, 15, tzinfo=UTC)
    items = rows(lake, "core.epay__payment_item", "transaction_id = '1'")
    assert sum(item["paid_vnd"] for item in items) == Decimal(700_000)
    assert {item["declaration_key"] for item in items} == {
        "10000000001",
        "10000000002",
        "10000000003",
    }
    (refused,) = rows(lake, "ops.rejected", "table_name = 'core.epay__payment_item'")
    assert refused["rejection_code"] == "unreadable_value"
    assert b"paid_vnd=4x000" in refused["rejected_payload"]
    findings = verify_lake(lake)
    assert [one for one in findings if not one.holds] == []
    assert unverified_tables(lake, findings) == []


@pytest.mark.slow
def test_the_same_payment_again_is_no_news_but_is_remembered(
    lake: Lake, landing: Path
) -> None:
    run(lake, landing)
    again = _FIXTURE.read_bytes().replace(b"4000-8000", b"4000-9000")
    arrive(landing / "again.xml", again, _LATER)
    run(lake, landing)
    (payment,) = rows(lake, "core.epay__payment", "transaction_id = '1'")
    assert (payment["known_from"], payment["repeated_at"]) == (_FIRST, _LATER)
    assert len(rows(lake, "core.epay__payment_item", "transaction_id = '1'")) == 4
    assert [one for one in entity_findings(lake) if not one.holds] == []


@pytest.mark.slow
def test_another_content_of_a_transaction_begins_a_new_state(
    lake: Lake, landing: Path
) -> None:
    run(lake, landing)
    changed = (
        _FIXTURE.read_bytes()
        .replace(b">300000<", b">310000<")
        .replace(b"2026-11-02T", b"2026-11-03T")
    )
    arrive(landing / "changed.xml", changed, _LATER)
    run(lake, landing)
    states = rows(lake, "core.epay__payment", "transaction_id = '1'")
    old, new = sorted(states, key=lambda state: state["known_from"])
    assert (old["known_until"], old["is_current"]) == (_LATER, False)
    assert (new["known_from"], new["known_until"]) == (_LATER, None)
    assert new["is_current"]
    current = rows(
        lake, "core.epay__payment_item", "transaction_id = '1' and is_current"
    )
    assert sum(item["paid_vnd"] for item in current) == Decimal(710_000)
    assert [one for one in entity_findings(lake) if not one.holds] == []


@pytest.mark.slow
def test_any_order_and_batching_gives_the_same_rows(lake: Lake, tmp_path: Path) -> None:
    other = _FIXTURE.read_bytes().replace(b">300000<", b">310000<")
    folder = tmp_path / "landing"
    folder.mkdir()
    arrive(folder / "later.xml", other, _LATER)
    run(lake, folder)
    arrive(folder / "first.xml", _FIXTURE.read_bytes(), _FIRST)
    run(lake, folder)
    whole = Lake(tmp_path / "whole", lake.contracts)
    run(whole, folder)
    for table in ("core.epay__payment", "core.epay__payment_item"):
        assert told(lake, table) == told(whole, table)


def told(lake: Lake, table: str) -> list[str]:
    found = rows(lake, table)
    return sorted(
        str({name: row[name] for name in row if name != "_run_seq"}) for row in found
    )


@pytest.mark.slow
def test_families_come_again_from_the_evidence(lake: Lake, landing: Path) -> None:
    run(lake, landing)
    before = told(lake, "raw.epay__payment")
    lake.update("raw.epay__payment", "true", {"payer_name": "'?'"})
    with start_run(lake, "test") as one:
        reparse_source(one, "epay")
    assert told(lake, "raw.epay__payment") == before
