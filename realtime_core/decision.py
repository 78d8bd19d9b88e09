"""What a decision is: the channel, and all that is needed to defend it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from lakehouse.rules.criterion import CHANNELS, Channel, Layer
from realtime_core.tax import TaxAnswer

Absence = Literal["missing", "stale", "short_history", "zero_divisor", "bad_value"]
Fallback = Literal["no_points", "green", "yellow", "red"]
CHANNELS_VI: dict[Channel, str] = {
    "green": "LUỒNG XANH",
    "yellow": "LUỒNG VÀNG",
    "red": "LUỒNG ĐỎ",
}


class Reason(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A criterion that holds, with what the officer should do about it.

    Attributes:
        weight: points it added to the score.
        floor: channel it forces at least.
        lines: numbers of the lines on which it holds; none for the whole declaration.
        values: what it read; a list where it read one value a line.
    """

    criterion: str
    version: int
    layer: Layer
    title_vi: str
    guidance_vi: str
    legal_basis: str
    weight: int = 0
    floor: Channel | None = None
    lines: tuple[int, ...] = ()
    values: dict[str, Any] = {}


class AbsentValue(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A value that criteria lacked, so that they have no verdict there.

    Attributes:
        fallback: `no_points`, or the channel that its absence forces at least.
        criteria: what could not be judged; never taken for not holding.
        lines: where it is absent, for a value of lines.
    """

    name: str
    reason: Absence
    fallback: Fallback
    criteria: tuple[str, ...]
    lines: tuple[int, ...] = ()


class Thresholds(msgspec.Struct, frozen=True):
    """Scores from which a declaration of a stream is yellow and red."""

    stream: str
    yellow: int
    red: int
    valid_from: date
    legal_basis: str


class Layers(msgspec.Struct, frozen=True):
    """The channel that each layer asks for; the decision is the highest."""

    score: Channel
    exception: Channel
    random: Channel

    def highest(self) -> Channel:
        """The channel of the decision."""
        return max((self.score, self.exception, self.random), key=CHANNELS.index)


class Draw(msgspec.Struct, frozen=True):
    """The lot of the random layer, so that it can be drawn again.

    Attributes:
        draw_date: registration date whose key was used; an amendment keeps it.
        key_commitment: SHA-256 of that key, published before the day.
        number: the lot in [0, 1).
        share: probability with which this declaration was to be selected.
        stratum: random criterion that gave the share; None if it is in none.
    """

    draw_date: date
    key_commitment: str
    number: float
    share: float
    stratum: str | None
    selected: bool


class FeatureRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A feature record that was looked up; `values` is None where there is none."""

    key: str
    values: dict[str, Any] | None = None


class MadeWith(msgspec.Struct, frozen=True):
    """What a decision was made with: content hashes, and the days they speak of."""

    rule_set: str
    rule_day: date
    policy: str
    snapshot: str
    snapshot_as_of: date
    snapshot_run_seq: int


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one version of one declaration.

    Attributes:
        shadow: criteria on trial that hold; they count for nothing.
        selection_probability: chance, before the draw, of a channel above green.
        notes: `predecessor_missing` where an amendment came before what it amends.
        tax: the expected tax beside the declared one, where the request states one.
    """

    declaration_no: str
    declaration_key: str
    declaration_version: int
    received_at: datetime
    channel: Channel
    layers: Layers
    score: int
    thresholds: Thresholds
    reasons: tuple[Reason, ...]
    not_evaluated: tuple[AbsentValue, ...]
    shadow: tuple[str, ...]
    draw: Draw
    selection_probability: float
    features: tuple[FeatureRecord, ...]
    made_with: MadeWith
    notes: tuple[str, ...]
    summary_vi: str
    tax: TaxAnswer | msgspec.UnsetType = msgspec.UNSET
