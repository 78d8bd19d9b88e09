"""What a rule set says of one declaration: what fired, what was not asked, a score."""

from __future__ import annotations

from typing import Any

import msgspec

from lakehouse.rules.criterion import Channel, Layer


class Fired(msgspec.Struct, frozen=True, gc=False):
    """A criterion whose condition holds.

    Attributes:
        line_no: lines on which it holds; empty for a criterion on the declaration.
        values: what the condition read; a tuple, one value a line of `line_no`, for
            names of the line and of its price.
    """

    code: str
    version: int
    layer: Layer
    weight: int
    floor: Channel | None
    line_no: tuple[int, ...]
    values: dict[str, Any]


class NotEvaluated(msgspec.Struct, frozen=True, gc=False):
    """A criterion without a verdict, and the names whose values are missing.

    Attributes:
        line_no: lines without a verdict; empty for a criterion on the declaration.
        missing: names in order of the alphabet; `x == 0` where a divisor is zero,
            `x: bad value` where a value has another type than its element.
    """

    code: str
    version: int
    line_no: tuple[int, ...]
    missing: tuple[str, ...]


class Verdicts(msgspec.Struct, frozen=True, gc=False):
    """Verdicts of one rule set on one declaration, in order of criterion code.

    Attributes:
        fired: criteria of the layers score and exception that count.
        not_evaluated: criteria without a verdict, on some line at least.
        score: sum of the weights of what fired.
        floor: highest channel that an exception forces; None where none does.
        strata: codes of the random strata to which the declaration belongs.
        shadow: shadow criteria that fired; they never count.
    """

    fired: tuple[Fired, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    score: int
    floor: Channel | None
    strata: tuple[str, ...]
    shadow: tuple[Fired, ...]
