"""One declaration in, one decision out: no clock, no disk, the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from lakehouse.rules.criterion import CHANNELS, Channel
from lakehouse.rules.rule_set import RuleSet
from lakehouse.rules.threshold import ChannelThreshold
from lakehouse.rules.verdicts import Fired, Verdicts
from realtime_core.decision import (
    AbsentValue,
    Decision,
    Draw,
    Layers,
    MadeWith,
    Reason,
    Thresholds,
)
from realtime_core.doubt import Doubt, doubts_of, withdraw
from realtime_core.draw import draw_number
from realtime_core.features import Features
from realtime_core.policy import PolicyOfDay
from realtime_core.schemas import Declaration
from realtime_core.summary import summary_vi
from realtime_core.usable import (
    NO_POINTS,
    Facts,
    explain_absence,
    fallback_of,
    records_of,
    usable_features,
)

_GREEN: Channel = "green"


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision depends on beside declaration, features and rules.

    Attributes:
        policy: thresholds, random shares and feature rules of the day of receipt.
        policy_hash: content hash of the policy they come from.
        draw_date: registration date of the first version that is known.
        draw_key: key of that date; `draw_commitment` is its public hash.
        predecessor_missing: an amendment whose predecessor was not decided.
    """

    policy: PolicyOfDay
    policy_hash: str
    draw_date: date
    draw_key: bytes
    draw_commitment: str
    predecessor_missing: bool = False


def decide(
    declaration: Declaration, features: Features, rule_set: RuleSet, state: State
) -> Decision:
    """The decision on one version of a declaration.

    The channel is the highest that score, exceptions or the random draw ask for. The
    time of receipt is the only time there is.
    """
    verdicts, unevaluated = _judge(declaration, features, rule_set, state.policy)
    thresholds = _thresholds(state.policy.streams.of(declaration.header))
    draw, drawn = _draw(declaration, verdicts.strata, state)
    layers = Layers(
        score=_by_score(verdicts.score, thresholds),
        exception=_by_exception(verdicts, unevaluated),
        random=drawn,
    )
    channel = layers.highest()
    reasons = _reasons(verdicts, rule_set)
    forced = layers.score != _GREEN or layers.exception != _GREEN
    return Decision(
        declaration_no=declaration.number,
        declaration_key=declaration.key,
        declaration_version=declaration.version,
        received_at=declaration.received_at,
        channel=channel,
        layers=layers,
        score=verdicts.score,
        thresholds=thresholds,
        reasons=reasons,
        not_evaluated=unevaluated,
        shadow=tuple(fired.code for fired in verdicts.shadow),
        draw=draw,
        selection_probability=1.0 if forced else draw.share,
        features=records_of(features),
        made_with=_made_with(rule_set, features, state),
        notes=("predecessor_missing",) if state.predecessor_missing else (),
        summary_vi=summary_vi(
            channel, verdicts.score, thresholds, reasons, unevaluated, draw
        ),
    )


def _judge(
    declaration: Declaration,
    features: Features,
    rule_set: RuleSet,
    policy: PolicyOfDay,
) -> tuple[Verdicts, tuple[AbsentValue, ...]]:
    """What the criteria say on features that may be used, and what they lacked."""
    age = (declaration.received_date - features.as_of_date).days
    header, lines = declaration.header, declaration.lines
    usable = usable_features(features, policy, age)
    verdicts = rule_set.evaluate(header, lines, usable.enterprise, usable.prices)
    facts = Facts(header, lines, features, policy.features, age)
    doubts = doubts_of(rule_set, facts)
    return withdraw(verdicts, doubts), _absences(verdicts, doubts, facts)


def _absences(
    verdicts: Verdicts, doubts: Sequence[Doubt], facts: Facts
) -> tuple[AbsentValue, ...]:
    criteria: dict[str, list[str]] = {}
    for verdict in verdicts.not_evaluated:
        for said in verdict.missing:
            criteria.setdefault(said, []).append(verdict.code)
    absences = [
        AbsentValue(
            name=doubt.name,
            reason=doubt.reason,
            fallback=fallback_of(facts.uses.get(doubt.name)),
            criteria=doubt.criteria,
            lines=doubt.lines,
        )
        for doubt in doubts
    ]
    for said in sorted(criteria):
        absences += explain_absence(said, criteria[said], facts)
    return tuple(absences)


def _draw(
    declaration: Declaration, strata: Sequence[str], state: State
) -> tuple[Draw, Channel]:
    """The lot and the channel it gives.

    One lot is held against the share of every stratum, so strata nest and the widest
    share is the chance to be selected.
    """
    number = draw_number(state.draw_key, declaration.key)
    shares = [
        state.policy.shares[code] for code in strata if code in state.policy.shares
    ]
    widest = max(
        shares, key=lambda row: (row.random_share, row.criterion_code), default=None
    )
    channel = max(
        (row.drawn_channel for row in shares if number < row.random_share),
        key=CHANNELS.index,
        default=_GREEN,
    )
    draw = Draw(
        draw_date=state.draw_date,
        key_commitment=state.draw_commitment,
        number=number,
        share=widest.random_share if widest else 0.0,
        stratum=widest.criterion_code if widest else None,
        selected=channel != _GREEN,
    )
    return draw, channel


def _thresholds(row: ChannelThreshold) -> Thresholds:
    return Thresholds(
        row.stream_code,
        row.yellow_from_score,
        row.red_from_score,
        row.valid_from,
        row.legal_basis,
    )


def _by_score(score: int, thresholds: Thresholds) -> Channel:
    if score >= thresholds.red:
        return "red"
    return "yellow" if score >= thresholds.yellow else _GREEN


def _by_exception(verdicts: Verdicts, absences: Sequence[AbsentValue]) -> Channel:
    """The highest floor of what fired, and of what a missing feature forces."""
    floors: list[Channel] = [verdicts.floor or _GREEN]
    for one in absences:
        if one.fallback != NO_POINTS:
            floors.append(one.fallback)
    return CHANNELS[max(CHANNELS.index(floor) for floor in floors)]


def _reasons(verdicts: Verdicts, rule_set: RuleSet) -> tuple[Reason, ...]:
    """What fired, the gravest first: floors, then weights, then codes."""
    fired = sorted(verdicts.fired, key=_gravity)
    return tuple(_reason(verdict, rule_set) for verdict in fired)


def _gravity(fired: Fired) -> tuple[int, int, str]:
    floor = CHANNELS.index(fired.floor) if fired.floor else -1
    return -floor, -fired.weight, fired.code


def _reason(fired: Fired, rule_set: RuleSet) -> Reason:
    row = rule_set.criterion(fired.code)
    return Reason(
        criterion=fired.code,
        version=fired.version,
        layer=fired.layer,
        title_vi=row.title_vi,
        guidance_vi=row.guidance_vi,
        legal_basis=row.legal_basis,
        weight=fired.weight,
        floor=fired.floor,
        lines=fired.line_no,
        values=fired.values,
    )


def _made_with(rule_set: RuleSet, features: Features, state: State) -> MadeWith:
    return MadeWith(
        rule_set=rule_set.hash,
        rule_day=rule_set.on,
        policy=state.policy_hash,
        snapshot=features.snapshot,
        snapshot_as_of=features.as_of_date,
        snapshot_run_seq=features.run_seq,
    )
