"""Build `core.vnaccs__declaration_tax`: one row per tax of each line of each state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from transforms.vnaccs.stated import MESSAGE, in_states, typed_content

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LINE_FIELDS = (
    "customs_value_vnd",
    "duty_rate_text",
    "import_duty_vnd",
    "export_duty_vnd",
    "relief_code",
    "relief_amount",
    "other_taxes",
)
"""What the taxes of a line are made of."""

_PLACE = {"line_no": "=line_place"}
_DUTY = _PLACE | {
    "tax_no": "=0",
    "tax_kind_code": "if(declaration_key like '1%', 'N', 'X')",
    "tax_base_vnd": "customs_value_vnd",
    "tax_rate_text": "duty_rate_text",
    "tax_amount_vnd": "coalesce(import_duty_vnd, export_duty_vnd)",
}
_OTHER = _PLACE | {
    "tax_no": "=tax_at + 1",
    # The first letter of the application code is the kind of tax.
    "tax_kind_code": "substring(trim(tax_rate_code), 1, 1)",
}
_SAYS_DUTY = (
    "nullif(trim(coalesce(import_duty_vnd, export_duty_vnd, duty_rate_text, "
    "relief_amount)), '') is not null"
)


def build(
    lines: DataFrame, known: DataFrame, declarations: DataFrame, table: Table
) -> DataFrame:
    """Build all taxes of the declarations in `declarations`.

    Args:
        lines: lines of new messages that count, with `LINE_FIELDS`.
        known: taxes of these declarations now.
        declarations: rows of `core.vnaccs__declaration` as they will be.
    """
    place = (*MESSAGE, "line_place")
    others = lines.selectExpr(*place, "posexplode(other_taxes) as (tax_at, tax)")
    entered = others.where("tax is not null").selectExpr(*place, "tax_at", "tax.*")
    stated = typed_content(
        lines.where(_SAYS_DUTY).drop("other_taxes"), table, _DUTY
    ).unionByName(typed_content(entered, table, _OTHER))
    return in_states(stated, known, declarations, table)
