"""The simulated nation's permits reach core as they truly are, with every quirk."""

from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from ingestion.stage import load_reader
from lakehouse.entities import entity_findings, update_source
from lakehouse.intake import ingest
from lakehouse.replace import Workspace
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from simulator.nationwide import Plan, simulate
from simulator.permit_rules import load_permit_rules
from simulator.quirks import quirk_rates

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_DAY = date(2026, 11, 3)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A day with twenty times the natural quirks, in core."""
    root = tmp_path_factory.mktemp("permits")
    rates = quirk_rates(["20x"])
    assert list(simulate(Plan(5, 0.02, _DAY, 1, rates, root)))
    lake = Lake(root)
    with start_run(lake, "test") as run:
        ingest(run, load_reader("nsw"), root / "landing" / "nsw")
        update_source(run, Workspace(run), "nsw")
    return lake


def truth(lake: Lake) -> list[dict[str, object]]:
    return pq.read_table(lake.root / f"truth/{_DAY}/permits.parquet").to_pylist()


def test_each_covered_line_finds_its_permit_and_dossier(nation: Lake) -> None:
    permits = nation.read("core.nsw__permit", "select * from t where is_current")
    holds = {row["permit_id"]: row for row in permits.to_pylist()}
    lines = nation.read("core.nsw__permit_line", "select * from t where is_current")
    dossiers = nation.read("core.nsw__dossier", "select * from t where is_current")
    known = set(dossiers["dossier_no"].to_pylist())
    rows = lines.to_pylist()
    assert {holds[row["permit_id"]]["dossier_no"] for row in rows} <= known
    found = {
        link(holds[row["permit_id"]], row["entry_no"], row["quantity"]) for row in rows
    }
    told = [row for row in truth(nation) if not row["lost_to"]]
    assert found == {
        link(row, row["permit_line_no"], Decimal(row["granted_hundredths"]) / 100)
        for row in told
    }
    assert len(told) > 100


def link(permit: dict[str, object], *of_line: object) -> tuple[object, ...]:
    return (
        permit["permit_type_code"],
        permit["permit_no"],
        permit["dossier_no"],
        *of_line,
    )


def test_a_revoked_permit_holds_as_revoked(nation: Lake) -> None:
    revoked = nation.read(
        "core.nsw__permit",
        "select * from t where is_current and permit_state_code = 'revoked'",
    )
    wanted = {
        row["permit_id"]
        for row in truth(nation)
        if row["quirk_code"] == "permit_revoked"
    }
    assert set(revoked["permit_id"].to_pylist()) == wanted != set()


def test_a_spoilt_message_is_rejected_for_its_quirk(nation: Lake) -> None:
    reasons = {one.code: one.reason for one in load_permit_rules().quirks if one.reason}
    spoilt = {(row["permit_id"], row["lost_to"]) for row in truth(nation)}
    refused = nation.read(
        "ops.rejected", "select rejection_code from t where source_code = 'nsw'"
    )["rejection_code"].to_pylist()
    wanted = [reasons[quirk] for _, quirk in spoilt if quirk]
    assert sorted(refused) == sorted(wanted) != []


def test_every_batch_balances(nation: Lake) -> None:
    findings = [one for one in entity_findings(nation) if one.source == "nsw"]
    assert findings != []
    assert [one for one in findings if not one.holds] == []
