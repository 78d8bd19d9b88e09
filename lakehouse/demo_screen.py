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
        "Mỗi ngày phân luồng ra sao? (tờ khai thường)",
        "select registered_date as `ngày`, direction_code as `chiều`, "
        "declaration_count as `tờ khai`, green_count as xanh, yellow_count as `vàng`, "
        "red_count as `đỏ` from gold.rpt_channel_share_daily "
        "where stream_code = 'ordinary' order by registered_date, direction_code",
    ),
    (
        "Năm chương hàng có thuế nhập khẩu lớn nhất? (triệu đồng)",
        "select substring(hs_code, 1, 2) as `chương`, count(*) as `dòng hàng`, "
        "cast(sum(import_duty_vnd) / 1000000 as bigint) as `thuế` "
        "from gold.fct_declaration_line where hs_code is not null "
        "group by 1 order by 3 desc nulls last limit 5",
    ),
    (
        "Đơn vị hải quan nào thông quan chậm nhất? (giờ, trung bình)",
        "select office_code as `đơn vị`, count(*) as `tờ khai`, "
        "round(avg(clearance_seconds) / 3600.0, 1) as `giờ` from gold.fct_declaration "
        "where stream_code = 'ordinary' and clearance_seconds is not null "
        "and office_code is not null group by office_code order by 3 desc limit 5",
    ),
    (
        "Doanh nghiệp hoạt động nhiều nhất trong 365 ngày?",
        "select tax_code as `mã số thuế`, "
        "declaration_count_365d as `tờ khai`, "
        "line_count_365d as `dòng hàng`, red_count_365d as `luồng đỏ` "
        "from feat.enterprise__activity where as_of_date = "
        "(select max(as_of_date) from feat.enterprise__activity) "
        "order by declaration_count_365d desc, tax_code limit 5",
    ),
    (
        "Vì sao thông điệp bị từ chối?",
        "select rejection_code as `mã`, max(reason_vi) as `lý do`, "
        "count(*) as `số lượng` "
        "from ops.rejected where source_code <> 'ref' group by rejection_code "
        "order by 3 desc, 1 limit 5",
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
    _show_decisions(answers, service.refused)
    _show_next(lake, service, seconds)


def _show_landing(lake: Lake) -> None:
    counts = lake.read(
        "ops.batch",
        "select source_code, sum(message_count) as messages, "
        "sum(accepted_count) as accepted, sum(rejected_count) as rejected, "
        "sum(pending_count) as pending, "
        # Parts of divided messages, less the wholes that they were joined to: with
        # them a row adds up.
        "sum(resolved_part_count) - sum(joined_count) as absorbed "
        "from t group by 1 order by 1",
    ).to_pylist()
    balanced = all(finding.holds for finding in verify_lake(lake))
    console.show_table(
        "Thông điệp vào kho",
        ["Nguồn", "Đến", "Nhận", "Từ chối", "Chờ", "Ghép"],
        [tuple(row.values()) for row in counts],
    )
    verdict = "[green]đúng[/]" if balanced else "[red]SAI[/]"
    console.people.print(f"Bảo toàn thông điệp (customs verify): {verdict}\n")


def _show_decisions(answers: list[dict[str, Any]], refused: int) -> None:
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
    if refused:
        console.people.print(
            f"{console.number(refused)} tờ khai có chỉ tiêu sai dạng: dịch vụ từ chối, "
            "nêu rõ chỉ tiêu và lý do.\n"
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
