"""`customs rules`: check, publish and read the risk criteria."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import typer

from lakehouse import console
from lakehouse.contracts import load_contracts
from lakehouse.errors import UsageError
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.criterion import Criterion, criteria_from_rows, load_criteria
from lakehouse.rules.lists import lists_on, members_from_rows
from lakehouse.rules.policy_rows import (
    TABLES,
    PolicyRows,
    check_policy,
    hash_of,
    publish_rows,
    rows_of_tables,
)
from lakehouse.rules.rule_set import RuleSet, publish
from lakehouse.settings import settings
from lakehouse.time import business_date, now

app = typer.Typer(help="Risk criteria: check, publish, read.", no_args_is_help=True)

_FROM = typer.Option(None, "--from", help="A YAML file instead of ref.risk_criterion.")
_ON = typer.Option(None, formats=["%Y-%m-%d"], help="Day of validity; today if unset.")
_JSON = typer.Option(False, "--json", help="For programs.")


@app.command()
def check(file: Path = _FROM, on: datetime = _ON, as_json: bool = _JSON) -> None:
    """Type-check every criterion, and hold it to its own examples."""
    _show(_checked(file, on), "hợp lệ", as_json)


@app.command("publish")
def publish_rules(
    file: Path = _FROM, on: datetime = _ON, as_json: bool = _JSON
) -> None:
    """Publish the criteria in force as the rule set of the decision service.

    From a lake its thresholds, random shares, named lists and rules of feature use are
    published with them; a file of criteria alone leaves the policy as it is.
    """
    rule_set = _checked(file, on)
    published = settings().lake / "published"
    rows = None if file else _policy_of_lake()
    if rows is not None:
        catalogue = Catalogue.from_contracts(load_contracts())
        read = [one.name for one in rule_set.content.catalogue if one.is_feature]
        check_policy(rows, catalogue, read, rule_set.on)
        # The policy first: a rule set never stands without the rows that it needs.
        publish_rows(rows, published / "policies")
    publish(rule_set, published / "rules")
    _show(rule_set, "đã công bố", as_json, rows)


@app.command()
def explain(code: str, file: Path = _FROM, as_json: bool = _JSON) -> None:
    """Show one criterion with its condition as a Vietnamese sentence."""
    from lakehouse.rules.to_sql import to_sql
    from lakehouse.rules.to_vietnamese import to_vietnamese

    rule_set = _rule_set(file, None)
    try:
        criterion = rule_set.criterion(code)
    except KeyError:
        raise UsageError(
            "unknown_criterion",
            f"no criterion {code} is in force",
            "See `customs rules check`",
        ) from None
    catalogue = Catalogue.from_contracts(load_contracts())
    sentence = to_vietnamese(rule_set.condition(code), catalogue)
    if as_json:
        sql = to_sql(rule_set.condition(code), rule_set.content.lists)
        console.show_json({"code": code, "condition_vi": sentence, "sql": sql})
        return
    mark = " [yellow]SAMPLE[/]" if criterion.is_sample else ""
    console.people.print(f"[bold]{code}[/] {criterion.title_vi}{mark}")
    console.people.print(f"  Điều kiện: {sentence}")
    console.people.print(f"  Hướng dẫn: {criterion.guidance_vi}")
    console.people.print(f"  Căn cứ: {criterion.legal_basis}")


def _rule_set(file: Path | None, on: datetime | None) -> RuleSet:
    criteria = load_criteria(file) if file else _criteria_of_lake()
    day = on.date() if on else business_date(now())
    catalogue = Catalogue.from_contracts(load_contracts())
    return RuleSet.build(criteria, catalogue, _lists_of_lake(day), day)


def _lists_of_lake(day: date) -> dict[str, frozenset[str]]:
    """Named lists that the lake holds; those that a condition asks are published."""
    from lakehouse.tables import Lake

    lake = Lake(settings().lake)
    if not lake.exists("ref.named_list"):
        return {}
    known_now = "select * from t where known_until is null"
    rows = lake.read("ref.named_list", known_now).to_pylist()
    return lists_on(members_from_rows(rows), day)


def _checked(file: Path | None, on: datetime | None) -> RuleSet:
    """The rule set, each criterion held to its own examples."""
    from lakehouse.rules.example import check_examples

    rule_set = _rule_set(file, on)
    catalogue = Catalogue.from_contracts(load_contracts())
    for criterion in rule_set.criteria:
        check_examples(criterion, catalogue, rule_set.content.lists)
    return rule_set


def _criteria_of_lake() -> list[Criterion]:
    from lakehouse.tables import Lake

    lake = Lake(settings().lake)
    if not lake.exists("ref.risk_criterion"):
        raise UsageError(
            "no_criteria",
            "the lake holds no risk criteria",
            "Load them with `customs ingest ref --from FOLDER`, or name a file: --from",
        )
    known_now = "select * from t where known_until is null"
    return criteria_from_rows(lake.read("ref.risk_criterion", known_now).to_pylist())


def _policy_of_lake() -> PolicyRows | None:
    """The policy that the reference tables write; None where one is not loaded."""
    from lakehouse.tables import Lake

    lake = Lake(settings().lake)
    if not all(lake.exists(f"ref.{name}") for name in TABLES):
        return None
    known_now = "select * from t where known_until is null"
    return rows_of_tables(
        {name: lake.read(f"ref.{name}", known_now).to_pylist() for name in TABLES}
    )


def _show(
    rule_set: RuleSet, done: str, as_json: bool, rows: PolicyRows | None = None
) -> None:
    count = len(rule_set.criteria)
    policy = hash_of(rows) if rows else None
    if as_json:
        answer = {"rule_set": rule_set.hash, "criteria": count, "policy": policy}
        console.show_json(answer)
        return
    console.people.print(f"{count} tiêu chí {done}: {rule_set.hash[:12]}")
    if rows and policy:
        sample = any(row.is_sample for row in rows.channel_threshold)
        mark = " [yellow]SAMPLE[/]" if sample else ""
        console.people.print(f"Ngưỡng và tỷ lệ ngẫu nhiên{mark}: {policy[:12]}")
