"""Raw → core of VNACCS: every version and every event that was told stands in core."""

from __future__ import annotations

from json import loads

from lakehouse.engine import engine
from lakehouse.tables import Lake
from lakehouse.verify import Finding
from transforms.vnaccs.declaration_event import events_of
from transforms.vnaccs.update import DECLARATION, EVENT, FAMILIES

_KEYED = "coalesce(trim(declaration_no) rlike '^[0-9]{12}$', false)"


def findings(lake: Lake) -> list[Finding]:
    """Count again from raw what core must hold; nothing is taken from core's build."""
    tables = lake.contracts.tables
    if not all(name in tables and lake.exists(name) for name in (DECLARATION, EVENT)):
        return []
    _register(lake)
    return [_versions(lake), _events(lake)]


def _register(lake: Lake) -> None:
    names = [f"raw.{family}" for family in FAMILIES]
    for name in [*names, DECLARATION, EVENT]:
        lake.delta(name)
        engine().register(lake.contracts.table(name), str(lake.path(name)))


def _versions(lake: Lake) -> Finding:
    told = " union ".join(
        f"select distinct trim(declaration_no) as no from raw.{family} "
        f"where {_KEYED} and cast(content_rank as int) > 0"
        for family in FAMILIES[:2]
    )
    left = _count(f"select count(*) from ({told})")
    kept = _count(
        "select count(*) from (select distinct declaration_key, declaration_version "
        f"from {DECLARATION})"
    )
    refused = _refused(lake, DECLARATION, "declaration_key", "declaration_version")
    detail = {"in core": kept, "rejected": refused}
    return Finding("raw → core, phiên bản", "vnaccs", left, kept + refused, detail)


def _events(lake: Lake) -> Finding:
    spark = engine().spark
    parts = [
        events_of(spark.table(f"raw.{family}").where(_KEYED)).select("event_id")
        for family in FAMILIES
    ]
    told = parts[0].unionByName(parts[1]).unionByName(parts[2])
    messages = told.count()
    distinct = told.distinct().count()
    kept = _count(f"select count(*) from {EVENT}")
    refused = _refused(lake, EVENT, "event_id", "event_id")
    duplicates = messages - distinct
    detail = {"in core": kept, "duplicates": duplicates, "rejected": refused}
    right = kept + duplicates + refused
    return Finding("raw → core, sự kiện", "vnaccs", messages, right, detail)


def _count(query: str) -> int:
    return int(engine().spark.sql(query).collect()[0][0])


def _refused(lake: Lake, table: str, *key: str) -> int:
    """Subjects of which every row was set aside by the gate."""
    payloads = lake.read(
        "ops.rejected",
        f"select rejected_payload from t where table_name = '{table}' "
        "and source_offset is null",
    )["rejected_payload"].to_pylist()
    gone = {tuple(loads(payload).get(name) for name in key) for payload in payloads}
    return len(gone)
