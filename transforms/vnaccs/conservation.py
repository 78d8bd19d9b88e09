"""Raw → core of VNACCS: all that messages tell stands in core, table by table."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING

from lakehouse.engine import engine
from lakehouse.messages import load_layouts
from lakehouse.tables import Lake
from lakehouse.verify import Finding
from transforms.vnaccs import declaration_document, document_conservation, papers
from transforms.vnaccs.declaration_channel import announced
from transforms.vnaccs.declaration_event import events_of
from transforms.vnaccs.declaration_list import LISTS
from transforms.vnaccs.step import MONTH
from transforms.vnaccs.update import (
    AMENDMENT,
    AMENDMENT_LINE,
    CHANNEL,
    DECLARATION,
    DOCUMENT,
    EVENT,
    FAMILIES,
    INSPECTION,
    LINE,
    STATEMENT,
    TABLES,
    TAX,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_KEYED = "coalesce(trim(declaration_no) rlike '^[0-9]{12}$', false)"


def findings(lake: Lake) -> list[Finding]:
    """Count again from raw what core must hold; nothing is taken from core's build."""
    known = lake.contracts.tables
    if not all(name in known and lake.exists(name) for name in TABLES):
        return []
    _register(lake)
    entries = {name: _entries(*listed) for name, listed in LISTS.items()}
    stated = {**entries, TAX: _TAXES, DOCUMENT: _documents()}
    return [
        *(_family(lake, family) for family in _PARSED),
        _months(lake),
        _versions(lake),
        _lines(lake),
        *(_stated(lake, name, said) for name, said in stated.items()),
        _events(lake),
        _channels(lake),
        _designations(lake),
        _numbered(lake, STATEMENT, "vnaccs__tax_statement", "statement_no"),
        _numbered(lake, AMENDMENT, "vnaccs__amendment", "amendment_no"),
        _amended(lake),
        *document_conservation.findings(lake),
    ]


_PARSED = (*FAMILIES, "vnaccs__document")
_EVIDENCE = "raw.vnaccs__message"


def _register(lake: Lake) -> None:
    names = [_EVIDENCE, *(f"raw.{family}" for family in _PARSED)]
    for name in [*names, *TABLES]:
        lake.delta(name)
        engine().register(lake.contracts.table(name), str(lake.path(name)))


def _family(lake: Lake, family: str) -> Finding:
    """Evidence of the templates of a family stands in its table, message by message."""
    table = f"raw.{family}"
    templates = sorted(
        layout.template
        for layout in load_layouts().mapped()
        if f"vnaccs__{layout.family}" == family
    )
    listed = ", ".join(f"'{template}'" for template in templates)
    left = _count(f"select count(*) from {_EVIDENCE} where template in ({listed})")
    right = _count(f"select count(*) from {table}")
    title = f"thông điệp → raw, {lake.contracts.table(table).spec.title_vi}"
    return Finding(title, "vnaccs", left, right, {"parsed": right}, (table,))


def _months(lake: Lake) -> Finding:
    """Every declaration that a message names has its place."""
    key = "substring(trim(declaration_no), 1, 11)"
    told = " union ".join(
        f"select distinct {key} as k from raw.{family} where {_KEYED}"
        for family in FAMILIES
    )
    _papers(lake).createOrReplaceTempView("_papers")
    told += f" union select distinct {key} as k from _papers"
    left = _count(f"select count(*) from ({told})")
    kept = _count(f"select count(*) from {MONTH}")
    refused = _refused(lake, MONTH, "declaration_key")
    return _finding(lake, MONTH, left, kept, {"rejected": refused})


def _papers(lake: Lake) -> DataFrame:
    """What papers and numbers tell of declarations."""
    spark = engine().spark
    return papers.ever_told(
        lake, spark.table(papers.DOCUMENT), spark.table(papers.AMENDMENT)
    )


def _lines(lake: Lake) -> Finding:
    """Lines of each state, and one for each state of a parcel."""
    parcels = _count(
        "select count(*) from (select distinct _record_hash from raw.vnaccs__parcel) "
        f"as m inner join {DECLARATION} as d on m._record_hash = d._record_hash"
    )
    return _stated(lake, LINE, "greatest(coalesce(size(lines), 0), 0)", parcels)


def _channels(lake: Lake) -> Finding:
    """Each channel that a declaration was ever announced to have stands in its history.

    One of two that were announced for the same moment counts for nothing.
    """
    announced(engine().spark.table(EVENT)).createOrReplaceTempView("_announced")
    left = _count(
        "select count(*) from "
        "(select distinct declaration_key, channel_code from _announced)"
    )
    shown = _count(
        "select count(*) from (select a.declaration_key, a.channel_code "
        "from _announced as a left join _announced as b "
        "on a.declaration_key = b.declaration_key "
        "and a.effective_from = b.effective_from and a.event_id < b.event_id "
        "and b.known_from <= a.known_from "
        "where b.event_id is null group by 1, 2)"
    )
    kept = _count(
        "select count(*) from "
        f"(select distinct declaration_key, channel_code from {CHANNEL})"
    )
    refused = _refused(lake, CHANNEL, "declaration_key", "channel_code")
    detail = {"overridden": left - shown, "rejected": refused}
    return _finding(lake, CHANNEL, left, kept, detail)


