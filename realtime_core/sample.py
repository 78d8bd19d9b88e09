"""A made-up request of a valid shape, for warm-up, tests and benchmarks."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec


def sample_request(
    day: date,
    lines: int = 1,
    number: str = "100000000000",
    **declaration: object,
) -> dict[str, Any]:
    """A request registered and received on a day; `declaration` overrides a header."""
    header: dict[str, object] = {
        "direction_code": "import",
        "is_low_value": False,
        "registered_date": day.isoformat(),
    }
    return {
        "declaration_no": number,
        "declaration": header | declaration,
        "lines": [sample_line(place) for place in range(1, lines + 1)],
        "received_at": f"{day.isoformat()}T09:00:00+07:00",
    }


def sample_line(line_no: int = 1, **values: object) -> dict[str, object]:
    """A line of a request; `values` override it."""
    line: dict[str, object] = {
        "line_no": line_no,
        "hs_code": "64039990",
        "goods_name": "Giày da",
        "origin_country_code": "CN",
        "first_quantity": "120.5",
        "first_quantity_unit_code": "NPR",
        "customs_value_vnd": 250_000_000,
    }
    return line | values


def sample_body(day: date, lines: int = 1) -> bytes:
    """A sample request as compact JSON."""
    return msgspec.json.encode(sample_request(day, lines))
