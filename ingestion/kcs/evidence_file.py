"""Evidence of KCS declarations as the file that they came in."""

from __future__ import annotations

from itertools import accumulate

import pyarrow as pa

from lakehouse.errors import DataRefused


def as_file(evidence: pa.Table) -> tuple[bytes, list[int]]:
    """The header line and the rows, and where each row begins.

    Raises:
        DataRefused: the rows came under different headers.
    """
    headers = evidence["message_labels"].unique().to_pylist()
    if len(headers) > 1:
        raise DataRefused(
            "several_headers",
            "one file of kcs evidence holds rows under different headers",
            "Correct the evidence by hand; nothing was written",
        )
    rows = [row + b"\n" for row in evidence["message_payload"].to_pylist()]
    head = f"{headers[0]}\n".encode()
    starts = accumulate(map(len, rows), initial=len(head))
    return head + b"".join(rows), list(starts)[:-1]
