"""`customs quality`: scorecards, drift and failed checks of a lake."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from lakehouse import console
from lakehouse.settings import settings
from lakehouse.tables import Lake
from quality.report import Report, ScoreLine, TaxLine, report_of

app = typer.Typer(help="Quality of the data.", add_completion=False)
_DIRECTIONS = {"import": "Nhập khẩu", "export": "Xuất khẩu"}
_VERDICTS = {
    "agrees": "Khớp",
    "differs": "Lệch",
    "not_evaluable": "Không tính được",
}
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day of arrival; the newest if unset."),
]


@app.callback(invoke_without_command=True)
def quality(
    day: Day = None,
    worst: Annotated[int, typer.Option(help="Offices and enterprises to show.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show how complete and timely data is, what drifted, and which checks failed."""
    report = report_of(Lake(settings().lake), day.date() if day else None, worst)
    if as_json:
        console.show_json(report)
    else:
        _show(report)


def _show(report: Report) -> None:
    if report.arrived_date is None:
        console.people.print("Chưa có phiếu điểm nào: hãy chạy `customs run`.")
    else:
        shown = f"{report.arrived_date:%d/%m/%Y}"
        _show_lines(f"Nguồn, ngày đến {shown}", "Nguồn", report.sources)
        for title, subject, lines in (
            ("Đơn vị hải quan", "Đơn vị", report.offices),
            ("Doanh nghiệp", "Mã số thuế", report.enterprises),
        ):
            _show_lines(f"{title} thiếu hoặc chậm nhiều nhất", subject, lines)
    console.show_table(
        "Thay đổi bất thường, mới nhất trước",
        ["Lượt", "Mã", "Bảng", "Lý do"],
        [(e.run_seq, e.drift_code, e.table_name, e.reason_vi) for e in report.drift],
    )
    console.show_table(
        "Kiểm tra không đạt ở lượt chạy gần nhất của từng bảng",
        ["Bảng", "Kiểm tra", "Mức", "Sai", "Trên"],
        [
            (c.table_name, c.check_code, c.check_severity, c.failed_count, c.row_count)
            for c in report.checks
        ],
    )
    if report.taxes:
        _show_taxes(report.taxes)


def _show_taxes(lines: list[TaxLine]) -> None:
    console.show_table(
        "Thuế khai báo so với thuế phải nộp theo danh mục (SAMPLE), mọi ngày",
        ["Chiều", "Kết quả", "Vì sao không tính được", "Dòng hàng", "Tỷ lệ"],
        [
            (
                _DIRECTIONS[line.direction_code],
                _VERDICTS[line.tax_verdict_code],
                line.reason_vi or "–",
                line.line_count,
                console.percent(line.share),
            )
            for line in lines
        ],
    )


def _show_lines(title: str, subject: str, lines: list[ScoreLine]) -> None:
    console.show_table(
        title,
        [
            subject,
            "Bảng",
            "Dòng",
            "Đầy đủ",
            "Đúng hạn",
            "Có giờ gửi",
            "Trễ nhất",
            "Đồng hồ sai",
        ],
        [
            (
                line.subject_code,
                line.table_name,
                line.row_count,
                _percent(line.completeness),
                _percent(line.on_time),
                line.timed_count,
                _hours(line.delay_max_seconds),
                line.wrong_clock_count or 0,
            )
            for line in lines
        ],
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else console.percent(share)


def _hours(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds / 3600:.1f} giờ".replace(".", ",")
