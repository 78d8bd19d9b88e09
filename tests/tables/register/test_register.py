"""A register becomes typed states of certificates; what cannot be typed is refused."""

from datetime import date
from pathlib import Path

import pytest

from ingestion.reparse import reparse_source
from lakehouse.runs import start_run
from lakehouse.tables import Lake
from lakehouse.verify import verify_lake
from tests.tables.declared import take

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_FIXTURE = Path(__file__).parents[2] / "unit/ingestion/register/agents.csv"


def test_a_register_is_typed_and_every_row_is_accounted_for(lake: Lake) -> None:
    take(lake, _FIXTURE, "register")
    rows = lake.read("core.register__agent").to_pylist()
    assert {row["certificate_no"]: row["valid_from"] for row in rows} == {
        "0001/QĐ-HQ": date(2024, 3, 1),
        "0002/QĐ-HQ": date(2025, 6, 15),
    }
    refused = lake.read(
        "ops.rejected",
        "select rejection_code from t where table_name = 'core.register__agent'",
    )["rejection_code"].to_pylist()
    assert sorted(refused) == ["REGISTER-001", "unreadable_value"]
    findings = verify_lake(lake)
    assert findings
    assert [one for one in findings if not one.holds] == []
    before = lake.read("raw.register__agent").num_rows
    with start_run(lake, "test") as run:
        assert reparse_source(run, "register")["tables"] == {
            "raw.register__agent": before
        }
