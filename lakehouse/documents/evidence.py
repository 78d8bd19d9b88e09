"""Evidence of messages as a file that the reader of their source reads again."""

from __future__ import annotations

from itertools import accumulate

import pyarrow as pa

from lakehouse.errors import DataRefused

_LINE_END = b"\n"


def as_file(evidence: pa.Table) -> tuple[bytes, list[int]]:
    """Messages of one file one after another, and where each begins.

    Rows of delimited text stand below the header line that they came under.

    Raises:
        DataRefused: rows came under different headers.
    """
    head = b""
    if "message_labels" in evidence.column_names:
        headers = evidence["message_labels"].unique().to_pylist()
        if len(headers) > 1:
            raise DataRefused(
                "several_headers",
                "evidence of one file holds rows under different headers",
                "Correct the evidence by hand; nothing was written",
            )
        head = headers[0].encode() + _LINE_END
    rows = [row + _LINE_END for row in evidence["message_payload"].to_pylist()]
    starts = accumulate(map(len, rows), initial=len(head))
    return head + b"".join(rows), list(starts)[:-1]
