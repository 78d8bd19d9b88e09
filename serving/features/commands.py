"""`customs features`: publish what the decision service reads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
import typer

from lakehouse.console import show_json
from lakehouse.derive.to_record import SnapshotManifest
from lakehouse.settings import settings
from lakehouse.tables import Lake
from lakehouse.time import business_date, now
from serving.features.publish import publish as publish_snapshot
from serving.features.taxes import publish_taxes

app = typer.Typer(
    help="Features for the decision service.",
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def features() -> None:
    """Features for the decision service."""


@app.command()
def publish(
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the features; today if unset."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Publish the feature tables of one date as the current snapshot, and tax lists."""
    day = as_of.date() if as_of else business_date(now())
    lake = Lake(settings().lake)
    folder, taxes = publish_snapshot(lake, day), publish_taxes(lake)
    manifest = msgspec.json.decode(
        (folder / "manifest.json").read_bytes(), type=SnapshotManifest
    )
    if as_json:
        show_json(
            {"snapshot": folder.name, "taxes": taxes} | msgspec.to_builtins(manifest)
        )
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in manifest.records.items())
    typer.echo(f"Snapshot {folder.name[:12]} as of {day}: {counts}")
