"""Evidence of VNACCS messages as the stream of bytes that they came in."""

from __future__ import annotations

from itertools import accumulate

import pyarrow as pa


def as_file(evidence: pa.Table) -> tuple[bytes, list[int]]:
    """Messages one behind the other, and where each begins.

    A message made of parts holds these one behind the other, each with its header.
    """
    payloads = evidence["message_payload"].to_pylist()
    return b"".join(payloads), [0, *accumulate(map(len, payloads))][:-1]
