"""Verdicts that rest on whether a feature is there, withdrawn where that is not known.

What may not be used is taken out of the rows, so a condition that compares it has no
verdict. `has(x)` would take it for absent instead: a stale snapshot would make every
enterprise a new one. Such verdicts become "not evaluated", with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from lakehouse.rules.criterion import CHANNELS
from lakehouse.rules.nodes import Has, walk
from lakehouse.rules.rule_set import RuleSet
from lakehouse.rules.verdicts import Fired, Verdicts
from realtime_core.decision import Absence, AbsentValue, Unevaluated
from realtime_core.features import Features
from realtime_core.policy import FeatureUse
from realtime_core.usable import fallback_of, why_unusable

Lines = Sequence[Mapping[str, Any]]


@lru_cache(maxsize=8)
def presence_asked(rule_set: RuleSet) -> Mapping[str, tuple[str, ...]]:
    """Features whose presence is asked by `has`, and the criteria that ask."""
    asked: dict[str, dict[str, None]] = {}
    features = {e.name for e in rule_set.content.catalogue if e.is_feature}
    for criterion in rule_set.criteria:
        for node in walk(rule_set.condition(criterion.code)):
            if isinstance(node, Has) and node.variable.name in features:
                asked.setdefault(node.variable.name, {})[criterion.code] = None
    return {name: tuple(codes) for name, codes in asked.items()}


def withdraw(
    verdicts: Verdicts,
    rule_set: RuleSet,
    lines: Lines,
    features: Features,
    uses: Mapping[str, FeatureUse],
    age_days: int,
) -> tuple[Verdicts, tuple[Unevaluated, ...]]:
    """Take back verdicts on the presence of what is stale or rests on too little."""
    absent: dict[str, list[AbsentValue]] = {}
    for name, codes in presence_asked(rule_set).items():
        for value in _unknown(name, lines, features, uses.get(name), age_days):
            for code in codes:
                absent.setdefault(code, []).append(value)
    if not absent:
        return verdicts, ()
    fired = _kept(verdicts.fired, absent)
    floors = [CHANNELS.index(one.floor) for one in fired if one.floor]
    kept = Verdicts(
        fired=fired,
        not_evaluated=verdicts.not_evaluated,
        score=sum(one.weight for one in fired),
        floor=CHANNELS[max(floors)] if floors else None,
        strata=tuple(code for code in verdicts.strata if code not in absent),
        shadow=_kept(verdicts.shadow, absent),
    )
    return kept, tuple(
        Unevaluated(code, rule_set.criterion(code).version, tuple(values))
        for code, values in sorted(absent.items())
    )


def _unknown(
    name: str, lines: Lines, features: Features, use: FeatureUse | None, age_days: int
) -> list[AbsentValue]:
    """Where, and why, it is not known whether a feature is there."""
    if not name.startswith("price."):
        why = why_unusable(name, features.enterprise.record, use, age_days)
        if why is None or why == "missing":
            return []
        return [AbsentValue(name, why, fallback_of(use))]
    found: dict[Absence, list[int]] = {}
    for line, price in zip(lines, features.prices, strict=True):
        why = why_unusable(name, price.record, use, age_days)
        if why is not None and why != "missing":
            found.setdefault(why, []).append(line["line_no"])
    return [
        AbsentValue(name, why, fallback_of(use), tuple(numbers))
        for why, numbers in found.items()
    ]


def _kept(
    fired: tuple[Fired, ...], absent: Mapping[str, list[AbsentValue]]
) -> tuple[Fired, ...]:
    """What fired on lines where nothing is in doubt."""
    kept = []
    for one in fired:
        doubted = absent.get(one.code)
        if doubted is None:
            kept.append(one)
        elif one.line_no and all(value.lines for value in doubted):
            rest = _without(one, {no for value in doubted for no in value.lines})
            if rest.line_no:
                kept.append(rest)
    return tuple(kept)


def _without(fired: Fired, numbers: set[int]) -> Fired:
    places = [i for i, no in enumerate(fired.line_no) if no not in numbers]
    values = {
        name: [value[i] for i in places] if isinstance(value, list) else value
        for name, value in fired.values.items()
    }
    return msgspec.structs.replace(
        fired, line_no=tuple(fired.line_no[i] for i in places), values=values
    )
