"""Macros of this project as the SQL linter sees them.

It needs SQL of the right shape, not dbt: each function has the name and the arguments
of a macro and returns text of the same kind, or what a model reads of it.
"""

from __future__ import annotations

from collections.abc import Sequence


def as_of_days(relations: Sequence[str]) -> list[str]:
    """Days for which features are made."""
    return ["2026-11-03"]


def bucket_price(bucket: str) -> str:
    """Price in the middle of a bucket."""
    return f"exp({bucket})"


def bucket_width() -> str:
    """Width of a bucket of the logarithm."""
    return "1"


def business_date(column: str) -> str:
    """Date in Viet Nam."""
    return f"to_date({column})"


def changed(change: dict[str, object]) -> str:
    """True on changed rows."""
    return "true"


def changes(relations: Sequence[str]) -> dict[str, object]:
    """What has changed on the left."""
    return {
        "relations": relations,
        "since": 1,
        "months": ["2026-11"],
        "anything": "true",
    }


def changes_to_this(rows: str, scope: str, void: bool = False) -> str:
    """Rows to insert, update and delete."""
    return f"select * from {rows} where {scope}"


def in_days(days: Sequence[str]) -> str:
    """True on rows of the days."""
    return "true"


def in_months(change: dict[str, object]) -> str:
    """True on rows of the changed months."""
    return "true"


def local_party(alias: str, column: str) -> str:
    """A column of the party in Viet Nam."""
    return f"{alias}.{column}"


def price_bucket(value: str, quantity: str) -> str:
    """Bucket of the price per unit."""
    return f"floor({value}, {quantity})"


def run_seq() -> str:
    """Number of the run."""
    return "cast(0 as bigint)"


def stream_code(is_low_value: str) -> str:
    """Stream of a declaration."""
    return f"if({is_low_value}, 'parcel', 'ordinary')"


def touched(
    change: dict[str, object],
    keys: Sequence[str],
    relations: Sequence[str] | None = None,
) -> str:
    """True on rows whose subject has changed."""
    return "true"


def touched_keys(
    change: dict[str, object],
    keys: Sequence[str],
    relations: Sequence[str] | None = None,
) -> str:
    """True on rows whose keys have changed."""
    return "true"
