"""What one check found, and the checks that packages hand in."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from lakehouse.tables import Lake
from lakehouse.yamlfile import parse_yaml

State = Literal["well", "wanted", "broken"]
"""`wanted`: a part of the product needs it; `broken`: nothing works without it."""


class Health(msgspec.Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        name: stable word for programs.
        found_vi: what is there.
        remedy_vi: what to do; None where all is well.
    """

    name: str
    title_vi: str
    state: State
    found_vi: str
    remedy_vi: str | None = None


Check = Callable[[Lake], list[Health]]


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Below `least` nothing works, below `wanted` not all does."""

    least: float
    wanted: float


class Needs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `needs.yml` says."""

    disk_free_gib: Size
    memory_gib: Size
    font_language: str


@lru_cache(maxsize=1)
def load_needs() -> Needs:
    """The needs of the product.

    Raises:
        msgspec.ValidationError: a key is unknown or missing.
    """
    return msgspec.convert(parse_yaml(Path(__file__).with_name("needs.yml")), Needs)


def examine(lake: Lake) -> list[Health]:
    """Carry out every check, in the order of the names of those who hand them in."""
    points = importlib.metadata.entry_points(group="customs.checks")
    found: list[Health] = []
    for point in sorted(points, key=_name):
        check: Check = point.load()
        found += check(lake)
    return found


def _name(point: importlib.metadata.EntryPoint) -> str:
    return point.name


def by_size(name: str, title_vi: str, found: float, needed: Size, do: str) -> Health:
    """Judge a size in GiB."""
    state: State = "well"
    if found < needed.wanted:
        state = "broken" if found < needed.least else "wanted"
    said = f"{found:.1f} GiB".replace(".", ",")
    remedy = None if state == "well" else f"{do} (nên có {needed.wanted:g} GiB)"
    return Health(name, title_vi, state, said, remedy)
