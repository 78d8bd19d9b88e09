"""Builders of parsed VNACCS messages for tests: valid by default, one change a test."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from lakehouse.derive.to_rows import to_row, to_rows
from lakehouse.tables import Lake

ARRIVAL = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
KEY = "10000000001"
EVIDENCE = ("_batch_seq", "_source_offset", "_received_at", "_record_hash", "template")
"""What the evidence of a message has in common with its row."""


def at(hours: float) -> datetime:
    """A moment so many hours after the first arrival."""
    return ARRIVAL + timedelta(hours=hours)


class Arrivals:
    """Collects messages and puts them into raw as committed batches."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.batch = 0
        self.offset = 0

    def put(self, run: Any, *messages: dict[str, Any]) -> None:
        """Append messages as one committed batch of a run."""
        self.batch += 1
        by_table: dict[str, list[dict[str, Any]]] = {}
        for message in messages:
            self.offset += 1
            row = dict(message)
            table = row.pop("_table")
            row |= {"_batch_seq": self.batch, "_source_offset": self.offset}
            by_table.setdefault(table, []).append(row)
            evidence = {name: row[name] for name in EVIDENCE if name in row}
            by_table.setdefault("raw.vnaccs__message", []).append(evidence)
        for name, rows in by_table.items():
            table = self.lake.contracts.table(name)
            self.lake.append(name, to_rows(table, rows))
        batch = to_row(
            self.lake.contracts.table("ops.batch"),
            source_code="vnaccs",
            batch_seq=self.batch,
            batch_status="committed",
            run_seq=run.seq,
        )
        self.lake.append(
            "ops.batch", to_rows(self.lake.contracts.table("ops.batch"), [batch])
        )


def _message(table: str, defaults: dict[str, Any], changes: dict[str, Any]) -> dict:
    row = {"_table": table, **defaults, **changes}
    content = repr(sorted((k, v) for k, v in row.items() if not k.startswith("_")))
    row.setdefault("_record_hash", hashlib.sha256(content.encode()).hexdigest())
    row.setdefault("_received_at", ARRIVAL)
    return row


def registration(no: str = KEY + "0", **changes: Any) -> dict[str, Any]:
    """A sent registration (IDA): it alone names the office by code."""
    defaults = {
        "template": "IDA00000D0",
        "procedure_code": "IDA",
        "event_code": "registered",
        "content_rank": "1",
        "declaration_no": no,
        "kind_code": "A11",
        "office_code": "03CC",
        "importer_tax_code": "9900000015",
        "invoice_total_amount": "1000.5",
        "lines": [{"hs_code": "85171300", "goods_name": "Điện thoại"}],
    }
    return _message("raw.vnaccs__declaration", defaults, changes)


def answer(no: str = KEY + "0", channel: int = 1, **changes: Any) -> dict[str, Any]:
    """The system's answer with the channel (VAD?AC0)."""
    defaults = {
        "template": "VAD1AC0P",
        "procedure_code": "IDC",
        "output_code": f"VAD{channel}AC0",
        "event_code": "channel",
        "content_rank": "3",
        "declaration_no": no,
        "kind_code": "A11",
        "importer_tax_code": "9900000015",
        "registered_date": "02112026",
        "registered_time": "083000",
        "server_time": "20261102083001",
        "gross_weight": "1.250",
        "gross_weight_unit_code": "TNE",
        "customs_value_vnd": "25000000",
        "bills": [{"bill_no": "SCACBL1"}],
        "lines": [
            {
                "line_no": "01",
                "hs_code": "85171300",
                "goods_name": "Điện thoại",
                "customs_value_vnd": "25000000",
                "first_quantity": "10",
                "first_quantity_unit_code": "PCE",
                "other_taxes": [
                    {"tax_rate_code": "VB901", "tax_amount_vnd": "2500000"}
                ],
            }
        ],
    }
    return _message("raw.vnaccs__declaration", defaults, changes)


def clearance(no: str = KEY + "0", **changes: Any) -> dict[str, Any]:
    """The copy at clearance (VAD1AG0)."""
    defaults = {
        "template": "VAD1AG0P",
        "output_code": "VAD1AG0",
        "event_code": "cleared",
        "content_rank": "2",
        "cleared_date": "02112026",
        "cleared_time": "093000",
    }
    return answer(no, **{**defaults, **changes})


def parcel(no: str = "10000000009" + "0", **changes: Any) -> dict[str, Any]:
    """A low-value declaration with its answer (VAD1FC0)."""
    defaults = {
        "template": "VAD1FC0P",
        "procedure_code": "MIC",
        "output_code": "VAD1FC0",
        "event_code": "channel",
        "content_rank": "3",
        "declaration_no": no,
        "registered_date": "02112026",
        "registered_time": "010203",
        "goods_name": "Áo phông",
        "origin_country_code": "CN",
        "customs_value_vnd": "990000",
        "house_bill_no": "HAWB1",
    }
    return _message("raw.vnaccs__parcel", defaults, changes)


def call(no: str, event: str, output: str, server: str, **changes: Any) -> dict:
    """A notice of the system that names a declaration, such as VAD4870."""
    defaults = {
        "template": "VAD4870P",
        "procedure_code": "CKO",
        "output_code": output,
        "event_code": event,
        "content_rank": "0",
        "declaration_no": no,
        "server_time": server,
    }
    return _message("raw.vnaccs__call", defaults, changes)


def statement(no: str, **changes: Any) -> dict[str, Any]:
    """A tax statement (VAF8010) of two taxes."""
    defaults = {
        "template": "VAF8010P",
        "procedure_code": "IDC",
        "output_code": "VAF8010",
        "event_code": "tax_stated",
        "content_rank": "0",
        "declaration_no": no,
        "statement_no": "500000000001",
        "server_time": "20261102084000",
        "statement_date": "02112026",
        "taxes": [
            {
                "tax_name": "Thuế NK",
                "budget_item_code": "1901",
                "payable_tax_vnd": "90",
            },
            {"tax_name": "Thuế GTGT", "payable_tax_vnd": "10"},
        ],
    }
    return _message("raw.vnaccs__tax_statement", defaults, changes)


def amendment(no: str, event: str, **changes: Any) -> dict[str, Any]:
    """An amendment after clearance that changes the HS code of a line."""
    defaults = {
        "template": "VAL8000P",
        "procedure_code": "CAM",
        "output_code": "VAL8030",
        "event_code": event,
        "content_rank": "0",
        "declaration_no": no,
        "amendment_no": "600000000001",
        "amendment_reason_code": "3",
        "registered_date": "02112026",
        "server_time": "20261202084000",
        "lines": [
            {
                "line_no": "01",
                "before_hs_code": "85171300",
                "after_hs_code": "85171400",
                "before_tax_amount_vnd": "90",
                "after_tax_amount_vnd": "*120",
                "other_taxes": [{"tax_kind_code": "V", "after_tax_amount_vnd": "12"}],
            }
        ],
    }
    return _message("raw.vnaccs__amendment", defaults, changes)


def paper(event: str, **changes: Any) -> dict[str, Any]:
    """A message about a paper with a life of its own, such as a journey."""
    defaults = {
        "template": "VAS5010_all",
        "procedure_code": "OLC",
        "event_code": event,
        "content_rank": "0",
        "server_time": "20261102084000",
    }
    return _message("raw.vnaccs__document", defaults, changes)
