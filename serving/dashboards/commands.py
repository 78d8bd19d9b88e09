"""`customs dashboard`: the overview page over the lake, until stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from lakehouse.console import people, show_json
from lakehouse.settings import settings
from lakehouse.tables import Lake

app = typer.Typer(
    help="The web page of leadership.",
    invoke_without_command=True,
    add_completion=False,
)
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.callback()
def dashboard(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Serve the overview page until stopped; it is built at its first start."""
    if context.invoked_subcommand is not None:
        return
    from serving.dashboards.bundle import make_bundle
    from serving.dashboards.server import Server

    server = Server(Lake(settings().lake), make_bundle(), host, port)
    text = f"Trang tổng quan: {server.url} (dừng bằng Ctrl-C)"
    server.run(
        lambda: show_json({"url": server.url}) if as_json else people.print(text)
    )


@app.command()
def build(as_json: AsJson = False) -> None:
    """Build the page now, for a machine that will not reach npm later."""
    from serving.dashboards.bundle import make_bundle

    folder = make_bundle()
    if as_json:
        show_json({"folder": str(folder)})
    else:
        people.print(f"Đã dựng trang: {folder}")
