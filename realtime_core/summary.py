"""A decision in a few Vietnamese sentences, for the officer who receives it."""

from __future__ import annotations

from collections.abc import Sequence

from lakehouse.rules.criterion import Channel
from realtime_core.decision import CHANNELS_VI, AbsentValue, Draw, Reason, Thresholds

_SHOWN = 3


def summary_vi(
    channel: Channel,
    score: int,
    thresholds: Thresholds,
    reasons: Sequence[Reason],
    absences: Sequence[AbsentValue],
    draw: Draw,
) -> str:
    """Channel, why, what to do, and what could not be judged."""
    parts = [
        f"{CHANNELS_VI[channel]}: điểm rủi ro {score} "
        f"(ngưỡng vàng {thresholds.yellow}, đỏ {thresholds.red})."
    ]
    if reasons:
        parts.append("Lý do: " + "; ".join(map(reason_vi, reasons[:_SHOWN])) + ".")
        if len(reasons) > _SHOWN:
            parts.append(f"Còn {len(reasons) - _SHOWN} lý do khác.")
        parts.append(f"Hướng dẫn: {_sentence(reasons[0].guidance_vi)}")
    if draw.selected:
        parts.append(f"Được chọn ngẫu nhiên theo {draw.stratum}.")
    if not reasons and not draw.selected:
        parts.append("Không có tiêu chí nào thỏa mãn.")
    unjudged = {code for absence in absences for code in absence.criteria}
    if unjudged:
        parts.append(f"Chưa đánh giá được {len(unjudged)} tiêu chí.")
    return " ".join(parts)


def reason_vi(reason: Reason) -> str:
    """One reason, with the lines it concerns."""
    text = f"{reason.title_vi} [{reason.criterion}]"
    if reason.lines:
        text += f" (dòng {', '.join(map(str, reason.lines))})"
    return text


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
