"""`customs doctor`: what this machine and the lake allow, with remedies."""

from __future__ import annotations

import typer

from lakehouse import console
from lakehouse.doctor.health import Health, examine
from lakehouse.errors import EnvironmentFault
from lakehouse.settings import settings
from lakehouse.tables import Lake

app = typer.Typer(add_completion=False)
_STATES = {"well": "tốt", "wanted": "[yellow]nên có[/]", "broken": "[bold red]HỎNG[/]"}


@app.command()
def doctor(
    as_json: bool = typer.Option(False, "--json", help="Answer as JSON."),
) -> None:
    """Look at Python, disk, memory, fonts, Java, Maven, ports, the lake and its lists.

    Changes nothing. Exit code 3 only where nothing works without what is missing.
    """
    found = examine(Lake(settings().lake))
    if as_json:
        console.show_json(found)
    else:
        _show(found)
    if any(one.state == "broken" for one in found):
        raise typer.Exit(EnvironmentFault.exit_code)


def _show(found: list[Health]) -> None:
    columns = ["Mục", "Tình trạng", "Hiện có"]
    rows = [(one.title_vi, _STATES[one.state], one.found_vi) for one in found]
    console.show_table("Khám máy và hồ dữ liệu", columns, rows)
    for one in found:
        if one.remedy_vi:
            console.people.print(f"[bold]{one.title_vi}[/]: {one.remedy_vi}")
