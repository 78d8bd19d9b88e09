"""What a person sees of the state of a lake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from lakehouse import console, time
from lakehouse.status import Freshness, SourceState, TableState

_WORDS: dict[Freshness, str] = {
    "fresh": "kịp thời",
    "late": "TRỄ",
    "never": "chưa có",
    "unpromised": "không cam kết",
}


def show(
    lake: Path, sources: Iterable[SourceState], tables: Iterable[TableState]
) -> None:
    """Sources first, then tables; times are those of Viet Nam."""
    console.show_table(
        f"Nguồn dữ liệu của hồ {lake}",
        ["Nguồn", "Tình trạng", "Mới nhất", "Cam kết", "Đến", "Từ chối", "Chờ"],
        [
            (
                one.source,
                _WORDS[one.freshness],
                _moment(one.newest_at),
                _promise(one.expected_hours),
                one.messages,
                one.rejected,
                one.pending,
            )
            for one in sources
        ],
    )
    console.show_table(
        "Bảng dữ liệu",
        ["Bảng", "Tình trạng", "Mới nhất", "Cam kết", "Ngày", "Số dòng", "Lượt"],
        [
            (
                one.name,
                _WORDS[one.freshness],
                _moment(one.newest_at or one.updated_at),
                _promise(one.expected_hours),
                one.newest_date,
                one.rows,
                one.newest_run,
            )
            for one in tables
        ],
    )


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "–"
    return f"{moment.astimezone(time.BUSINESS_ZONE):%d/%m/%Y %H:%M}"


def _promise(hours: int | None) -> str:
    return "–" if hours is None else f"{console.number(hours)} giờ"
