"""The final screen of the demo: what came in, what came out, and where to look next."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lakehouse import console
from lakehouse.demo_service import DecisionService
from lakehouse.query import run_query
from lakehouse.tables import Lake
from lakehouse.verify import verify_lake

QUESTIONS = (
    (
        "Ngày nào nhập khẩu nhiều nhất theo trị giá?",
        "select registered_date as ngay, count(*) as to_khai, "
        "cast(sum(customs_value_vnd) / 1000000000 as bigint) as ty_dong "
        "from gold.fct_declaration where is_current and direction_code = 'import' "
        "and not is_low_value group by registered_date order by ty_dong desc limit 3",
    ),
    (
        "Năm chương hàng có số thuế nhập khẩu lớn nhất?",
        "select substring(hs_code, 1, 2) as chuong, count(*) as dong_hang, "
        "cast(sum(import_duty_vnd) / 1000000 as bigint) as trieu_dong "
        "from core.vnaccs__declaration_line where is_current and hs_code is not null "
        "group by 1 order by trieu_dong desc nulls last limit 5",
    ),
    (
        "Đơn vị hải quan nào có tỷ lệ luồng đỏ cao nhất?",
        "select d.office_code as don_vi, count(*) as to_khai, "
        "sum(case when e.channel_code = '3' then 1 else 0 end) as luong_do "
        "from core.vnaccs__declaration d join core.vnaccs__declaration_event e "
        "on d.declaration_key = e.declaration_key and e.event_code = 'channel' "
        "where d.is_current and not d.is_low_value and d.office_code is not null "
        "group by d.office_code order by luong_do desc, to_khai desc limit 5",
    ),
    (
        "Doanh nghiệp hoạt động nhiều nhất trong 365 ngày?",
        "select tax_code as ma_so_thue, declaration_count_365d as to_khai, "
        "line_count_365d as dong_hang from feat.enterprise__activity "
        "order by as_of_date desc, declaration_count_365d desc limit 5",
    ),
    (
        "Vì sao thông điệp bị từ chối?",
        "select rejection_code as ma, reason_vi as ly_do, count(*) as so_luong "
        "from ops.rejected group by 1, 2 order by so_luong desc, ma limit 5",
    ),
)
_CHANNELS = {"green": "Xanh", "yellow": "Vàng", "red": "Đỏ"}


def show_screen(
    lake: Lake,
    service: DecisionService,
    answers: list[dict[str, Any]],
    seconds: float,
) -> None:
    """Show the whole of it on one screen."""
    console.people.rule("[bold]Kho dữ liệu hải quan quốc gia: kết quả chạy thử")
    _show_landing(lake)
    for question, query in QUESTIONS:
        answer = run_query(lake, query)
        rows = [tuple(row.values()) for row in answer.to_pylist()]
        console.show_table(question, answer.column_names, rows)
    _show_decisions(answers)
    _show_next(lake, service, seconds)


def _show_landing(lake: Lake) -> None:
    counts = lake.read(
        "ops.batch",
        "select source_code, sum(message_count) as messages, "
        "sum(accepted_count) as accepted, sum(rejected_count) as rejected, "
        "sum(pending_count) as pending from t group by 1 order by 1",
    ).to_pylist()
    balanced = all(finding.holds for finding in verify_lake(lake))
    console.show_table(
        "Thông điệp vào kho",
        ["Nguồn", "Đến", "Nhận", "Từ chối", "Chờ"],
        [tuple(row.values()) for row in counts],
    )
    verdict = "[green]đúng[/]" if balanced else "[red]SAI[/]"
    console.people.print(f"Bảo toàn thông điệp (customs verify): {verdict}\n")


def _show_decisions(answers: list[dict[str, Any]]) -> None:
    shares = Counter(answer["channel"] for answer in answers)
    console.show_table(
        f"Phân luồng trực tuyến {console.number(len(answers))} tờ khai "
        "(tiêu chí SAMPLE)",
        ["Luồng", "Số tờ khai", "Tỷ lệ"],
        [
            (name, shares[code], console.percent(shares[code] / len(answers)))
            for code, name in _CHANNELS.items()
        ],
    )
    shown = max(answers, key=lambda answer: (len(answer["reasons"]), answer["score"]))
    console.people.print(f"[bold]Tờ khai {shown['declaration_no']}[/]")
    console.people.print(shown["summary_vi"], soft_wrap=False)
    for reason in shown["reasons"][:4]:
        console.people.print(f"  • {reason['title_vi']} → {reason['guidance_vi']}")


def _show_next(lake: Lake, service: DecisionService, seconds: float) -> None:
    console.people.rule(f"[bold]Xong trong {seconds:.0f} giây")
    console.people.print(
        f"Xem tiếp:  customs --lake {lake.root.name} status · verify · "
        'sql "select …" · decide replay\n'
        f"Dịch vụ phân luồng: POST {service.url}/v1/decisions\n"
        "Tài liệu: README.md, docs/; dừng bằng Ctrl-C"
    )