def _designations(lake: Lake) -> Finding:
    """Each designation that was told stands in the history of inspections."""
    moment = "coalesce(business_at, server_at, known_from)"
    left = _count(
        f"select count(*) from (select distinct declaration_key, {moment} as m "
        f"from {EVENT} where event_code = 'inspection_designated')"
    )
    kept = _count(
        "select count(*) from "
        f"(select distinct declaration_key, designated_at from {INSPECTION})"
    )
    refused = _refused(lake, INSPECTION, "declaration_key", "designated_at")
    return _finding(lake, INSPECTION, left, kept, {"rejected": refused})


def _finding(
    lake: Lake, table: str, left: int, kept: int, elsewhere: dict[str, int]
) -> Finding:
    """What was told is in the table, or where `elsewhere` says."""
    title = f"raw → core, {lake.contracts.table(table).spec.title_vi.lower()}"
    detail = {"in core": kept, **elsewhere}
    return Finding(title, "vnaccs", left, sum(detail.values()), detail, (table,))


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
    parts.append(events_of(_papers(lake)).select("event_id"))
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
    what = "raw → core, sự kiện"
    return Finding(what, "vnaccs", messages, right, detail, (EVENT,))


def _entries(source: str, needed: str) -> str:
    """SQL that counts the entries of a list that say something."""
    filled = f"filter({source}, e -> nullif(trim(e.{needed}), '') is not null)"
    return f"greatest(coalesce(size({filled}), 0), 0)"


_OTHER_TAXES = (
    "greatest(coalesce(size(filter(line.other_taxes, t -> t is not null)), 0), 0)"
)
_AMENDED = (
    "coalesce(aggregate(filter(lines, line -> line is not null), 0, "
    f"(n, line) -> n + 1 + {_OTHER_TAXES}), 0)"
)
_TAXES = (
    f"aggregate(lines, 0, (n, line) -> n + {_OTHER_TAXES} "
    "+ if(nullif(trim(coalesce(line.import_duty_vnd, line.export_duty_vnd, "
    "line.duty_rate_text, line.relief_amount)), '') is null, 0, 1))"
)


def _documents() -> str:
    """SQL that counts the documents that a header refers to."""
    numbers = [named for _, named, _ in declaration_document.NAMED.values()]
    single = (f"if(nullif(trim({name}), '') is null, 0, 1)" for name in numbers)
    return " + ".join([_entries("attachments", "attachment_no"), *single])


def _stated(lake: Lake, table: str, said: str, others: int = 0) -> Finding:
    """What a message says must stand in every state in which it counts.

    Args:
        others: rows that other messages than declarations give.
    """
    told = _count(
        f"select coalesce(sum(n), 0) from (select _record_hash, max({said}) as n "
        "from raw.vnaccs__declaration group by _record_hash) as m "
        f"inner join {DECLARATION} as d on m._record_hash = d._record_hash"
    )
    kept = _count(f"select count(*) from {table}")
    refused = _refused(lake, table, *lake.contracts.table(table).key)
    return _finding(lake, table, told + others, kept, {"rejected": refused})


def _amended(lake: Lake) -> Finding:
    """Each tax of each line of an amendment that counts stands before and after."""
    told = _count(
        f"select coalesce(sum(n), 0) from (select _record_hash, max({_AMENDED}) as n "
        "from raw.vnaccs__amendment group by _record_hash) as m "
        f"inner join {AMENDMENT} as a on m._record_hash = a._record_hash"
    )
    kept = _count(f"select count(*) from {AMENDMENT_LINE}")
    refused = _refused(lake, AMENDMENT_LINE, *lake.contracts.table(AMENDMENT_LINE).key)
    return _finding(lake, AMENDMENT_LINE, told, kept, {"rejected": refused})


def _numbered(lake: Lake, table: str, family: str, number: str) -> Finding:
    """Every number and event that raw tells stands in core."""
    subject = f"concat(trim({number}), ' ', event_code)"
    told = _count(
        f"select count(distinct {subject}) from raw.{family} "
        f"where {_KEYED} and nullif(trim({number}), '') is not null"
    )
    kept = _count(f"select count(distinct {subject}) from {table}")
    refused = _refused(lake, table, number, "event_code")
    return _finding(lake, table, told, kept, {"rejected": refused})


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
