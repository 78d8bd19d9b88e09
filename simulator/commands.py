"""`customs simulate`: landing files of a simulated nation, with their truth."""

from __future__ import annotations

import time as clock
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from lakehouse import console
from lakehouse.settings import settings
from lakehouse.tables import Lake
from simulator.errors import SimulationRefused
from simulator.history import write_core_history
from simulator.nationwide import DayReport, Plan, simulate
from simulator.quirks import quirk_rates

MEGABYTE = 1_000_000
app = typer.Typer(
    help="Simulate the nation: landing files and the truth beside them.",
    invoke_without_command=True,
)
Scale = Annotated[float, typer.Option(help="Share of a national day; 1.0 is one.")]
First = Annotated[
    datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")
]
Days = Annotated[int, typer.Option(help="Days of registration.")]
Seed = Annotated[int, typer.Option(help="Another seed, another nation.")]
Out = Annotated[Path, typer.Option(help="Folder for landing/ and truth/.")]
Quirks = Annotated[
    list[str] | None,
    typer.Option(help="`10x`, `off` or `code=rate`; may be given several times."),
]
Until = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Leave out what arrives from here on."),
]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Leave out what arrives before this day."),
]
Processes = Annotated[int, typer.Option(help="Files written at once.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.callback()
def simulate_days(
    context: typer.Context,
    scale: Scale = 0.02,
    days: Days = 3,
    first: First = datetime(2026, 11, 1),
    seed: Seed = 1,
    out: Out = Path("lake"),
    quirks: Quirks = None,
    no_quirks: Annotated[bool, typer.Option("--no-quirks", help="As off.")] = False,
    until: Until = None,
    since: Since = None,
    processes: Processes = 2,
    as_json: Json = False,
) -> None:
    """Write landing files in order of arrival, and the truth in files of its own.

    Declarations registered on a day go on speaking on later days: their messages lie
    in the folder of the day on which they arrive. The same seed gives the same bytes.
    """
    if context.invoked_subcommand:
        return
    plan = Plan(
        seed=seed,
        scale=scale,
        first=first.date(),
        days=_positive(days, "days"),
        rates=quirk_rates(["off"] if no_quirks else quirks or []),
        out=out,
        until=until.date() if until else None,
        since=since.date() if since else None,
        processes=_positive(processes, "processes"),
    )
    started = clock.perf_counter()
    with console.progress() as bars:
        done = list(simulate(plan, _Bars(bars)))
    _show(plan, done, clock.perf_counter() - started, as_json=as_json)


@app.command()
def history(
    days: Days = 30,
    first: First = datetime(2026, 10, 1),
    scale: Scale = 0.05,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Write the core tables of past days straight into the lake, without messages.

    The rows are those that the transforms would make. What arrives after the last day
    is left out: simulate the same days with `--since` the day after to land it.
    """
    started = clock.perf_counter()
    with console.progress() as bars:
        task = bars.add_task("Lịch sử", total=_positive(days, "days"), rate="")
        rows = write_core_history(
            Lake(settings().lake),
            first.date(),
            days,
            scale,
            seed,
            lambda done, _: bars.update(task, completed=done),
        )
    seconds = round(clock.perf_counter() - started, 3)
    if as_json:
        console.show_json(
            {"lake": str(settings().lake), "seconds": seconds, "rows": rows}
        )
        return
    console.show_table("Lịch sử đã ghi", ("Bảng", "Dòng"), list(rows.items()))


def _positive(number: int, name: str) -> int:
    if number < 1:
        raise SimulationRefused(f"bad_{name}", f"{name} is {number}", "Use 1 or more")
    return number


class _Bars:
    """One bar a day, moved as its files are written."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[date, TaskID] = {}

    def __call__(self, day: date, done: int, total: int) -> None:
        """Tell how many files of a day are written."""
        if day not in self._tasks:
            self._tasks[day] = self._bars.add_task(
                f"Mô phỏng {day:%d/%m/%Y}", total=total, rate=""
            )
        self._bars.update(self._tasks[day], completed=done)


def _show(
    plan: Plan, reports: list[DayReport], seconds: float, *, as_json: bool
) -> None:
    megabytes = sum(report.bytes for report in reports) / MEGABYTE
    if as_json:
        console.show_json(
            {
                "out": str(plan.out),
                "seconds": round(seconds, 3),
                "megabytes": round(megabytes, 3),
                "days": [vars(report) for report in reports],
            }
        )
        return
    console.show_table(
        f"Mô phỏng vào {plan.out}",
        ("Ngày", "Tờ khai", "Bưu kiện", "Thông điệp", "Tệp", "MB"),
        [
            (
                f"{report.day:%d/%m/%Y}",
                report.declarations,
                report.parcels,
                report.messages,
                report.files,
                round(report.bytes / MEGABYTE, 1),
            )
            for report in reports
        ],
    )
