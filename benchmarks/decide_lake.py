"""A small lake with everything that decisions are made with, for benches and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from lakehouse import time
from lakehouse.contracts import load_contracts
from lakehouse.derive.to_rows import to_rows
from lakehouse.rules import rule_set as rules
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.criterion import Criterion, load_criteria
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake, rows_of
from realtime_core.basis import Places, places_of, sample_policy
from realtime_core.policy import publish_policy
from serving.features.publish import publish as publish_features

ACTIVITY = "feat.enterprise__activity"
PRICE = "feat.commodity_origin__price"
Rows = Sequence[Mapping[str, object]]

# Who and what the sample request of `realtime_core/sample.py` is about.
KNOWN_ENTERPRISE = {
    "tax_code": "9900109101",
    "history_days": 365,
    "first_declaration_date": date(2019, 3, 1),
    "last_declaration_date": date(2026, 11, 1),
    "declaration_count_365d": 420,
    "import_declaration_count_365d": 400,
    "export_declaration_count_365d": 20,
}
KNOWN_PRICE = {
    "hs_code": "64039990",
    "origin_country_code": "CN",
    "quantity_unit_code": "NPR",
    "line_count_365d": 900,
    "median_unit_price_vnd": 410_000.0,
    "p05_unit_price_vnd": 260_000.0,
    "p95_unit_price_vnd": 700_000.0,
    "mad_log_unit_price": 0.18,
}


def make_lake(
    root: Path,
    day: date,
    criteria: Sequence[Criterion] | None = None,
    activity: Rows = (KNOWN_ENTERPRISE,),
    prices: Rows = (KNOWN_PRICE,),
) -> Places:
    """A lake with features as of a day, published with rules and the sample policy."""
    lake = Lake(root, load_contracts())
    for name, rows in ((ACTIVITY, activity), (PRICE, prices)):
        dated = [{**row, "as_of_date": day} for row in rows]
        lake.append(name, to_rows(lake.contracts.table(name), dated))
    manifest = [
        {
            "run_seq": 1,
            "table_name": name,
            "delta_version": lake.version(name),
            "ended_at": time.now(),
        }
        for name in (ACTIVITY, PRICE)
    ]
    lake.append("ops.manifest", rows_of("ops.manifest", manifest, lake))
    publish_features(lake, day)
    places = places_of(lake.root)
    catalogue = Catalogue.from_contracts(lake.contracts)
    chosen = sample_criteria() if criteria is None else criteria
    rules.publish(rules.RuleSet.build(chosen, catalogue, {}, day), places.rules)
    publish_policy(sample_policy(catalogue), places.policies)
    return places


def sample_criteria() -> list[Criterion]:
    """The SAMPLE criteria that the project ships."""
    return load_criteria(
        PROJECT_ROOT / "ingestion" / "ref" / "sample" / "risk_criterion.yml"
    )


def padded(criteria: Sequence[Criterion], count: int) -> list[Criterion]:
    """So many criteria: those given, then copies of them under other codes."""
    copies = [
        msgspec.structs.replace(
            criteria[place % len(criteria)], code=f"PAD-{place:03d}"
        )
        for place in range(count - len(criteria))
    ]
    return [*criteria, *copies]
