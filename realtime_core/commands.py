"""`customs decide`: serve decisions, and account for those that were made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from lakehouse.console import show_json
from lakehouse.contracts import load_contracts
from lakehouse.errors import DataRefused
from lakehouse.journal import read_journal, search_journal
from lakehouse.rules.catalogue import Catalogue
from lakehouse.settings import settings
from lakehouse.time import business_date, now
from realtime_core.audit import audit_draws
from realtime_core.basis import (
    SAMPLE_SHARES,
    SAMPLE_THRESHOLDS,
    SAMPLE_USES,
    draw_keys,
    load_basis,
    places_of,
)
from realtime_core.bench import bench_in_process
from realtime_core.explain import explain_vi
from realtime_core.policy import publish_policy, read_policy
from realtime_core.replay import Replay, decisions_of
from realtime_core.sample import sample_body
from realtime_core.server import Server

app = typer.Typer(
    help="The clearance decision service.", no_args_is_help=True, add_completion=False
)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DATE")]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    log_decisions: Annotated[bool, typer.Option(help="One line a decision.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer declarations over HTTP until stopped."""
    server = Server(settings().lake, host, port, log_decisions=log_decisions)
    if server.torn is not None and not as_json:
        typer.echo(
            f"Cut {server.torn.size} bytes of unacknowledged records off "
            f"{server.torn.segment}",
            err=True,
        )
    facts = {"url": server.url, "decided": server.decided}
    text = f"Decisions at {server.url}/v1/decisions ({server.decided:,} in the journal)"
    server.run(lambda: show_json(facts) if as_json else typer.echo(text))


@app.command(name="publish-policy")
def publish(
    thresholds: Annotated[Path, typer.Option(help="Rows.")] = SAMPLE_THRESHOLDS,
    shares: Annotated[Path, typer.Option(help="Rows.")] = SAMPLE_SHARES,
    uses: Annotated[Path, typer.Option(help="Rows.")] = SAMPLE_USES,
    as_json: AsJson = False,
) -> None:
    """Publish thresholds, random shares and rules of feature use from list files."""
    catalogue = Catalogue.from_contracts(load_contracts())
    policy = read_policy(thresholds, shares, uses, catalogue)
    policy.on(business_date(now()))
    publish_policy(policy, places_of(settings().lake).policies)
    if as_json:
        show_json({"policy": policy.hash})
        return
    typer.echo(
        f"Policy {policy.hash[:12]} is current; a restarted service decides by it"
    )


@app.command()
def replay(as_json: AsJson = False) -> None:
    """Decide the whole journal again and compare the bytes."""
    started = perf_counter()
    again = Replay(places_of(settings().lake), load_contracts())
    count = again.run()
    seconds = perf_counter() - started
    if as_json:
        show_json({"decisions": count, "seconds": round(seconds, 3)})
        return
    typer.echo(f"{count:,} decisions came out byte for byte in {seconds:.1f} s")


@app.command()
def explain(
    number: Annotated[str, typer.Argument(help="Twelve digits.")],
    as_json: AsJson = False,
) -> None:
    """Explain a decision to an officer, in Vietnamese."""
    key = int(number) if number.isascii() and number.isdigit() else -1
    record = search_journal(places_of(settings().lake).journal, key)
    if record is None:
        raise DataRefused(
            "not_decided",
            f"{number} has no decision in the journal",
            "Give the 12 digits of a declaration that was decided",
        )
    decision = next(decisions_of(iter([record])))
    if as_json:
        show_json(decision)
        return
    typer.echo(explain_vi(decision, load_contracts()))


@app.command(name="audit-draws")
def audit(
    day: Day,
    reveal: Annotated[bool, typer.Option(help="Publish the key first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw the lots of a day again with its revealed key."""
    places = places_of(settings().lake)
    if reveal:
        draw_keys(places).reveal(day.date(), business_date(now()))
    decisions = decisions_of(read_journal(places.journal))
    found = audit_draws(decisions, places.draws, day.date())
    if as_json:
        show_json(found)
    else:
        typer.echo(
            f"{found.draw_date}: {found.decisions:,} lots drawn again, "
            f"{found.selected:,} selected ({found.expected:,.1f} expected), "
            f"{len(found.wrong)} wrong"
        )
    if found.wrong:
        raise DataRefused(
            "draws_wrong",
            f"the lot of {', '.join(found.wrong[:5])} is not the one the key gives",
            "Report it to oversight",
        )


@app.command()
def bench(
    lines: Annotated[int, typer.Option(help="Goods lines a declaration.")] = 25,
    rounds: Annotated[int, typer.Option(help="Decisions to time.")] = 5_000,
    as_json: AsJson = False,
) -> None:
    """Time decisions in this process on the lake's rules and features."""
    contracts = load_contracts()
    basis = load_basis(places_of(settings().lake), contracts)
    body = sample_body(business_date(now()), lines)
    found = bench_in_process(basis, contracts, [body], rounds)
    basis.snapshot.close()
    if as_json:
        show_json(found)
        return
    typer.echo(
        f"{found.criteria} criteria, {found.lines} lines: "
        f"p50 {found.p50_us:.0f} µs, p99 {found.p99_us:.0f} µs"
    )
