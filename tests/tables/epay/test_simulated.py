"""The simulated nation's payments reach core as they truly are, with every quirk."""

from collections.abc import Iterator
from datetime import date

import pyarrow.dataset as ds
import pytest

from ingestion.ref.read import READER as REF
from ingestion.stage import load_reader
from lakehouse.entities import update_source
from lakehouse.intake import ingest
from lakehouse.replace import Workspace
from lakehouse.runs import start_run
from lakehouse.settings import PROJECT_ROOT, settings
from lakehouse.tables import Lake
from lakehouse.verify import verify_lake
from simulator.nationwide import Plan, simulate
from simulator.payment_landing import NOT_LANDED
from simulator.payment_quirks import load_payment_quirks
from simulator.quirks import quirk_rates
from transforms.ref.update import build_ref
from transforms.tax.position import update_positions

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_DAY = date(2026, 11, 3)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A day with twenty times the natural quirks, in core."""
    root = tmp_path_factory.mktemp("payments")
    rates = quirk_rates(["20x"])
    plan = Plan(
        seed=5,
        scale=0.02,
        first=_DAY,
        days=1,
        rates=rates,
        out=root,
        until=date(2026, 11, 20),
    )
    assert list(simulate(plan))
    samples = PROJECT_ROOT / "ingestion" / "ref" / "sample"
    lake = Lake(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSTOMS_NOW", "2026-11-20T09:00:00+07:00")
        settings.cache_clear()
        with start_run(lake, "test") as run:
            ingest(run, REF, samples)
            build_ref(run)
            for source in ("epay", "tax"):
                ingest(run, load_reader(source), root / "landing" / source)
                update_source(run, Workspace(run), source)
            update_positions(run)
        yield lake
    settings.cache_clear()


def truth(lake: Lake, where: str = "") -> list[dict[str, object]]:
    folder = lake.root / "truth" / str(_DAY)
    rows = ds.dataset(folder / "payments.parquet").to_table().to_pylist()
    return [row for row in rows if row["lost_to"] == where]


def link(row: dict[str, object]) -> tuple[object, ...]:
    names = ("declaration_key", "budget_item_code", "transaction_id", "paid_vnd")
    return tuple(row[name] for name in names)


def test_each_payment_is_linked_to_its_declarations(nation: Lake) -> None:
    told = nation.read(
        "core.epay__payment_item", "select * from t where is_current"
    ).to_pylist()
    # The same document under a second transaction is a link of that transaction.
    found = {link(row) for row in told if not row["transaction_id"].endswith("X")}
    assert found == {link(row) for row in truth(nation)}


def test_a_spoilt_message_is_rejected_for_its_quirk(nation: Lake) -> None:
    reasons = {one.code: one.reason for one in load_payment_quirks() if one.reason}
    counts = {
        reason: len({row["transaction_id"] for row in truth(nation, code)})
        for code, reason in reasons.items()
    }
    refused = nation.read(
        "ops.rejected",
        "select rejection_code as code, count(*) as n from t "
        "where source_code = 'epay' and table_name is null group by 1",
    ).to_pylist()
    assert sum(counts.values()) > 0
    assert {row["code"]: row["n"] for row in refused} == {
        reason: count for reason, count in counts.items() if count
    }


def test_every_batch_balances(nation: Lake) -> None:
    findings = verify_lake(nation)
    assert {"epay", "tax"} <= {one.source for one in findings}
    assert [one for one in findings if not one.holds] == []


def test_what_is_paid_and_told_is_settled(nation: Lake) -> None:
    told = {item(row) for row in truth(nation)}
    lost = {
        item(row)
        for reason in (NOT_LANDED, *(one.code for one in load_payment_quirks()))
        for row in truth(nation, reason)
    }
    positions = nation.read("core.tax__position").to_pylist()
    unpaid = {item(row) for row in positions if row["outstanding_vnd"]}
    assert {item(row) for row in positions} >= told
    assert unpaid <= lost
    assert len(positions) > 5 * len(unpaid) > 0


def item(row: dict[str, object]) -> tuple[object, object]:
    return row["declaration_key"], row["budget_item_code"]
