"""How each contract type is written in each target."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from lakehouse.contracts import TYPE_PATTERN


class TypeForms(NamedTuple):
    """One type in every target."""

    arrow: pa.DataType
    spark: str
    trino: str
    json_schema: dict[str, object]


_PLAIN = {
    "string": TypeForms(pa.string(), "string", "varchar", {"type": "string"}),
    "integer": TypeForms(pa.int32(), "int", "integer", {"type": "integer"}),
    "bigint": TypeForms(pa.int64(), "bigint", "bigint", {"type": "integer"}),
    "double": TypeForms(pa.float64(), "double", "double", {"type": "number"}),
    "boolean": TypeForms(pa.bool_(), "boolean", "boolean", {"type": "boolean"}),
    "date": TypeForms(
        pa.date32(), "date", "date", {"type": "string", "format": "date"}
    ),
    "timestamp": TypeForms(
        # Aware times only: a naive one would become timestamp_ntz (protocol 3/7).
        pa.timestamp("us", tz="UTC"),
        "timestamp",
        # Trino's Delta reader knows times to the millisecond.
        "timestamp(3) with time zone",
        {"type": "string", "format": "date-time"},
    ),
    "binary": TypeForms(
        pa.binary(),
        "binary",
        "varbinary",
        {"type": "string", "contentEncoding": "base64"},
    ),
}


def forms_of(contract_type: str) -> TypeForms:
    """The forms of a contract type.

    Raises:
        ValueError: not a contract type; the loader refuses those before.
    """
    if contract_type in _PLAIN:
        return _PLAIN[contract_type]
    found = TYPE_PATTERN.fullmatch(contract_type)
    if not found or not found["precision"]:
        raise ValueError(f"no contract type: {contract_type}")
    precision, scale = int(found["precision"]), int(found["scale"])
    return TypeForms(
        pa.decimal128(precision, scale),
        f"decimal({precision},{scale})",
        f"decimal({precision},{scale})",
        # Money crosses JSON as text, so that no reader rounds it to a double.
        {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    )
