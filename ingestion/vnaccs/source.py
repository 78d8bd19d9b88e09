"""What `source.yml` says about this source, typed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from lakehouse.yamlfile import load_yaml


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence in both languages."""

    vi: str
    en: str


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of the source; the order of `reasons` is the order of blame."""

    code: str
    title_vi: str
    title_en: str
    publisher: str
    legal_basis: str
    owner: str
    classification: str
    cadence: str
    delivery: str
    format: str
    encoding: str
    item_date_format: str
    header_time_format: str
    volume: dict[str, Any]
    redact: list[str]
    parts_expire_hours: int
    kept_payload_bytes: int
    reasons: dict[str, Words]
    warnings: dict[str, Words]

    def reason(self, code: str, items: Iterable[str]) -> tuple[str, str]:
        """Why something is rejected, in Vietnamese and English."""
        words = self.reasons[code]
        named = ", ".join(items)
        return words.vi.format(items=named), words.en.format(items=named)


@lru_cache(maxsize=1)
def source() -> Source:
    """This source."""
    return load_yaml(Path(__file__).with_name("source.yml"), Source)
