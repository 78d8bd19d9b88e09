"""Raw → core of VNACCS: every version and every event that was told stands in core."""

from __future__ import annotations

from json import loads

from lakehouse.engine import engine
from lakehouse.tables import Lake
from lakehouse.verify import Finding
from transforms.vnaccs.declaration_event import events_of
from transforms.vnaccs.declaration_list import LISTS
from transforms.vnaccs.update import (
    AMENDMENT,
    DECLARATION,
    EVENT,
    FAMILIES,
    STATEMENT,
    TABLES,
    TAX,
)

_KEYED = "coalesce(trim(declaration_no) rlike '^[0-9]{12}$', false)"


def findings(lake: Lake) -> list[Finding]:
    """Count again from raw what core must hold; nothing is taken from core's build."""
    known = lake.contracts.tables
    if not all(name in known and lake.exists(name) for name in TABLES):
        return []
    _register(lake)
    entries = {name: _entries(*listed) for name, listed in LISTS.items()}
    return [
        _versions(lake),
        _events(lake),
        *(_stated(lake, name, said) for name, said in {**entries, TAX: _TAXES}.items()),
        _numbered(lake, STATEMENT, "vnaccs__tax_statement", "statement_no"),
        _numbered(lake, AMENDMENT, "vnaccs__amendment", "amendment_no"),
    ]


def _register(lake: Lake) -> None:
    names = [f"raw.{family}" for family in FAMILIES]
    for name in [*names, *TABLES]:
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
    what, right = "raw → core, phiên bản", kept + refused
    return Finding(what, "vnaccs", left, right, detail, (DECLARATION,))


def _events(lake: Lake) -> Finding:
    spark = engine().spark
    parts = [
        events_of(spark.table(f"raw.{family}").where(_KEYED)).select("event_id")
        for family in FAMILIES
    ]
    told = parts[0]
    for part in parts[1:]:
        told = told.unionByName(part)
    messages = told.count()
    distinct = told.distinct().count()
    kept = _count(f"select count(*) from {EVENT}")
    refused = _refused(lake, EVENT, "event_id", "event_id")
    duplicates = messages - distinct
    detail = {"in core": kept, "duplicates": duplicates, "rejected": refused}
    right = kept + duplicates + refused
    what, tables = "raw → core, sự kiện", (*_parsed(), EVENT)
    return Finding(what, "vnaccs", messages, right, detail, tables)


def _parsed() -> tuple[str, ...]:
    return tuple(f"raw.{family}" for family in FAMILIES)


def _entries(source: str, needed: str) -> str:
    """SQL that counts the entries of a list that say something."""
    filled = f"filter({source}, e -> nullif(trim(e.{needed}), '') is not null)"
    return f"greatest(coalesce(size({filled}), 0), 0)"


_TAXES = (
    "aggregate(lines, 0, (n, line) -> n "
    "+ greatest(coalesce(size(filter(line.other_taxes, t -> t is not null)), 0), 0) "
    "+ if(nullif(trim(coalesce(line.import_duty_vnd, line.export_duty_vnd, "
    "line.duty_rate_text, line.relief_amount)), '') is null, 0, 1))"
)


def _stated(lake: Lake, table: str, said: str) -> Finding:
    """What a message says must stand in every state in which it counts."""
    told = _count(
        f"select coalesce(sum(n), 0) from (select _record_hash, max({said}) as n "
        "from raw.vnaccs__declaration group by _record_hash) as m "
        f"inner join {DECLARATION} as d on m._record_hash = d._record_hash"
    )
    kept = _count(f"select count(*) from {table}")
    refused = _refused(lake, table, *lake.contracts.table(table).key)
    title = f"raw → core, {lake.contracts.table(table).spec.title_vi.lower()}"
    detail = {"in core": kept, "rejected": refused}
    return Finding(title, "vnaccs", told, kept + refused, detail, (table,))


def _numbered(lake: Lake, table: str, family: str, number: str) -> Finding:
    """Every number and event that raw tells stands in core."""
    subject = f"concat(trim({number}), ' ', event_code)"
    told = _count(
        f"select count(distinct {subject}) from raw.{family} "
        f"where {_KEYED} and nullif(trim({number}), '') is not null"
    )
    kept = _count(f"select count(distinct {subject}) from {table}")
    refused = _refused(lake, table, number, "event_code")
    title = f"raw → core, {lake.contracts.table(table).spec.title_vi.lower()}"
    detail = {"in core": kept, "rejected": refused}
    return Finding(title, "vnaccs", told, kept + refused, detail, (table,))


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
