"""Which features may be used for a declaration, and why the others may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lakehouse.rules.verdicts import NotEvaluated
from realtime_core.decision import Absence, AbsentValue, Unevaluated
from realtime_core.features import Features, Found
from realtime_core.policy import FeatureUse

Row = Mapping[str, Any]
Uses = Mapping[str, FeatureUse]
NO_POINTS = "no_points"
_ZERO, _BAD = " == 0", ": bad value"


class Usable(NamedTuple):
    """Feature rows in which what may not be used is absent."""

    enterprise: Row | None
    prices: list[Row | None]


class _Group(NamedTuple):
    """What to blank in records of one group on one day."""

    stale: tuple[str, ...]
    short: tuple[tuple[str, str, int], ...]


def usable_features(features: Features, uses: Uses, age_days: int) -> Usable:
    """Feature rows with the values left out that are stale or rest on too little."""
    enterprise = _group(uses, "enterprise", age_days)
    price = _group(uses, "price", age_days)
    seen: dict[str, Row | None] = {}
    for found in features.prices:
        if found.key not in seen:
            seen[found.key] = _blanked(found.record, price)
    return Usable(
        _blanked(features.enterprise.record, enterprise),
        [seen[found.key] for found in features.prices],
    )


def explain_absence(
    verdict: NotEvaluated,
    header: Row,
    lines: Sequence[Row],
    features: Features,
    uses: Uses,
    age_days: int,
) -> Unevaluated:
    """Why a criterion has no verdict: each value it lacked, with its fallback."""
    absent: list[AbsentValue] = []
    for said in verdict.missing:
        name = said.removesuffix(_ZERO).removesuffix(_BAD)
        use = uses.get(name)
        fallback = fallback_of(use)
        by_reason: dict[Absence, list[int]] = {}
        if said != name:
            by_reason["bad_value" if said.endswith(_BAD) else "zero_divisor"] = []
        elif name.startswith(("line.", "price.")):
            for line, found in zip(lines, features.prices, strict=True):
                row = line if name.startswith("line.") else found.record
                why = why_unusable(name, row, use, age_days)
                if why is not None and line["line_no"] in verdict.line_no:
                    by_reason.setdefault(why, []).append(line["line_no"])
        else:
            row = header if name.startswith("decl") else features.enterprise.record
            by_reason[why_unusable(name, row, use, age_days) or "missing"] = []
        absent += (
            AbsentValue(said, why, fallback, tuple(numbers))
            for why, numbers in by_reason.items()
        )
    return Unevaluated(verdict.code, verdict.version, tuple(absent))


def fallback_of(use: FeatureUse | None) -> str:
    """What the absence of a value does."""
    return (use and use.fallback_floor) or NO_POINTS


def why_unusable(
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


def _group(uses: Uses, group: str, age_days: int) -> _Group:
    stale: list[str] = []
    short: list[tuple[str, str, int]] = []
    for name, use in uses.items():
        owner, _, column = name.partition(".")
        if owner != group:
            continue
        if age_days > use.max_age_days:
            stale.append(column)
        elif use.history is not None:
            short.append((column, use.history, use.min_history))
    return _Group(tuple(stale), tuple(short))


def _blanked(record: Row | None, group: _Group) -> Row | None:
    if record is None:
        return None
    blank = [
        column
        for column, history, least in group.short
        if (record[history] or 0) < least
    ]
    if not blank and not group.stale:
        return record
    return {**record, **dict.fromkeys((*group.stale, *blank))}


def records_of(features: Features) -> list[Found]:
    """Every record that was looked up, once, in the order of first use."""
    found = {record.key: record for record in (features.enterprise, *features.prices)}
    return list(found.values())
