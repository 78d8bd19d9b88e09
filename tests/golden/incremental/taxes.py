"""`core.vnaccs__declaration_tax` of a message, and the lists of budget sub-items."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.golden.incremental.arrivals import Message

# Sea, road, river, and a declaration that names none.
MODES = ("2", "4", "6", None)
_BORDERS = {"2": False, "4": True, "6": None}
# Sub-item, kind of tax, whether it is for the land border.
_ITEMS = (
    ("1701", "V", None),
    ("1702", "V", False),
    ("1703", "V", True),
    ("1901", "N", False),
    ("1902", "N", True),
    ("1903", "B", None),
)


def tax_rows(message: Message) -> Iterator[dict]:
    """Duty of each line, a second tax of every line but those without an origin."""
    if message.is_low_value:
        return
    duty = "N" if message.key[0] == "1" else "X"
    for line_no, line in enumerate(message.lines, 1):
        yield _row(message, line_no, 0, duty, line.value, 10)
        if line.origin:
            kind = "V" if line.origin == "CN" else "B"
            yield _row(message, line_no, 1, kind, line.value, 8)
        else:
            yield _row(message, line_no, 1, None, line.value, 0)


def _row(
    message: Message,
    line_no: int,
    tax_no: int,
    kind: str | None,
    base: Decimal,
    rate: int,
) -> dict:
    return {
        "declaration_key": message.key,
        "declaration_version": message.version,
        "line_no": line_no,
        "tax_no": tax_no,
        "tax_kind_code": kind,
        "tax_base_vnd": base,
        "tax_rate_text": f"{rate}%",
        "tax_amount_vnd": (base * rate / 100).quantize(Decimal(1)),
        "relief_code": None,
        "relief_amount": None,
        "_record_hash": str(message.number),
    }


def list_rows() -> dict[str, list[dict]]:
    """Rows of the reference lists, without `_run_seq`."""
    period = {
        "valid_from": date(2014, 4, 1),
        "valid_to": None,
        "known_from": datetime(2014, 4, 1, tzinfo=UTC),
        "known_until": None,
    }
    return {
        "ref.transport_mode": [
            {"transport_mode_code": code, "is_land_border": is_land} | period
            for code, is_land in _BORDERS.items()
        ],
        "ref.budget_item": [
            {"budget_item_code": code, "tax_kind_code": kind, "is_land_border": is_land}
            | period
            for code, kind, is_land in _ITEMS
        ],
    }
