"""What decisions are made with, as it lies published in a lake."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lakehouse.contracts import Contracts
from lakehouse.law.tax_lists import TaxLists, load_tax_lists
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.policy_rows import CURRENT
from lakehouse.rules.rule_set import RuleSet, load_current
from lakehouse.settings import PROJECT_ROOT, settings
from lakehouse.time import business_date, now
from realtime_core.draw import DrawKeys, read_secret
from realtime_core.features import Snapshot, current_snapshot
from realtime_core.policy import Policy, load_policy, publish_policy, read_policy

_SAMPLES = PROJECT_ROOT / "ingestion" / "ref" / "sample"
SAMPLE_THRESHOLDS = _SAMPLES / "channel_threshold.yml"
SAMPLE_SHARES = _SAMPLES / "random_selection.yml"
SAMPLE_USES = _SAMPLES / "feature_use.yml"


class Places(NamedTuple):
    """Where a lake keeps what the decision service reads and writes."""

    rules: Path
    policies: Path
    snapshots: Path
    taxes: Path
    draws: Path
    journal: Path
    secret: Path


class Basis(NamedTuple):
    """Rules, policy, features, draw keys, tax lists; replaced as a whole."""

    rule_set: RuleSet
    policy: Policy
    snapshot: Snapshot
    keys: DrawKeys
    taxes: TaxLists | None = None


def places_of(lake: Path) -> Places:
    """The places of a lake; the master secret may lie elsewhere by setting."""
    published = lake / "published"
    return Places(
        rules=published / "rules",
        policies=published / "policies",
        snapshots=published / "snapshots",
        taxes=published / "taxes",
        draws=published / "draws",
        journal=lake / "journal",
        secret=settings().draw_secret_file or lake / "secrets" / "draw_secret",
    )


def load_basis(places: Places, contracts: Contracts) -> Basis:
    """The current basis of a lake; the sample policy is published if none is yet.

    Raises:
        CustomsError: something is not published, was changed, or does not fit.
    """
    catalogue = Catalogue.from_contracts(contracts)
    if not (places.policies / CURRENT).exists():
        publish_policy(sample_policy(catalogue), places.policies)
    rule_set = load_current(places.rules)
    policy = load_policy(places.policies, catalogue)
    policy.require(features_read(rule_set), business_date(now()))
    return Basis(
        rule_set,
        policy,
        Snapshot(current_snapshot(places.snapshots), contracts),
        draw_keys(places),
        load_tax_lists(places.taxes),
    )


def draw_keys(places: Places) -> DrawKeys:
    """The draw keys of a lake."""
    return DrawKeys(read_secret(places.secret), places.draws)


def sample_policy(catalogue: Catalogue) -> Policy:
    """The SAMPLE policy that the project ships."""
    return read_policy(SAMPLE_THRESHOLDS, SAMPLE_SHARES, SAMPLE_USES, catalogue)


def features_read(rule_set: RuleSet) -> list[str]:
    """Names of the features that some criterion reads."""
    return [entry.name for entry in rule_set.content.catalogue if entry.is_feature]
