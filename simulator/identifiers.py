"""Numbers with check digits that no real firm, box or declaration has."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulator.draws import Bools, Ints
from simulator.errors import SimulationRefused

FIRST_DAY = date(2018, 1, 1)
NUMBERS_A_DAY = 2_000_000
PARCELS_FROM = 200_000
MOST_FIRMS = 1_000_000
_TAX_WEIGHTS = np.array([31, 29, 23, 19, 17, 13, 7, 5, 3], dtype=np.int64)
_PLACES = 10 ** np.arange(9, dtype=np.int64)[::-1]


def tax_codes(count: int) -> Ints:
    """Ten-digit tax codes in ranges that are not issued, no two the same.

    Most begin with 99; every twelfth with a province and 99, so with a zero.

    Raises:
        SimulationRefused: more firms are asked for than the ranges hold.
    """
    if count > MOST_FIRMS:
        raise SimulationRefused(
            "too_many_firms", f"{count:,} firms exceed the range", "Lower the scale"
        )
    serial = 1 + np.arange(count * 5 // 4 + 20)
    # A prime step spreads the codes, so that neighbours do not differ by one.
    codes = _with_check(990_000_000 + serial * 7_919 % 9_999_991)[:count]
    province = 1 + serial % 6
    with_zero = _with_check(province * 10_000_000 + 9_900_000 + serial * 37 % 99_991)
    twelfth = np.arange(11, count, 12)
    codes[twelfth] = with_zero[: len(twelfth)]
    return codes


def _with_check(bodies: Ints) -> Ints:
    """The codes of nine-digit bodies.

    A body whose weighted sum divides by 11 has no check digit and is passed over.
    """
    remainder = (bodies[:, None] // _PLACES % 10) @ _TAX_WEIGHTS % 11
    valid: Bools = remainder > 0
    return np.asarray((bodies * 10 + 10 - remainder)[valid])


def declaration_keys(day: date, directions: Ints, first: int) -> Ints:
    """Keys of 11 digits: 1 import or 3 export, then a number never given twice.

    Args:
        directions: 0 import, 1 export.
        first: where the stream's own range begins within the day.

    Raises:
        SimulationRefused: the day lies before the first day of numbering.
    """
    if day < FIRST_DAY:
        raise SimulationRefused(
            "day_too_early", f"{day} lies before {FIRST_DAY}", "Begin later"
        )
    serial = (day - FIRST_DAY).days * NUMBERS_A_DAY + first
    bodies = serial + np.arange(len(directions), dtype=np.int64)
    return (1 + 2 * directions) * 10**10 + bodies


def container_check_digits(owners: Ints, serials: Ints) -> Ints:
    """The ISO 6346 check digit of owner letters (n x 4 ASCII) and 6-digit serials."""
    letters = owners - ord("A")
    values = 10 + letters + (letters + 9) // 10
    digits = serials[:, None] // 10 ** np.arange(6, dtype=np.int64)[::-1] % 10
    weights = 2 ** np.arange(10, dtype=np.int64)
    total = values @ weights[:4] + digits @ weights[4:]
    return np.asarray(total % 11 % 10)
