"""The lake's version file and the ordered steps between versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from lakehouse.errors import EnvironmentFault

if TYPE_CHECKING:
    from lakehouse.tables import Lake

STEPS: tuple[tuple[int, str, Callable[[Lake], None]], ...] = ()
"""(version reached, what it does, step), oldest first; the first lake is version 1."""

LAKE_VERSION = 1 + len(STEPS)


def check_lake_version(lake: Lake) -> None:
    """Make sure that this software may write the lake; a new lake gets its version.

    Raises:
        EnvironmentFault: the lake is newer, or older and not yet migrated.
    """
    found = _read_version(lake)
    if found is None:
        _write_version(lake, LAKE_VERSION)
    elif found > LAKE_VERSION:
        raise EnvironmentFault(
            "lake_newer",
            f"the lake {lake.root} has version {found}, this software knows "
            f"{LAKE_VERSION}",
            "Use the newer software that wrote it, or another lake",
        )
    elif found < LAKE_VERSION:
        raise EnvironmentFault(
            "lake_older",
            f"the lake {lake.root} has version {found}, this software needs "
            f"{LAKE_VERSION}",
            "Run `customs migrate --plan`, then `customs migrate`",
        )


def migrate(lake: Lake, *, plan_only: bool) -> list[str]:
    """Bring a lake up to date, step by step; returns what was (or would be) done."""
    found = _read_version(lake) or LAKE_VERSION
    done = []
    for version, what, step in STEPS:
        if version <= found:
            continue
        if not plan_only:
            step(lake)
            _write_version(lake, version)
        done.append(f"{version}: {what}")
    return done


def _read_version(lake: Lake) -> int | None:
    path = lake.root / "ops" / "_lake.json"
    if not path.exists():
        return None
    try:
        return int(json.loads(path.read_text())["lake_version"])
    except (ValueError, KeyError, TypeError):
        raise EnvironmentFault(
            "lake_version_unreadable",
            f"{path} cannot be read",
            'Restore it from a backup, or write {"lake_version": 1}',
        ) from None


def _write_version(lake: Lake, version: int) -> None:
    path = lake.root / "ops" / "_lake.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"lake_version": version}))
    fresh.replace(path)
