"""`customs demo`: a sample of the nation from landing files to an explained decision.

It does what an operator would do, by the same commands; nothing here knows more of the
packages than their commands.
"""

from __future__ import annotations

import os
import shutil
import time as clock
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from pathlib import Path

import typer

from lakehouse import console
from lakehouse.demo_screen import show_screen
from lakehouse.demo_service import DecisionService
from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT, settings
from lakehouse.stages import AFTER_RUN, STAGES, carry_out
from lakehouse.tables import Lake

app = typer.Typer()

FIRST_DAY = date(2026, 11, 2)
DAYS = 3
SCALE = 0.02
_SAMPLES = PROJECT_ROOT / "ingestion" / "ref" / "sample"
_MARK = ".demo"


@app.command()
def demo(
    scale: float = typer.Option(SCALE, help="Share of a national day."),
    no_serve: bool = typer.Option(False, "--no-serve", help="End by itself."),
) -> None:
    """Simulate three days, run every stage, and explain one live decision."""
    begun = clock.perf_counter()
    lake = settings().lake
    _fresh(lake)
    with _step("Mô phỏng ba ngày tờ khai"):
        _customs(
            "simulate", "--scale", str(scale), "--days", str(DAYS), "--out", str(lake),
            "--from", str(FIRST_DAY), "--until", str(FIRST_DAY + timedelta(DAYS)),
        )  # fmt: skip
    with _step("Nạp danh mục mẫu (SAMPLE)"):
        _customs("ingest", "ref", "--from", str(_SAMPLES))
    held = lake / "held"
    (lake / "landing" / "vnaccs").rename(held)
    last = FIRST_DAY + timedelta(DAYS - 1)
    for number in range(DAYS - 1):
        day = FIRST_DAY + timedelta(number)
        _arrive(held, lake, day)
        with _step(f"Chạy kho dữ liệu đêm {day:%d/%m/%Y}"), _night_after(day):
            carry_out(Lake(lake), "customs run", STAGES, AFTER_RUN)
    _arrive(held, lake, last)
    with _step(f"Dữ liệu ngày {last:%d/%m/%Y} đến"), _night_after(last):
        # Features stay those of the night before: the day's decisions read them.
        carry_out(Lake(lake), "customs run", STAGES)
    with _clock(f"{last}T12:00:00+07:00"):
        with _step("Công bố bộ tiêu chí rủi ro"):
            _customs("rules", "publish", "--json")
        with DecisionService(lake) as service:
            with _step("Phân luồng trực tuyến các tờ khai trong ngày"):
                answers = service.decide_day(Lake(lake), last)
            show_screen(Lake(lake), service, answers, clock.perf_counter() - begun)
            if not (no_serve or os.environ.get("CI")):
                service.wait()


def _fresh(lake: Path) -> None:
    if lake.exists() and any(lake.iterdir()) and not (lake / _MARK).exists():
        raise UsageError(
            "lake_in_use",
            f"{lake} holds a lake that is not the demo's",
            "Name another folder: customs --lake FOLDER demo",
        )
    shutil.rmtree(lake, ignore_errors=True)
    lake.mkdir(parents=True)
    (lake / _MARK).write_text("Made by customs demo; it may be deleted at any time.\n")


def _arrive(held: Path, lake: Path, day: date) -> None:
    """Files of one day of arrival come into the landing folder."""
    landing = lake / "landing" / "vnaccs"
    landing.mkdir(parents=True, exist_ok=True)
    for folder in sorted(held.iterdir()):
        if date.fromisoformat(folder.name) <= day:
            folder.rename(landing / folder.name)


@contextmanager
def _step(title: str) -> Iterator[None]:
    # A line of its own: bars that a command shows begin where the line ends.
    console.people.print(f"[cyan]▸[/] {title} …")
    begun = clock.perf_counter()
    yield
    console.people.print(f"  [green]{clock.perf_counter() - begun:.1f} s[/]")


def _night_after(day: date) -> AbstractContextManager[None]:
    """Half past midnight after a day, when the nightly run starts."""
    return _clock(f"{day + timedelta(1)}T00:30:00+07:00")


@contextmanager
def _clock(moment: str) -> Iterator[None]:
    before = os.environ.get("CUSTOMS_NOW")
    os.environ["CUSTOMS_NOW"] = moment
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.pop("CUSTOMS_NOW")
        if before is not None:
            os.environ["CUSTOMS_NOW"] = before
        settings.cache_clear()


def _customs(*arguments: str) -> None:
    from lakehouse.cli import app as customs

    with console.quiet():
        customs(list(arguments), standalone_mode=False)
