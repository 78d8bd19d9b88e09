"""Which features may be used for a declaration, and why others may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from lakehouse.rules.policy_rows import FeatureUse
from realtime_core.decision import Absence, AbsentValue, Fallback, FeatureRecord
from realtime_core.features import Features
from realtime_core.policy import Limits, PolicyOfDay

Row = Mapping[str, Any]
NO_POINTS: Final = "no_points"
_ZERO, _BAD = " == 0", ": bad value"
_DECLARED = "declaration."
_ON_LINES = ("line.", "price.")


class Usable(NamedTuple):
    """Feature rows in which what may not be used is absent."""

    enterprise: Row | None
    prices: list[Row | None]


class Facts(NamedTuple):
    """What criteria are asked of, and how old the features are."""

    header: Row
    lines: Sequence[Row]
    features: Features
    uses: Mapping[str, FeatureUse]
    age_days: int


def usable_features(features: Features, policy: PolicyOfDay, age_days: int) -> Usable:
    """Feature rows with the values left out that are stale or rest on too little."""
    limits = policy.limits("price", age_days)
    prices: list[Row | None] = [found.values for found in features.prices]
    if limits.stale or limits.short:
        prices = [_limited(record, limits) for record in prices]
    limits = policy.limits("enterprise", age_days)
    return Usable(_limited(features.enterprise.values, limits), prices)


def _limited(record: Row | None, limits: Limits) -> Row | None:
    if record is None:
        return None
    left_out = limits.stale
    for history, least, columns in limits.short:
        if (record[history] or 0) < least:
            left_out += columns
    return {**record, **dict.fromkeys(left_out)} if left_out else record


def explain_absence(
    said: str, criteria: Iterable[str], facts: Facts
) -> list[AbsentValue]:
    """Why a value that criteria name as missing is so, by reason.

    Args:
        said: a name; `x == 0` for a divisor, `x: bad value` for one of a wrong type.
    """
    name = said
    if said.endswith((_ZERO, _BAD)):
        name = said.removesuffix(_ZERO).removesuffix(_BAD)
        reason: Absence = "zero_divisor" if said.endswith(_ZERO) else "bad_value"
        places: dict[Absence, list[int]] = {reason: []}
    elif said.startswith(_DECLARED):
        places = {"missing": []}
    else:
        places = absent_at(said, facts) or {"missing": []}
    fallback = fallback_of(facts.uses.get(name))
    codes = tuple(criteria)
    return [
        AbsentValue(
            name=name,
            reason=why,
            fallback=fallback,
            criteria=codes,
            lines=tuple(numbers),
        )
        for why, numbers in places.items()
    ]


def absent_at(name: str, facts: Facts) -> dict[Absence, list[int]]:
    """Why a value may not be used, with the lines for which that is so."""
    use = facts.uses.get(name)
    places: dict[Absence, list[int]] = {}
    if not name.startswith(_ON_LINES):
        of_header = name.startswith(_DECLARED)
        row = facts.header if of_header else facts.features.enterprise.values
        why = _why(name, row, use, facts.age_days)
        return {why: []} if why else {}
    of_line = name.startswith("line.")
    for line, found in zip(facts.lines, facts.features.prices, strict=True):
        why = _why(name, line if of_line else found.values, use, facts.age_days)
        if why is not None:
            places.setdefault(why, []).append(line["line_no"])
    return places


def fallback_of(use: FeatureUse | None) -> Fallback:
    """What the absence of a value does."""
    return (use and use.fallback_floor) or NO_POINTS


def records_of(features: Features) -> tuple[FeatureRecord, ...]:
    """Every record that was looked up, once, in the order of first use."""
    found = {record.key: record for record in (features.enterprise, *features.prices)}
    return tuple(found.values())


def _why(
    name: str, row: Row | None, use: FeatureUse | None, age_days: int
) -> Absence | None:
    """Why a value may not be used; None where it may."""
    # A stale snapshot does not know who is new, so this comes before "missing".
    if use is not None and age_days > use.max_age_days:
        return "stale"
    if row is None or row.get(name.partition(".")[2]) is None:
        return "missing"
    if use is None or use.history is None:
        return None
    return "short_history" if (row[use.history] or 0) < use.min_history else None
