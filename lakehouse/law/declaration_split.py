"""Parts of a consignment that was split over declarations, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_FIRST, _KEY = "F", 11


class Part(NamedTuple):
    """What a declaration says of the consignment it is a part of.

    Attributes:
        first_part: number of the first part, or F on the first part itself.
        branch: which part it is; the first part may leave it out.
        total: number of parts, where it is stated.
    """

    first_part: str
    branch: int | None = None
    total: int | None = None


class Split(NamedTuple):
    """A consignment of several parts, named by the key of the first one."""

    first_key: str
    total: int | None
    seen: list[int]
    missing: list[int]

    @property
    def complete(self) -> bool:
        """Whether every part is known, as far as their number is."""
        return self.total is not None and not self.missing


def splits(parts: Mapping[str, Part]) -> list[Split]:
    """Group parts, given by declaration key, by the key of their first part."""
    groups: dict[str, list[Part]] = {}
    for key, part in parts.items():
        is_first = part.first_part == _FIRST or part.first_part[:_KEY] == key
        first_key = key if is_first else part.first_part[:_KEY]
        placed = part._replace(branch=part.branch or (1 if is_first else None))
        groups.setdefault(first_key, []).append(placed)
    return [_split(first_key, groups[first_key]) for first_key in sorted(groups)]


def _split(first_key: str, parts: list[Part]) -> Split:
    seen = sorted({part.branch for part in parts if part.branch is not None})
    total = max((part.total for part in parts if part.total is not None), default=None)
    missing = [branch for branch in range(1, (total or 0) + 1) if branch not in seen]
    return Split(first_key, total, seen, missing)
