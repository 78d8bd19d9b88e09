"""dbt in this process: its derived files, its profile, and what became of each node."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from lakehouse.contracts import Contracts
from lakehouse.derive.to_dbt import to_dbt_models, to_dbt_sources
from lakehouse.engine import engine
from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake

PROJECT = PROJECT_ROOT / "dbt_project"
SOURCE_SCHEMAS = ("core", "ref")
MODEL_SCHEMAS = ("gold", "feat")
_STATE = "partial_parse.msgpack"
_PROFILE = f"""\
customs:
  target: lake
  outputs:
    lake:
      type: spark
      method: session
      host: NA
      schema: gold
      threads: {os.cpu_count()}
"""


class NodeResult(msgspec.Struct, frozen=True):
    """What became of one model or check.

    Attributes:
        kind: `model` or `test`.
        table: the table that the model builds or the check is for.
        status: success, pass, warn, fail, error or skipped.
        message: first line of what dbt or the engine says.
    """

    kind: str
    table: str
    status: str
    message: str
    started_at: datetime


def write_derived(contracts: Contracts, project: Path = PROJECT) -> list[Path]:
    """Write the YAML that dbt reads, where it differs; the changed files."""
    tables = contracts.tables
    texts = {
        schema: to_dbt_sources(schema, tables.values()) for schema in SOURCE_SCHEMAS
    } | {schema: to_dbt_models(schema, tables) for schema in MODEL_SCHEMAS}
    folder = project / "models" / "_derived"
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for schema, text in texts.items():
        path = folder / f"{schema}.yml"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            # Replaced in one step: another process may be reading it.
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_text(text, encoding="utf-8")
            part.replace(path)
            changed.append(path)
    return changed


def invoke_dbt(
    lake: Lake,
    command: Sequence[str],
    names: Iterable[str],
    context: Mapping[str, object],
) -> list[NodeResult]:
    """Run a dbt command on some tables of a lake.

    Args:
        context: what models may know of the run; see the macro `run_context`.

    Raises:
        UsageError: a model, macro or derived file is wrong.
    """
    os.environ["CUSTOMS_DBT_RUN"] = json.dumps(context)
    manifest = parse_project(lake)
    chosen = {name.split(".", 1)[1] for name in names}
    # By itself dbt takes the tests of other tables too that only look at a chosen one.
    only_named = ["--indirect-selection", "empty"]
    tests = [
        node.name
        for node in manifest.nodes.values()
        if node.resource_type == "test" and _short_name(node.attached_node) in chosen
    ]
    try:
        found = _invoke(
            lake, [*command, *only_named, "--select", *sorted(chosen), *tests], manifest
        )
    finally:
        # dbt switches ANSI mode off in the session that it shares with us.
        engine().restore_session()
    full_names = {
        table.short_name: name
        for name, table in lake.contracts.tables.items()
        if table.schema in MODEL_SCHEMAS
    }
    return [_node_result(result, full_names) for result in found.results]


def run_unit_tests(lake: Lake) -> list[str]:
    """Claims about models that do not hold; the tables must be known to the engine.

    Raises:
        UsageError: a model, macro or derived file is wrong.
    """
    chosen = ["test", "--select", "test_type:unit"]
    try:
        found = _invoke(lake, chosen, parse_project(lake))
    finally:
        engine().restore_session()
    return [
        f"{result.node.name}: {result.message}"
        for result in found.results
        if str(result.status) != "pass"
    ]


def parse_project(lake: Lake) -> Any:  # noqa: ANN401 - a manifest of dbt
    """The parsed project, from this process or from what an earlier one left.

    It costs seconds, so a command that builds later may call it at its start, in a
    thread beside its other work; whoever comes second waits for the first.

    Raises:
        UsageError: a model, macro or derived file is wrong.
    """
    with _parsing:
        if _parsed.get("contracts") is not lake.contracts:
            write_derived(lake.contracts)
            home = _home(lake)
            # A new lake starts from the newest state that any lake has left.
            _copy_newer(PROJECT / "target" / _STATE, home / "target" / _STATE)
            manifest = _invoke(lake, ["parse"], None)
            _copy_newer(home / "target" / _STATE, PROJECT / "target" / _STATE)
            _parsed.update(contracts=lake.contracts, manifest=manifest)
        return _parsed["manifest"]


_parsing = Lock()
_parsed: dict[str, Any] = {}


def _copy_newer(source: Path, target: Path) -> None:
    if not source.exists():
        return
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    with suppress(PermissionError):
        target.parent.mkdir(exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        shutil.copy2(source, part)
        part.replace(target)


def _home(lake: Lake) -> Path:
    """Folder of dbt in a lake: its profile, its log, the SQL that it ran."""
    home = lake.root / "ops" / "_dbt"
    (home / "target").mkdir(parents=True, exist_ok=True)
    profile = home / "profiles.yml"
    if not profile.exists() or profile.read_text(encoding="utf-8") != _PROFILE:
        profile.write_text(_PROFILE, encoding="utf-8")
    return home


def _invoke(lake: Lake, command: Sequence[str], manifest: Any) -> Any:  # noqa: ANN401
    # Importing dbt costs seconds; only those who build pay them.
    from dbt.cli.main import dbtRunner

    home = _home(lake)
    said_nowhere_but_in_the_log = ["--quiet", "--no-print", "--log-level", "none"]
    outcome = dbtRunner(manifest=manifest).invoke(
        [
            *said_nowhere_but_in_the_log,
            *("--log-level-file", "info", "--log-path", str(home / "logs")),
            *("--no-send-anonymous-usage-stats", "--no-write-json"),
            *command,
            *("--project-dir", str(PROJECT), "--profiles-dir", str(home)),
            *("--target-path", str(home / "target")),
        ]
    )
    if outcome.exception is not None:
        raise UsageError(
            "dbt_broken",
            _one_line(str(outcome.exception)),
            "Correct the dbt project; its log is ops/_dbt/logs in the lake",
        )
    return outcome.result


def _node_result(result: Any, full_names: Mapping[str, str]) -> NodeResult:  # noqa: ANN401
    node = result.node
    status = str(result.status)
    started = [step.started_at for step in result.timing if step.started_at]
    is_test = node.resource_type == "test"
    model = node.attached_node if is_test else node.unique_id
    return NodeResult(
        kind=str(node.resource_type),
        table=full_names[_short_name(model)],
        status=status,
        message=(
            _broken_checks(node.compiled_code)
            if status in ("fail", "warn")
            else _one_line(result.message or "")
        ),
        started_at=(started[0] if started else datetime.now(UTC)).replace(tzinfo=UTC),
    )


def _short_name(model: object) -> str:
    return str(model).rsplit(".", 1)[-1]


def _broken_checks(query: str) -> str:
    """Codes and rows that a table's test found, such as `GOLD-011 (3 rows)`."""
    rows = engine().spark.sql(query).collect()
    return ", ".join(f"{row['code']} ({row['failures']} rows)" for row in rows)


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # dbt opens with where it stood; the table says that already.
    said = lines[1:] if len(lines) > 1 and " Error in " in lines[0] else lines
    return " ".join(said)[:600]
