"""Raw → ref: every row of a list stands in its table, was refused, or says a gap."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Table
from lakehouse.intake import committed_batches
from lakehouse.tables import Lake
from lakehouse.verify import Finding
from transforms.ref.columns import code_columns
from transforms.ref.typed import Values, payload_of, type_rows

RAW = "raw.ref__row"
_SEPARATOR = "\x1f"


def findings(lake: Lake) -> list[Finding]:
    """Count again from raw; of what the build wrote only the codes are looked up."""
    if RAW not in lake.contracts.tables or not lake.exists(RAW):
        return []
    consumed = _consumed_batches(lake)
    if not consumed:
        return []
    wanted = ", ".join(str(batch) for batch in consumed)
    raw = lake.conform(
        RAW, lake.read(RAW, f"select * from t where _batch_seq in ({wanted})")
    )
    names = sorted(pc.unique(raw["table_name"]).to_pylist())
    return [
        _balance(lake, name, raw.filter(pc.equal(raw["table_name"], name)))
        for name in names
    ]


def _consumed_batches(lake: Lake) -> list[int]:
    """Batches that a run has brought into the tables; later ones still wait."""
    newest = lake.read(
        "ops.run_table",
        f"select max(run_seq) as seq from t where table_name = '{RAW}'",
    )["seq"][0].as_py()
    if newest is None:
        return []
    later = set(committed_batches(lake, "ref", newest))
    return [batch for batch in committed_batches(lake, "ref", 0) if batch not in later]


def _balance(lake: Lake, name: str, raw: pa.Table) -> Finding:
    raw = raw.combine_chunks()
    refused = _refused(lake, name, raw)
    if name in lake.contracts.tables and name.startswith("ref."):
        table = lake.contracts.table(name)
        gaps = np.asarray(pc.equal(raw["is_gap"], "true")) & ~refused
        stands = _stands(lake, table, raw) & ~refused & ~gaps
    else:
        gaps = stands = np.zeros(len(raw), bool)
    detail = {
        "in ref": int(stands.sum()),
        "gaps": int(gaps.sum()),
        "rejected": int(refused.sum()),
    }
    right = sum(detail.values())
    return Finding(f"raw → {name}", "ref", len(raw), right, detail, (RAW, name))


def _refused(lake: Lake, name: str, raw: pa.Table) -> np.ndarray:
    """Rows that stand in `ops.rejected` with their place and cells."""
    told_by = name if name in lake.contracts.tables else RAW
    rows = lake.read(
        "ops.rejected",
        "select file_name, source_offset, rejected_payload from t "
        f"where table_name = '{told_by}'",
    )
    every = pa.repeat(pa.scalar("x"), len(raw))
    cells = payload_of(raw["cells"].combine_chunks(), every)
    known = _places(rows["file_name"], rows["source_offset"], rows["rejected_payload"])
    mine = _places(raw["_source_file"], raw["_source_offset"], cells)
    return np.asarray(pc.is_in(mine, value_set=known)).astype(bool)


def _places(file: Values, offset: Values, payload: Values) -> Values:
    texts = [column.cast(pa.string()) for column in (file, offset, payload)]
    flat = [
        text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
        for text in texts
    ]
    joined: Values = pc.binary_join_element_wise(*flat, _SEPARATOR)
    return joined


def _stands(lake: Lake, table: Table, raw: pa.Table) -> np.ndarray:
    """Rows whose code the table holds, or held."""
    names = code_columns(table)
    columns = ", ".join(names)
    held = lake.read(table.name, f"select distinct {columns} from t")
    typed = type_rows(raw, table).rows
    known, mine = _codes(held, names), _codes(typed, names)
    return np.asarray(pc.is_in(mine, value_set=known)).astype(bool)


def _codes(rows: pa.Table, names: list[str]) -> Values:
    texts = [
        pc.fill_null(rows[name].cast(pa.string()), "").combine_chunks()
        for name in names
    ]
    joined: Values = pc.binary_join_element_wise(*texts, _SEPARATOR)
    return joined
