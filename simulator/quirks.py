"""The quirks that may be planted, and at which rate a run wants each."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from lakehouse.yamlfile import load_yaml
from simulator.errors import SimulationRefused
from simulator.nation import FOLDER
from simulator.payment_quirks import load_payment_quirks
from simulator.permit_rules import load_permit_rules

Outcome = Literal["accepted", "merged", "rejected", "lost"]
Fact = Literal["bill", "value", "registered_time"]
Need = Literal[
    "tax_code",
    "zero_tax_code",
    "by_sea",
    "export",
    "zero_hs",
    "coded",
    "amended",
    "middle_version",
    "first_channel",
    "middle_part",
    "old_office",
    "full",
]


class Quirk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way to go wrong; `quirks.yml` says what its fields mean."""

    code: str
    title_vi: str
    level: Literal["declaration", "message", "life", "file"]
    rate: float
    streams: list[Literal["ordinary", "parcel"]]
    stages: list[str] | None = None
    needs: Need | None = None
    what: str
    outcome: Outcome
    reason: str = ""
    warning: str = ""
    spoils: list[Fact] = []


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    is_sample: bool
    quirks: list[Quirk]


@lru_cache(maxsize=1)
def load_quirks() -> tuple[Quirk, ...]:
    """All quirks, in the order of `quirks.yml`.

    Raises:
        UsageError: the file is missing or has an unknown or wrong key.
    """
    return tuple(load_yaml(FOLDER / "quirks.yml", _File).quirks)


def quirk_place(code: str) -> int:
    """The number that marks a quirk in columns: 1 + its place in the list."""
    return [quirk.code for quirk in load_quirks()].index(code) + 1


def quirk_rates(wanted: Sequence[str]) -> dict[str, float]:
    """The rate of each quirk.

    Args:
        wanted: `10x` for ten times the natural rates, `off` for none, `code=rate` for
            one quirk; taken in order, the natural rates first.

    Raises:
        SimulationRefused: an unknown word or quirk, or a rate outside 0 to 1.
    """
    rates = {quirk.code: quirk.rate for quirk in load_quirks()}
    for quirk in (*load_payment_quirks(), *load_permit_rules().quirks):
        rates[quirk.code] = quirk.rate
    for word in wanted:
        if word == "off":
            rates = dict.fromkeys(rates, 0.0)
        elif word.endswith("x"):
            factor = _number(word[:-1], word)
            rates = {code: min(1.0, rate * factor) for code, rate in rates.items()}
        else:
            code, _, rate = word.partition("=")
            rates[_known(code, rates)] = _share(rate, word)
    return rates


def _known(code: str, rates: dict[str, float]) -> str:
    if code in rates:
        return code
    near = difflib.get_close_matches(code, rates, 1)
    raise SimulationRefused(
        "unknown_quirk",
        f"there is no quirk `{code}`",
        f"Did you mean `{near[0]}`?" if near else "See simulator/quirks.yml",
    )


def _share(text: str, word: str) -> float:
    rate = _number(text, word)
    if rate > 1:
        raise SimulationRefused(
            "bad_quirk_rate", f"{word} is above 1", "Give a share from 0 to 1"
        )
    return rate


def _number(text: str, word: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1_000:
        raise SimulationRefused(
            "bad_quirk_rate",
            f"`{word}` is no way to ask for quirks",
            "Write 10x, off or code=rate, such as hs_dots=0.1",
        )
    return number
