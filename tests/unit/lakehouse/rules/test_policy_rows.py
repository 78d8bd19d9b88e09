"""The rows of the lake write a policy that fits its rules, or none is published."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ingestion.ref.read import READER
from lakehouse.errors import CustomsError
from lakehouse.intake import ingest
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.commands import app
from lakehouse.runs import start_run
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake
from realtime_core.basis import sample_policy
from realtime_core.policy import load_policy
from transforms.ref.update import update

_SAMPLES = PROJECT_ROOT / "ingestion/ref/sample"
_LISTS = ("risk_criterion", "channel_threshold", "random_selection", "feature_use")
_DAY = date(2026, 11, 3)


@pytest.fixture
def loaded(lake: Lake) -> Lake:
    """A lake with the shipped rules."""
    with start_run(lake, "test") as run:
        for name in _LISTS:
            ingest(run, READER, _SAMPLES / f"{name}.yml")
        update(run, None)
    return lake


def _publish(*more: str) -> Result:
    return CliRunner().invoke(app, ["publish", "--on", str(_DAY), *more])


def _policies(lake: Lake) -> Path:
    return lake.root / "published" / "policies"


def test_rules_and_policy_of_a_lake_are_published_together(loaded: Lake) -> None:
    answer = json.loads(_publish("--json").stdout)
    catalogue = Catalogue.from_contracts(loaded.contracts)
    policy = load_policy(_policies(loaded), catalogue)
    assert policy.hash == answer["policy"]
    shipped = sample_policy(catalogue).on(_DAY)
    assert policy.on(_DAY).shares == shipped.shares
    assert policy.on(_DAY).features == shipped.features


def test_what_is_published_is_called_a_sample(loaded: Lake) -> None:
    assert "SAMPLE" in _publish().stdout


def test_the_same_rows_give_the_same_hash(loaded: Lake) -> None:
    first, second = (json.loads(_publish("--json").stdout) for _ in range(2))
    assert first == second


def test_a_feature_without_a_rule_of_use_stops_the_publication(loaded: Lake) -> None:
    loaded.delta("ref.feature_use").delete(
        "feature_name = 'enterprise.declaration_count_365d'"
    )
    error = _publish().exception
    assert isinstance(error, CustomsError)
    assert error.code == "no_feature_use"
    assert "enterprise.declaration_count_365d" in error.message
    assert not (loaded.root / "published").exists()


def test_criteria_of_a_file_leave_the_policy_as_it_is(loaded: Lake) -> None:
    criteria = str(_SAMPLES / "risk_criterion.yml")
    answer = json.loads(_publish("--from", criteria, "--json").stdout)
    assert answer["policy"] is None
    assert not _policies(loaded).exists()
