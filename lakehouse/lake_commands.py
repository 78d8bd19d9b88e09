"""Commands on a whole lake: run, build, status, verify, sql, migrate, doctor."""

from __future__ import annotations

from typing import Any

import typer
from msgspec.structs import asdict

from lakehouse import console, status_screen
from lakehouse.contracts import load_contracts
from lakehouse.errors import DataRefused
from lakehouse.settings import settings
from lakehouse.stages import AFTER_RUN, STAGES, carry_out
from lakehouse.tables import Lake

app = typer.Typer()
_JSON = typer.Option(False, "--json", help="Answer as JSON.")


def _lake() -> Lake:
    return Lake(settings().lake)


def _show(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        console.show_json(report)
        return
    rows = [
        (name, f"{done['seconds']:.1f} s", _words(done))
        for name, done in report["stages"].items()
    ]
    console.show_table(
        f"Lượt chạy {report['run_seq']}", ["Bước", "Giờ", "Kết quả"], rows
    )


def _words(done: dict[str, Any]) -> str:
    parts = []
    for name, value in done.items():
        if name == "seconds":
            continue
        shown = console.number(value) if isinstance(value, int) else value
        parts.append(f"{name} {shown}")
    return ", ".join(parts)


@app.command("run")
def run_all(as_json: bool = _JSON) -> None:
    """Take new files in, bring every table up to date, publish features.

    Exit code 1 where a source could not be taken; the others were.
    """
    report = carry_out(_lake(), "customs run", STAGES, AFTER_RUN)
    _show(report, as_json)
    refused = report["stages"]["ingest"].get("refused")
    if refused:
        raise DataRefused(
            "source_refused",
            "the run has ended, without " + "; ".join(refused),
            "Mend it and run again: what was taken is not taken twice",
        )


@app.command("build")
def build(
    only: str = typer.Option("", help="One stage: core, gold or quality."),
    as_json: bool = _JSON,
) -> None:
    """Bring core and gold tables up to date with what raw holds."""
    known = ("core", "gold", "quality")
    stages = (only,) if only else known
    if not set(stages) <= set(known):
        raise typer.BadParameter(f"{only} is no stage of a build: {', '.join(known)}")
    _show(carry_out(_lake(), "customs build", stages), as_json)


@app.command("verify")
def verify(as_json: bool = _JSON) -> None:
    """Check that nothing was lost from landing to gold; name what is not checked."""
    from lakehouse.verify import unverified_tables, verify_lake

    lake = _lake()
    findings = verify_lake(lake)
    unverified = unverified_tables(lake, findings)
    if as_json:
        balanced = [{**asdict(f), "holds": f.holds} for f in findings]
        console.show_json({"findings": balanced, "unverified": unverified})
    else:
        columns = ["Cân đối", "Nguồn", "Vào", "Ra", "Đúng"]
        rows = [(f.what, f.source, f.left, f.right, f.holds) for f in findings]
        console.show_table("Bảo toàn thông điệp", columns, rows)
        if unverified:
            names = ", ".join(unverified)
            console.people.print(f"Chưa có phép cân đối cho: {names}")
    if not all(finding.holds for finding in findings):
        raise typer.Exit(1)


@app.command("status")
def status(
    tables: bool = typer.Option(False, help="List every table of the contracts."),
    as_json: bool = _JSON,
) -> None:
    """Show how fresh sources and tables are, against what their contracts promise."""
    from lakehouse.status import source_states, table_states

    lake = _lake()
    names = [name for name in lake.contracts.tables if tables or lake.exists(name)]
    sources, states = source_states(lake), table_states(lake, names)
    if as_json:
        console.show_json({"sources": sources, "tables": states})
    else:
        status_screen.show(settings().lake, sources, states)


@app.command("sql")
def sql(query: str, as_json: bool = _JSON) -> None:
    """Answer one SQL query over the tables of the lake, read-only."""
    from lakehouse.query import run_query

    answer = run_query(_lake(), query)
    if as_json:
        console.show_json(answer.to_pylist())
        return
    rows = [tuple(row.values()) for row in answer.to_pylist()]
    console.show_table("", answer.column_names, rows)


@app.command("migrate")
def migrate(
    plan: bool = typer.Option(False, help="Only say what would be done."),
    as_json: bool = _JSON,
) -> None:
    """Bring a lake of an older version up to this software."""
    from lakehouse.lease import hold_lease
    from lakehouse.migrations import migrate as migrate_lake

    lake = _lake()
    with hold_lease(lake.root, "customs migrate"):
        done = migrate_lake(lake, plan_only=plan)
    if as_json:
        console.show_json({"steps": done, "plan_only": plan})
    else:
        console.people.print("\n".join(done) or "Hồ dữ liệu đã ở phiên bản mới nhất.")


@app.command("contracts")
def contracts(as_json: bool = _JSON) -> None:
    """Check every contract and count elements and tables."""
    loaded = load_contracts()
    counts = {"elements": len(loaded.elements), "tables": len(loaded.tables)}
    if as_json:
        console.show_json(counts)
    else:
        console.people.print(
            f"{counts['elements']} chỉ tiêu thông tin, {counts['tables']} bảng: hợp lệ."
        )
