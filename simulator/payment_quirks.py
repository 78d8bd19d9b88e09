"""The quirks of payments, each with its natural rate."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from lakehouse.yamlfile import load_yaml
from simulator.nation import FOLDER


class PaymentQuirk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which a payment goes wrong; see `payment_quirks.yml`."""

    code: str
    title_vi: str
    rate: float
    outcome: str
    reason: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    is_sample: bool
    quirks: list[PaymentQuirk]


@lru_cache(maxsize=1)
def load_payment_quirks() -> tuple[PaymentQuirk, ...]:
    """All quirks of payments.

    Raises:
        UsageError: the file is missing or has an unknown or wrong key.
    """
    return tuple(load_yaml(FOLDER / "payment_quirks.yml", _File).quirks)
