"""`core.vnaccs__declaration_tax` as it follows from a message."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.golden.incremental.arrivals import Message

# Sea, road, river, and a declaration that names none.
MODES = ("2", "4", "6", None)


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
