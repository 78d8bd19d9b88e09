"""Verdicts that rest on whether a feature is there, withdrawn where that is not known.

What may not be used is taken out of the rows, so a condition that compares it has no
verdict. `has(x)` would take it for absent instead: a stale snapshot would make every
enterprise a new one. Such verdicts become "not evaluated", with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from lakehouse.rules.criterion import CHANNELS
from lakehouse.rules.nodes import Has, walk
from lakehouse.rules.rule_set import RuleSet
from lakehouse.rules.verdicts import Fired, Verdicts
from realtime_core.decision import Absence
from realtime_core.usable import Facts, absent_at


class Doubt(NamedTuple):
    """A feature of which it is not known whether it is there.

    Attributes:
        lines: where; none stands for the whole declaration.
        criteria: what asked for its presence.
    """

    name: str
    reason: Absence
    lines: tuple[int, ...]
    criteria: tuple[str, ...]


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


def doubts_of(rule_set: RuleSet, facts: Facts) -> list[Doubt]:
    """What criteria ask the presence of, and is stale or rests on too little."""
    return [
        Doubt(name, why, tuple(numbers), codes)
        for name, codes in presence_asked(rule_set).items()
        if _can_be_doubted(name, facts)
        for why, numbers in absent_at(name, facts).items()
        if why != "missing"
    ]


def withdraw(verdicts: Verdicts, doubts: list[Doubt]) -> Verdicts:
    """Take back what was said about presence where it is in doubt."""
    if not doubts:
        return verdicts
    doubted: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        for code in doubt.criteria:
            doubted.setdefault(code, []).append(doubt)
    fired = _kept(verdicts.fired, doubted)
    floors = [CHANNELS.index(one.floor) for one in fired if one.floor]
    return Verdicts(
        fired=fired,
        not_evaluated=verdicts.not_evaluated,
        score=sum(one.weight for one in fired),
        floor=CHANNELS[max(floors)] if floors else None,
        strata=tuple(code for code in verdicts.strata if code not in doubted),
        shadow=_kept(verdicts.shadow, doubted),
    )


def _can_be_doubted(name: str, facts: Facts) -> bool:
    use = facts.uses.get(name)
    if use is None:
        return False
    return use.history is not None or facts.age_days > use.max_age_days


def _kept(
    fired: tuple[Fired, ...], doubted: Mapping[str, list[Doubt]]
) -> tuple[Fired, ...]:
    """What fired on lines where nothing is in doubt."""
    kept = []
    for one in fired:
        doubts = doubted.get(one.code)
        if doubts is None:
            kept.append(one)
        elif one.line_no and all(doubt.lines for doubt in doubts):
            rest = _without(one, {no for doubt in doubts for no in doubt.lines})
            if rest.line_no:
                kept.append(rest)
    return tuple(kept)


def _without(fired: Fired, numbers: set[int]) -> Fired:
    places = [i for i, no in enumerate(fired.line_no) if no not in numbers]
    values = {
        name: [value[i] for i in places] if isinstance(value, list | tuple) else value
        for name, value in fired.values.items()
    }
    return msgspec.structs.replace(
        fired, line_no=tuple(fired.line_no[i] for i in places), values=values
    )
