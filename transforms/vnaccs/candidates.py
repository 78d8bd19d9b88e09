"""What each VNACCS message says of a declaration version, typed.

A version is named by several messages: the sent registration, the system's answer with
the channel, the copy at clearance. Which of them counts is decided in
`declaration.py`; here those that do become one typed row each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed, typed
from lakehouse.time import business_to_utc_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

REGISTRATION_COLUMNS = ("office_code", "planned_date")
"""What only the sent registration says; the system's answers leave it out."""

KNOWLEDGE_COLUMNS = ("known_from", "known_until", "is_current", "registered_month")
"""What the lake itself gives to a row."""

_NUMBER = "trim(declaration_no)"
_REGISTERED_AT = business_to_utc_sql(
    "try_to_timestamp(concat(trim(registered_date), "
    "lpad(coalesce(trim(registered_time), '0'), 6, '0')), 'ddMMyyyyHHmmss')"
)
SERVER_AT = business_to_utc_sql("try_to_timestamp(trim(server_time), 'yyyyMMddHHmmss')")
CANDIDATE = "concat(_source_file, '@', cast(_source_offset as string))"
"""Names one message among the new ones; the same content may come in several."""

_HAS_CONTENT = "cast(content_rank as int) > 0"

_IDENTITY = {
    "declaration_key": f"substring({_NUMBER}, 1, 11)",
    "declaration_version": f"substring({_NUMBER}, 12, 1)",
    "declaration_no": _NUMBER,
    "direction_code": (
        f"case substring({_NUMBER}, 1, 1) "
        "when '1' then 'import' when '3' then 'export' end"
    ),
    "registered_at": f"={_REGISTERED_AT}",
    # Exports state their value in a currency of choice; in dong it is the same fact.
    "customs_value_vnd": (
        "coalesce(customs_value_vnd, case when "
        "trim(declared_value_currency_code) = 'VND' then declared_value_amount end)"
    ),
}

_DECLARATION = _IDENTITY | {
    # The first part of a split declaration writes F instead of a number: its own.
    "first_declaration_no": (
        "case when trim(first_declaration_no) = 'F' then trim(declaration_no) "
        "else first_declaration_no end"
    ),
    "first_bill_no": "get(bills, 0).bill_no",
    "is_low_value": "=false",
    "line_count": "=coalesce(_line_count, 0)",
    "goods_name": "cast(null as string)",
    "reference_tag_code": "regexp_extract(internal_no, '#&([1-9])$', 1)",
    "counterpart_declaration_key": "regexp_extract(internal_no, '#&([0-9]{11})', 1)",
    "transport_date": "coalesce(arrival_date, departure_date)",
    "gross_weight_kg": "=weight_kg",
}

_PARCEL = _IDENTITY | {
    "first_bill_no": "coalesce(house_bill_no, master_bill_no)",
    "is_low_value": "=true",
    "line_count": "=1",
    "transport_date": "arrival_date",
    "gross_weight_kg": "=weight_kg",
}


def heard(raw: DataFrame) -> DataFrame:
    """Which message gives content to which version, without the content."""
    return raw.where(_HAS_CONTENT).selectExpr(
        f"{_IDENTITY['declaration_key']} as declaration_key",
        f"cast({_IDENTITY['declaration_version']} as int) as declaration_version",
        "_received_at as known_from",
        "cast(content_rank as int) as _content_rank",
        f"{SERVER_AT} as _server_at",
        "_record_hash",
        f"{CANDIDATE} as _candidate",
        f"{typed('string', 'office_code')} as office_code",
        f"{typed('date', _planned(raw))} as planned_date",
    )


def _planned(raw: DataFrame) -> str:
    # Low-value parcels are declared without a plan.
    return "planned_date" if "planned_date" in raw.columns else "cast(null as string)"


def named(raw: DataFrame, counting: DataFrame) -> DataFrame:
    """The messages that count, by `_candidate`; the others need not be opened."""
    return raw.selectExpr("*", f"{CANDIDATE} as _candidate").join(
        counting, on="_candidate", how="left_semi"
    )


def declaration_contents(
    raw: DataFrame, line_counts: DataFrame, weights: DataFrame, table: Table
) -> DataFrame:
    """Typed content of messages of `raw.vnaccs__declaration`.

    Args:
        line_counts: `_candidate`, `_line_count`; the lines themselves are not opened.
    """
    counted = raw.drop("lines").join(line_counts, on="_candidate", how="left")
    return _contents(counted, weights, table, _DECLARATION)


def parcel_contents(raw: DataFrame, weights: DataFrame, table: Table) -> DataFrame:
    """Typed content of messages of `raw.vnaccs__parcel`."""
    return _contents(raw, weights, table, _PARCEL)


def _contents(
    raw: DataFrame, weights: DataFrame, table: Table, expressions: dict[str, str]
) -> DataFrame:
    skipped = {*KNOWLEDGE_COLUMNS, *REGISTRATION_COLUMNS, "registered_date"}
    available = set(raw.columns)
    wanted = dict(expressions)
    for name, column in table.columns.items():
        absent = name not in available and name not in wanted
        if absent and not column.is_technical and name not in skipped:
            # A low-value parcel has no such field.
            wanted[name] = "cast(null as string)"
    business = Table(
        spec=table.spec,
        columns={n: c for n, c in table.columns.items() if n not in skipped},
    )
    return _with_weight(raw, weights).selectExpr(
        *to_typed(business, wanted),
        "cast(content_rank as int) as _content_rank",
        f"{SERVER_AT} as _server_at",
        "_record_hash",
        "_candidate",
    )


def _with_weight(raw: DataFrame, weights: DataFrame) -> DataFrame:
    # Cast after the multiplication: the engines cut long decimals differently.
    kilograms = (
        "cast(try_cast(nullif(trim(gross_weight), '') as decimal(20,4)) * kg_per_unit "
        "as decimal(20,4)) as weight_kg"
    )
    if "gross_weight_unit_code" not in raw.columns:
        # Low-value layouts have no unit: the weight is in kilograms by definition.
        return raw.selectExpr(
            "*",
            "try_cast(nullif(trim(gross_weight), '') as decimal(20,4)) as weight_kg",
        )
    joined = raw.join(
        weights,
        on=raw["gross_weight_unit_code"] == weights["weight_unit_code"],
        how="left",
    )
    return joined.selectExpr("*", kilograms)
