"""The draws of a day drawn again with the revealed key, for oversight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from realtime_core.decision import Decision, Draw
from realtime_core.draw import commitment_of, draw_number, read_commitment
from realtime_core.errors import DrawKeyRefused


class DrawAudit(msgspec.Struct, frozen=True):
    """What oversight finds about one day.

    Attributes:
        expected: sum of the shares, what chance alone would select.
        wrong: declarations whose lot was not the one that the key gives.
    """

    draw_date: date
    commitment: str
    decisions: int
    selected: int
    expected: float
    wrong: tuple[str, ...]


def audit_draws(decisions: Iterable[Decision], published: Path, day: date) -> DrawAudit:
    """Draw every lot of a day again.

    Raises:
        DrawKeyRefused: the key of the day is not revealed, or does not open its
            commitment.
    """
    found = read_commitment(published, day)
    if found is None or found.key is None:
        raise DrawKeyRefused(
            "draw_key_hidden",
            f"the draw key of {day} is not revealed",
            "Reveal it with `customs decide audit-draws --reveal` once the day is over",
        )
    key = bytes.fromhex(found.key)
    count, selected, expected = 0, 0, 0.0
    wrong: list[str] = []
    for decision in decisions:
        if decision.draw.draw_date != day:
            continue
        count += 1
        selected += decision.draw.selected
        expected += decision.draw.share
        if not _is_right(decision.draw, decision.declaration_key, key):
            wrong.append(decision.declaration_no)
    return DrawAudit(
        day, found.commitment, count, selected, round(expected, 3), tuple(wrong)
    )


def _is_right(draw: Draw, declaration_key: str, key: bytes) -> bool:
    number = draw_number(key, declaration_key)
    same_lot = draw.number == number and draw.key_commitment == commitment_of(key)
    # A narrower stratum can leave a lot below the widest share unselected, never above.
    return same_lot and (not draw.selected or number < draw.share)
