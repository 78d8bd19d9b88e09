"""Raw → core of papers around declarations: each telling, and all that it lists."""

from __future__ import annotations

from json import loads

from lakehouse.engine import engine
from lakehouse.tables import Lake
from lakehouse.verify import Finding
from transforms.vnaccs.document_list import LISTS
from transforms.vnaccs.document_update import DOCUMENT, RAW, TABLES


def findings(lake: Lake) -> list[Finding]:
    """Count again from raw what the tables of papers must hold."""
    if not all(lake.exists(name) for name in (*TABLES, RAW)):
        return []
    for name in (*TABLES, RAW):
        lake.delta(name)
        engine().register(lake.contracts.table(name), str(lake.path(name)))
    said = {DOCUMENT: "1"}
    said |= {name: f"greatest(coalesce(size({e}), 0), 0)" for name, e in LISTS.items()}
    return [_finding(lake, name, count) for name, count in said.items()]


def _finding(lake: Lake, table: str, said: str) -> Finding:
    # What a paper lists goes with it, also where the gate set it aside.
    aside = (
        "" if table == DOCUMENT else f"inner join {DOCUMENT} as d using (_record_hash)"
    )
    told = _count(
        f"select coalesce(sum(n), 0) from (select _record_hash, max({said}) as n "
        f"from {RAW} group by _record_hash) as m {aside}"
    )
    kept = _count(f"select count(*) from {table}")
    refused = _refused(lake, table)
    title = f"raw → core, {lake.contracts.table(table).spec.title_vi.lower()}"
    detail = {"in core": kept, "rejected": refused}
    return Finding(title, "vnaccs", told, kept + refused, detail, (table,))


def _count(query: str) -> int:
    return int(engine().spark.sql(query).collect()[0][0])


def _refused(lake: Lake, table: str) -> int:
    """Rows that the gate set aside."""
    payloads = lake.read(
        "ops.rejected",
        f"select rejected_payload from t where table_name = '{table}' "
        "and source_offset is null",
    )["rejected_payload"].to_pylist()
    key = lake.contracts.table(table).key
    return len(
        {tuple(loads(payload).get(name) for name in key) for payload in payloads}
    )
