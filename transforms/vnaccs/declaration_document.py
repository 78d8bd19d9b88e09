"""Build `core.vnaccs__declaration_document`: one row per document of each state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.stated import MESSAGE, in_states, typed_content

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NOTHING = "cast(null as string)"
NAMED = {
    "invoice": ("invoice_class_code", "invoice_no", "invoice_date"),
    "e_invoice": ("invoice_class_code", "invoice_receipt_no", "invoice_date"),
    "valuation": ("valuation_class_code", "valuation_receipt_no", _NOTHING),
    "guarantee": ("guarantee_bank_code", "guarantee_no", _NOTHING),
    "bank_limit": ("bank_limit_bank_code", "bank_limit_no", _NOTHING),
}
"""Kind → items of the header that give its class, number and date."""

HEADER_FIELDS = tuple(
    sorted({item for items in NAMED.values() for item in items} - {_NOTHING})
)


def build(
    headers: DataFrame, known: DataFrame, declarations: DataFrame, table: Table
) -> DataFrame:
    """Build all documents of the declarations in `declarations`.

    Args:
        headers: `HEADER_FIELDS` and attachments of new messages that count.
        known: documents of these declarations now.
        declarations: rows of `core.vnaccs__declaration` as they will be.
    """
    attached = headers.selectExpr(
        *MESSAGE, "posexplode(attachments) as (entry_at, entry)"
    )
    stated = _numbered(attached, "attachment", "entry_at + 1", "entry.*", _NOTHING)
    for kind, (class_code, number, day) in NAMED.items():
        about = f"{class_code} as attachment_class_code, {number} as attachment_no"
        stated = stated.unionByName(
            _numbered(headers, kind, "1", *about.split(", "), day)
        )
    typed = {"entry_no": "=entry_no", "document_no": "attachment_no"}
    return in_states(typed_content(stated, table, typed), known, declarations, table)


def _numbered(frame: DataFrame, kind: str, place: str, *about: str) -> DataFrame:
    """Documents of one kind that have a number."""
    *named, day = about
    return frame.selectExpr(
        *MESSAGE,
        f"'{kind}' as referred_kind_code",
        f"{place} as entry_no",
        *named,
        f"{day} as document_date",
    ).where("nullif(trim(attachment_no), '') is not null")
