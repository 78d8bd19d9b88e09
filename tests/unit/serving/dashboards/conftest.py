"""A small lake with two days of declarations, published by one run."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

from lakehouse.derive.to_rows import to_rows
from lakehouse.tables import Lake
from serving.dashboards.app import make_app
from serving.dashboards.cut import Cuts

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
ARRIVED = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
PUBLISHED = ("gold.fct_declaration", "gold.rpt_channel_share_daily", "ref.channel_cap")


def append(lake: Lake, name: str, *rows: dict) -> None:
    lake.append(name, to_rows(lake.contracts.table(name), rows))


def publish(lake: Lake, run_seq: int) -> None:
    """The manifest that a run which ended well writes last."""
    rows = [
        {
            "run_seq": run_seq,
            "table_name": name,
            "delta_version": lake.version(name),
            "ended_at": ARRIVED,
        }
        for name in PUBLISHED
        if lake.exists(name)
    ]
    append(lake, "ops.manifest", *rows)


def declaration(no: int, day: date, direction: str, **values: object) -> dict:
    return {
        "declaration_key": f"{no:011}",
        "declaration_no": f"{no:011}0",
        "direction_code": direction,
        "stream_code": "ordinary",
        "customs_value_vnd": Decimal(1_000_000_000),
        "tax_total_vnd": Decimal(100_000_000),
        "registered_date": day,
        "registered_month": day.isoformat()[:7],
        "known_from": ARRIVED,
        **values,
    }


def shares(day: date, direction: str, green: int, yellow: int, red: int) -> dict:
    return {
        "registered_date": day,
        "direction_code": direction,
        "stream_code": "ordinary",
        "declaration_count": green + yellow + red,
        "undecided_count": 0,
        "green_count": green,
        "yellow_count": yellow,
        "red_count": red,
        "moved_count": 0,
    }


def append_caps(lake: Lake) -> None:
    """Yellow's cap of Monday has ended; red's row was replaced by none."""
    cap = {"stream_code": "ordinary", "is_sample": True, "window_count": 10_000}
    append(
        lake,
        "ref.channel_cap",
        cap
        | {
            "channel_code": "2",
            "cap_share": 0.40,
            "valid_from": date(2022, 9, 13),
            "valid_to": MONDAY,
        },
        cap | {"channel_code": "2", "cap_share": 0.33, "valid_from": TUESDAY},
        cap
        | {
            "channel_code": "3",
            "cap_share": 0.10,
            "valid_from": TUESDAY,
            "known_until": ARRIVED,
        },
    )


def append_intake(lake: Lake) -> None:
    """Ten messages, two of them refused for the same reason."""
    append(
        lake,
        "ops.batch",
        {
            "source_code": "vnaccs",
            "batch_seq": 1,
            "batch_status": "committed",
            "run_seq": 1,
            "message_count": 10,
            "accepted_count": 8,
            "rejected_count": 2,
            "pending_count": 0,
        },
    )
    append(
        lake,
        "ops.rejected",
        *(
            {
                "rejection_id": one,
                "source_code": "vnaccs",
                "batch_seq": 1,
                "rejection_code": "bad_encoding",
                "reason_vi": f"Chỉ tiêu không phải UTF-8: {one}",
                "reason_en": f"Items are no UTF-8: {one}",
            }
            for one in ("K17", "A19")
        ),
    )


@pytest.fixture
def filled(lake: Lake) -> Lake:
    """Monday: one import. Tuesday: two imports, one export, one parcel without tax."""
    append(
        lake,
        "gold.fct_declaration",
        declaration(1, MONDAY, "import"),
        declaration(2, TUESDAY, "import", cleared_at=ARRIVED),
        declaration(3, TUESDAY, "import", customs_value_vnd=Decimal(10**19)),
        declaration(4, TUESDAY, "export"),
        declaration(5, TUESDAY, "import", stream_code="parcel", tax_total_vnd=None),
    )
    append(
        lake,
        "gold.rpt_channel_share_daily",
        shares(MONDAY, "import", 1, 0, 0),
        shares(TUESDAY, "import", 2, 1, 1),
        shares(TUESDAY, "export", 3, 1, 0),
    )
    append_caps(lake)
    append_intake(lake)
    publish(lake, 1)
    return lake


@pytest.fixture
def page(tmp_path):
    """A folder that stands for the built page."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>trang</title>")
    return folder


@pytest.fixture
def client(filled, page) -> TestClient:
    return TestClient(make_app(Cuts(filled), page))
