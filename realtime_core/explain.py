"""A decision as a page of Vietnamese text for an officer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lakehouse.contracts import Contracts
from lakehouse.rules.catalogue import Catalogue, Entry
from lakehouse.time import BUSINESS_ZONE
from realtime_core.decision import (
    CHANNELS_VI,
    Absence,
    AbsentValue,
    Decision,
    Draw,
    MadeWith,
    Reason,
)
from realtime_core.summary import reason_vi
from realtime_core.usable import NO_POINTS

Names = Mapping[str, Entry]
_LAYERS_VI = {
    "score": "Chấm điểm",
    "exception": "Ngoại lệ",
    "random": "Ngẫu nhiên",
}
_ABSENCES_VI: dict[Absence, str] = {
    "missing": "không có",
    "stale": "đã cũ",
    "short_history": "lịch sử quá ngắn",
    "zero_divisor": "chia cho 0",
    "bad_value": "giá trị sai kiểu",
}


def explain_vi(decision: Decision, contracts: Contracts) -> str:
    """Everything an officer may ask about a decision, as lines of text."""
    names = Catalogue.from_contracts(contracts).entries
    return "\n".join(
        [
            *_head(decision),
            *_reasons(decision.reasons, names),
            *_absences(decision.not_evaluated, names),
            *_draw(decision.draw),
            *_made_with(decision.made_with),
        ]
    )


def _head(decision: Decision) -> Iterator[str]:
    received = decision.received_at.astimezone(BUSINESS_ZONE)
    yield f"Tờ khai {decision.declaration_no}: {CHANNELS_VI[decision.channel]}"
    yield f"Nhận lúc {received:%H:%M:%S ngày %d/%m/%Y} (giờ Việt Nam)"
    if decision.declaration_version:
        yield f"Sửa đổi lần {decision.declaration_version}"
    if "predecessor_missing" in decision.notes:
        yield "Lưu ý: chưa có quyết định cho lần khai ngay trước lần sửa đổi này"
    held = decision.thresholds
    yield (
        f"Điểm rủi ro {decision.score}; ngưỡng vàng {held.yellow}, đỏ {held.red} "
        f"({held.legal_basis})"
    )
    layers = (
        (_LAYERS_VI[name], CHANNELS_VI[getattr(decision.layers, name)])
        for name in _LAYERS_VI
    )
    yield "; ".join(f"{name}: {channel.lower()}" for name, channel in layers)


def _reasons(reasons: tuple[Reason, ...], names: Names) -> Iterator[str]:
    yield ""
    yield "Lý do:" if reasons else "Không có tiêu chí nào thỏa mãn."
    for number, reason in enumerate(reasons, 1):
        effect = f"+{reason.weight} điểm" if reason.weight else "ngoại lệ"
        if reason.floor is not None:
            effect = f"tối thiểu {CHANNELS_VI[reason.floor].lower()}"
        yield f"{number}. {reason_vi(reason)}: {effect}"
        for name, value in reason.values.items():
            yield f"   - {_label(name, names)}: {_shown(value, names.get(name))}"
        yield f"   Hướng dẫn: {reason.guidance_vi}"
        yield f"   Căn cứ: {reason.legal_basis}"


def _absences(absences: tuple[AbsentValue, ...], names: Names) -> Iterator[str]:
    if not absences:
        return
    yield ""
    yield "Chưa đánh giá được:"
    for absent in absences:
        lines = f" ở dòng {', '.join(map(str, absent.lines))}" if absent.lines else ""
        effect = "không cộng điểm"
        if absent.fallback != NO_POINTS:
            floor = CHANNELS_VI[absent.fallback]
            effect = f"tối thiểu {floor.lower()}"
        yield (
            f"- {_label(absent.name, names)} {_ABSENCES_VI[absent.reason]}{lines}: "
            f"{', '.join(absent.criteria)}; {effect}"
        )


def _draw(draw: Draw) -> Iterator[str]:
    yield ""
    if draw.stratum is None:
        yield "Chọn ngẫu nhiên: không thuộc nhóm nào."
        return
    outcome = "TRÚNG" if draw.selected else "không trúng"
    yield (
        f"Chọn ngẫu nhiên theo {draw.stratum}: {outcome}; số rút "
        f"{_number(draw.number)}, tỷ lệ {_number(draw.share)}, "
        f"khóa của ngày {draw.draw_date:%d/%m/%Y}"
    )


def _made_with(made: MadeWith) -> Iterator[str]:
    yield ""
    yield (
        f"Bộ tiêu chí {made.rule_set[:12]} (ngày {made.rule_day:%d/%m/%Y}); "
        f"chính sách {made.policy[:12]}; chỉ tiêu {made.snapshot[:12]} "
        f"tính đến {made.snapshot_as_of:%d/%m/%Y}"
    )


def _label(name: str, names: Names) -> str:
    return names[name].label_vi if name in names else name


def _shown(value: Any, entry: Entry | None) -> str:  # noqa: ANN401 - JSON
    """A journalled value as an officer writes it: day first, comma in decimals."""
    if isinstance(value, list):
        return "; ".join(_shown(item, entry) for item in value)
    if value is None:
        return "không có"
    if isinstance(value, bool):
        return "có" if value else "không"
    kind = entry.type.kind if entry else ""
    if kind == "date":
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if kind in ("whole", "fraction", "double"):
        return _number(value)
    return str(value)


def _number(value: Any) -> str:  # noqa: ANN401 - number or the text of one
    whole, _, rest = f"{Decimal(str(value)):,.4f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")
