"""Who issues permits, and the quirks of permits with their natural rates."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from lakehouse.yamlfile import load_yaml
from simulator.nation import FOLDER
from simulator.payment_quirks import PaymentQuirk


class Issuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The authority behind a kind of permit; some kinds are results of inspections."""

    ministry: str
    authority: str
    procedure: str
    inspection: str = ""


class PermitRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `permits.yml`; a permit covers so many lines at the most."""

    is_sample: bool
    lines_covered: int
    issuers: dict[str, Issuer]
    quirks: list[PaymentQuirk]


@lru_cache(maxsize=1)
def load_permit_rules() -> PermitRules:
    """All rules of permits.

    Raises:
        UsageError: the file is missing or has an unknown or wrong key.
    """
    return load_yaml(FOLDER / "permits.yml", PermitRules)
