"""Parsed rows with their text in composed Unicode form (NFC)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def composed(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows, text composed; the evidence keeps the bytes as they came.

    Decomposed letters are another spelling of the same text, and the engines have no
    function that joins them.
    """
    columns = [_composed(column) for column in rows.columns]
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)


def _composed(values: pa.Array) -> pa.Array:
    if values.null_count == len(values):
        # Most columns of most messages.
        return values
    if pa.types.is_string(values.type):
        return pc.utf8_normalize(values, form="NFC")
    if pa.types.is_list(values.type):
        return pa.ListArray.from_arrays(
            values.offsets, _composed(values.values), type=values.type
        )
    if pa.types.is_struct(values.type):
        parts = [
            _composed(values.field(number)) for number in range(values.type.num_fields)
        ]
        return pa.StructArray.from_arrays(
            parts, fields=list(values.type), mask=values.is_null()
        )
    return values
