"""A request made of rows of core, for replays of history and comparisons with batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from lakehouse.contracts import Contracts
from realtime_core.schemas import declared_columns

Row = Mapping[str, Any]


class RequestWriter:
    """Writes request bodies from rows of `core.vnaccs__declaration` and its lines."""

    def __init__(self, contracts: Contracts) -> None:
        """Take the columns of a request from the contracts."""
        self._columns, self._line_columns = declared_columns(contracts)
        self._encode = msgspec.json.Encoder(decimal_format="string").encode

    def write(self, header: Row, lines: Sequence[Row], received_at: datetime) -> bytes:
        """The body that a declarant's system would have sent."""
        return self._encode(
            {
                "declaration_no": header["declaration_no"],
                "declaration": _said(header, self._columns),
                "lines": [_said(line, self._line_columns) for line in lines],
                "received_at": received_at,
            }
        )


def _said(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in columns if row[name] is not None}
