"""Files in the folders of tables, written before the table knows of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction


class TableFile(NamedTuple):
    """A file in the folder of a table that no reader of the table sees yet.

    Attributes:
        path: within the folder.
        statistics: as the Delta log keeps them, JSON.
    """

    path: str
    size: int
    statistics: str

    def added(self) -> AddAction:
        """What the Delta log says when the file becomes part of the table."""
        now = int(time.time() * 1000)
        return AddAction(self.path, self.size, {}, now, True, self.statistics)


def write_file(folder: Path, rows: pa.Table, prefix: str) -> TableFile:
    """Write rows as one file of an unpartitioned table.

    Args:
        prefix: begins the name of the file, so that its writer knows it again.

    Raises:
        OSError: the folder cannot be written.
    """
    path = f"{prefix}{uuid4()}.zstd.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        # In one chunk: the writer takes as long for a small one as for a large one.
        rows.combine_chunks(),
        folder / path,
        compression="zstd",
        compression_level=1,
        write_statistics=False,
    )
    size = (folder / path).stat().st_size
    return TableFile(path, size, json.dumps(_statistics(rows)))


def _statistics(rows: pa.Table) -> dict[str, object]:
    """What files are passed over by: batches and places, which are whole numbers."""
    low, high = {}, {}
    for field in rows.schema:
        if pa.types.is_integer(field.type):
            found = pc.min_max(rows[field.name]).as_py()
            if found["min"] is not None:
                low[field.name], high[field.name] = found["min"], found["max"]
    empty = {name: rows[name].null_count for name in low}
    return {
        "numRecords": len(rows),
        "minValues": low,
        "maxValues": high,
        "nullCount": empty,
    }
