"""Evidence of messages as a file that the reader of their source reads again."""

from __future__ import annotations

from itertools import accumulate

import pyarrow as pa

_BETWEEN = b"\n"


def as_file(evidence: pa.Table) -> tuple[bytes, list[int]]:
    """Messages of one file one after another, and where each begins."""
    payloads = evidence["message_payload"].to_pylist()
    ends = accumulate(len(payload) + len(_BETWEEN) for payload in payloads)
    return _BETWEEN.join(payloads), [0, *ends][: len(payloads)]
