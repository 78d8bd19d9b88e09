"""How the commands speak: JSON for programs, tables and progress for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import date, datetime
from decimal import Decimal

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table as RichTable

from lakehouse.errors import CustomsError

_VIETNAMESE = str.maketrans(",.", ".,")

people = Console(highlight=False)
"""Where people read; programs read `show_json`."""
notices = Console(stderr=True, highlight=False)
"""Errors and notices, so that standard output stays clean for programs."""


def show_json(value: object) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def show_error(error: CustomsError) -> None:
    """One line that says what is wrong, one that says what to do."""
    notices.print(f"[bold red]{error.code}[/]: {error.message}", soft_wrap=True)
    notices.print(f"  → {error.remedy}", soft_wrap=True)


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """A table for people; numbers stand right, with thousands apart."""
    shown = RichTable(header_style="bold")
    kept = [list(row) for row in rows]
    for place, name in enumerate(columns):
        numeric = any(isinstance(row[place], int | float | Decimal) for row in kept)
        shown.add_column(name, justify="right" if numeric else "left")
    for row in kept:
        shown.add_row(*(_cell(value) for value in row))
    if title:
        people.print(f"[bold]{title}[/]")
    people.print(shown)


def _cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "có", False: "không", None: "–"}[value]
    if isinstance(value, int):
        return number(value)
    if isinstance(value, float | Decimal):
        return f"{value:,f}".rstrip("0").rstrip(".").translate(_VIETNAMESE)
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d/%m/%Y}"
    return str(value)


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what a command would say; its errors still come through."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        people.quiet = True
        try:
            yield
        finally:
            people.quiet = False


def number(value: int) -> str:
    """A whole number as Vietnamese readers write it: 1.234.567."""
    return f"{value:,}".replace(",", ".")


def percent(share: float) -> str:
    """A share as Vietnamese readers write it: 4,52 %."""
    return f"{share * 100:.2f} %".replace(".", ",")


def progress() -> Progress:
    """Progress bars with rates; silent where nobody looks."""
    return Progress(
        TextColumn("{task.description:<34}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[rate]}"),
        console=notices,
        disable=not notices.is_terminal,
    )
