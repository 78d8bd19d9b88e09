"""The `customs` command: what packages hand in, plus the lake's own commands."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from typing import Any

import typer

from lakehouse import console
from lakehouse.errors import CustomsError
from lakehouse.lake_commands import app as lake_app

_COMMANDS = "customs.commands"


class _Commands(typer.core.TyperGroup):
    """Commands of the core and those that packages declare as entry points.

    A package is imported only when its command is asked for, so that a short command
    does not pay for the engine.
    """

    # The parameter's type is private to typer.
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Names of all commands, in order."""
        return sorted({*super().list_commands(ctx), *_entry_points()})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """The command of a name, loaded now if a package hands it in."""
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in _entry_points():
            return own
        command = typer.main.get_command(_entry_points()[cmd_name].load())
        command.name = cmd_name
        return command


def _entry_points() -> dict[str, importlib.metadata.EntryPoint]:
    found = importlib.metadata.entry_points(group=_COMMANDS)
    return {point.name: point for point in found}


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="National customs lakehouse of Viet Nam.",
)
app.registered_commands.extend(lake_app.registered_commands)


@app.callback()
def _options(
    lake: str = typer.Option("", help="Folder of the lake (CUSTOMS_LAKE)."),
    debug: bool = typer.Option(False, help="Show tracebacks."),
) -> None:
    if lake:
        os.environ["CUSTOMS_LAKE"] = lake
    if debug:
        os.environ["CUSTOMS_DEBUG"] = "1"


def main() -> None:
    """Run the command line; exit 0 ok, 1 data refused, 2 usage, 3 environment."""
    # The embedded engine logs each session; people want only what goes wrong.
    os.environ.setdefault("RUST_LOG", "error")
    try:
        app()
    except CustomsError as error:
        if os.environ.get("CUSTOMS_DEBUG"):
            raise
        console.show_error(error)
        sys.exit(error.exit_code)
