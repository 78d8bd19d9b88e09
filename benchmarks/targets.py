"""What each measured number should reach, from `targets.yml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from lakehouse.yamlfile import load_yaml


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bound of one number; exactly one of the two is set."""

    at_most: float | None = None
    at_least: float | None = None

    def __str__(self) -> str:
        """The bound as people write it."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return f"≥ {self.at_least:g}"

    def verdict(self, value: float) -> str:
        """`reached` or `missed`."""
        if self.at_most is not None:
            return "reached" if value <= self.at_most else "missed"
        assert self.at_least is not None
        return "reached" if value >= self.at_least else "missed"


@lru_cache(maxsize=1)
def load_targets() -> dict[str, dict[str, Target]]:
    """Targets by benchmark and measure."""
    path = Path(__file__).with_name("targets.yml")
    return load_yaml(path, dict[str, dict[str, Target]])
