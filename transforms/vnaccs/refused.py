"""Messages that core cannot key: they go to `ops.rejected`, the rest goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.refused import append_refused
from lakehouse.runs import Run

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_HAS_NUMBER = "coalesce(trim(declaration_no) rlike '^[0-9]{12}$', false)"
_REASONS = {
    "no_declaration_no": (
        "Thông điệp chưa có số tờ khai nên chưa xác định được tờ khai",
        "The message has no declaration number yet, so no declaration can be named",
    ),
    "bad_declaration_no": (
        "Số tờ khai không phải 12 chữ số",
        "The declaration number is not 12 digits",
    ),
}


def refuse_unkeyed(run: Run, raw: DataFrame) -> DataFrame:
    """Move messages without a usable number to `ops.rejected`; return the others."""
    unkeyed = raw.where(f"not {_HAS_NUMBER}").selectExpr(
        "case when coalesce(trim(declaration_no), '') = '' then 'no_declaration_no' "
        "else 'bad_declaration_no' end as code",
        "declaration_no as payload",
        "_batch_seq",
        "_source_file",
        "_source_offset",
        "_received_at",
    )
    append_refused(run, "core.vnaccs__declaration", _REASONS, unkeyed.toArrow())
    return raw.where(_HAS_NUMBER)
