"""A criterion that is valid by default; a test states only what matters."""

from datetime import date
from typing import Any

import msgspec

from lakehouse.rules.criterion import Criterion

ROW: dict[str, Any] = {
    "criterion_code": "RS-001",
    "criterion_version": 1,
    "criterion_title_vi": "Tiêu chí thử",
    "criterion_layer": "score",
    "criterion_scope": "line",
    "criterion_condition": 'line.hs_code.startsWith("85")',
    "criterion_weight": 10,
    "guidance_vi": "Kiểm tra hồ sơ.",
    "legal_basis": "SAMPLE",
    "owner_unit": "SAMPLE",
    "criterion_class": "internal",
    "criterion_status": "active",
    "author_code": "SAMPLE-A",
    "approver_code": "SAMPLE-B",
    "example_fires": '{"line": {"hs_code": "8517"}}',
    "example_silent": '{"line": {"hs_code": "8417"}}',
    "valid_from": date(2026, 1, 1),
    "is_sample": True,
}


def criterion(**changes: Any) -> Criterion:
    """A criterion that differs from the plain one in these columns."""
    return msgspec.convert({**ROW, **changes}, Criterion)
