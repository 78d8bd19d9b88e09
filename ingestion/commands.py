"""`customs ingest`: take files of a source into raw, or explain what one holds."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from lakehouse import console
from lakehouse.errors import UsageError
from lakehouse.settings import settings
from lakehouse.tables import Lake

app = typer.Typer()


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="Code of the source.")] = "vnaccs",
    landing: Annotated[
        Path | None,
        typer.Option("--from", help="Folder or file, if not the lake's landing."),
    ] = None,
    explain: Annotated[
        Path | None,
        typer.Option(help="Only show what the reader makes of a file; write nothing."),
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only name the sources that a night takes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Take new files of a source into the lake, each exactly once.

    Exit code 1 only if not one message could be read.
    """
    if due:
        _show_due(Lake(settings().lake), as_json)
        return
    if explain:
        _explain(source, explain, as_json)
        return
    from ingestion.stage import ingest_source
    from lakehouse.runs import start_run

    lake = Lake(settings().lake)
    folder = landing or lake.root / "landing" / source
    with start_run(lake, f"customs ingest {source}") as run:
        done = ingest_source(run, source, folder)
    if as_json:
        console.show_json({"source": source, **done})
    else:
        columns = ["Nguồn", "Thông điệp", "Nhận", "Từ chối", "Chờ"]
        console.show_table("Nạp dữ liệu", columns, [(source, *done.values())])
    if done["messages"] and not done["accepted"] and not done["pending"]:
        raise typer.Exit(1)


def _show_due(lake: Lake, as_json: bool) -> None:
    from ingestion.stage import due_sources

    sources = due_sources(lake)
    if as_json:
        console.show_json(sources)
    else:
        console.people.print("\n".join(sources))


def _explain(source: str, path: Path, as_json: bool) -> None:
    try:
        module = importlib.import_module(f"ingestion.{source}.explain")
    except ModuleNotFoundError:
        raise UsageError(
            "cannot_explain",
            f"files of `{source}` cannot be explained",
            "Use --explain with the source vnaccs",
        ) from None
    if not path.is_file():
        raise UsageError("file_missing", f"{path} is not there", "Name a file")
    answer = module.explain(path)
    if as_json:
        console.show_json(answer)
        return
    for number, message in enumerate(answer["messages"], 1):
        words = ", ".join(message.get("reasons") or message.get("warnings") or [])
        console.people.print(
            f"{number}. {message.get('procedure', '')} {message.get('output', '')} "
            f"[bold]{message['outcome']}[/] {words}"
        )
        for item, value in (message.get("items") or {}).items():
            console.people.print(f"     {item:<4} {value}")
        for group, repetitions in (message.get("groups") or {}).items():
            console.people.print(f"     {group} × {len(repetitions)}")
