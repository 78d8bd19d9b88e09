"""The same cases as messages: through readers and core tables to the same views."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingestion.stage import load_reader
from lakehouse.entities import entity_findings, update_source
from lakehouse.intake import ingest
from lakehouse.law.payment import view_on
from lakehouse.replace import Workspace
from lakehouse.runs import start_run
from lakehouse.settings import PROJECT_ROOT, settings
from lakehouse.tables import Lake, rows_of
from tests.cases.payment_messages import accounting, gateway
from tests.cases.test_payments import in_any_order, rules_of, shown
from transforms.tax.ledger import ledger_on

TOPIC = "payments"
pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One lake that was told all cases, each by a bank of its own."""
    path = PROJECT_ROOT / settings().shared / "cases" / f"{TOPIC}.json"
    cases = msgspec.json.decode(path.read_bytes())
    root = tmp_path_factory.mktemp("payments")
    for case in cases["cases"]:
        land(root, case)
    lake = Lake(root / "lake")
    deadlines(lake, cases["parameters"])
    with start_run(lake, "test") as run:
        for source in ("epay", "tax"):
            ingest(run, load_reader(source), root / source)
            update_source(run, Workspace(run), source)
    return lake


def test_a_view_of_the_tables_is_what_was_told_until_its_day(
    case: dict[str, Any], parameters: dict[str, Any], told: Lake
) -> None:
    views = [
        of_case(view, case)
        for view in (
            shown(view_on(ledger_on(told, day), day, rules_of(parameters)))
            for day in map(date.fromisoformat, case["input"]["as_of"])
        )
    ]
    assert in_any_order(views) == in_any_order(case["expected"]["views"])


def test_every_message_of_the_cases_is_accounted_for(told: Lake) -> None:
    findings = entity_findings(told)
    assert findings
    assert [one for one in findings if not one.holds] == []


def of_case(view: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """What a view says of the declarations and documents of one case."""
    text = str(case["input"])
    mine = {
        name: [one for one in value if str(one.get(key)) in text]
        for key, names in (
            ("declaration", ("items", "guarantees")),
            ("document", ("disputed", "unallocated")),
        )
        for name in names
        for value in (view[name],)
    }
    findings = [
        one
        for one in view["findings"]
        if str(one.get("document", one.get("declaration"))) in text
    ]
    totals = {name: sum(one[name] for one in mine["items"]) for name in view["totals"]}
    return {**view, **mine, "findings": findings, "totals": totals}


def deadlines(lake: Lake, parameters: dict[str, Any]) -> None:
    common = {
        "valid_from": date(2000, 1, 1),
        "legal_basis": "-",
        "is_sample": True,
        "deadline_name_vi": "-",
        "deadline_name_en": "-",
        "list_code": "deadline",
        "list_edition": "case",
        "known_from": datetime(2000, 1, 1, tzinfo=UTC),
        "_record_hash": "-",
        "_run_seq": 0,
    }
    rows = [
        {
            "deadline_code": "pay_tax_guaranteed",
            "deadline_length": parameters["guarantee_max_days"],
            "deadline_unit_code": "calendar_day",
        },
        {
            "deadline_code": "pay_tax_priority",
            "deadline_length": parameters["priority_due_day"],
            "deadline_unit_code": "day_of_next_month",
        },
    ]
    full = [{**common, **row} for row in rows]
    lake.append("ref.deadline", rows_of("ref.deadline", full, lake))


def land(root: Path, case: dict[str, Any]) -> None:
    for source, messages, end in (
        ("tax", accounting(case), "ndjson"),
        ("epay", gateway(case), "xml"),
    ):
        for number, (known_on, text) in enumerate(messages):
            path = root / source / f"{case['id']}_{number:02d}.{end}"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            noon = datetime.fromisoformat(f"{known_on}T12:00:00+07:00").timestamp()
            os.utime(path, (noon, noon))
