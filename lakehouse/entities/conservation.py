"""Raw → core of declared tables: each message of a batch stands somewhere, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lakehouse.engine import engine
from lakehouse.entities.model import (
    EntityFamily,
    declared_sources,
    load_entities,
)
from lakehouse.tables import Lake
from lakehouse.verify import Finding

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def entity_findings(lake: Lake) -> list[Finding]:
    """Count again from raw what the declared core tables must hold."""
    return [
        finding
        for source in declared_sources()
        for name, family in load_entities(source).families.items()
        if all(_is_there(lake, one) for one in (f"raw.{name}", *family.tables))
        for finding in _of_family(lake, source, name, family)
    ]


def _is_there(lake: Lake, name: str) -> bool:
    # A lake may be made for other contracts than those of the project.
    return name in lake.contracts.tables and lake.exists(name)


def _of_family(
    lake: Lake, source: str, name: str, family: EntityFamily
) -> list[Finding]:
    raw = f"raw.{name}"
    title = lake.contracts.table(raw).spec.title_vi.lower()
    _register(lake, raw, *family.tables)
    messages = _messages(lake, raw, family)
    messages.createOrReplaceTempView(f"_told_{name}")
    found = [
        Finding(
            what=f"raw → core, {title}, lô {row['batch']}",
            source=source,
            left=row["messages"],
            right=row["kept"] + row["duplicates"] + row["rejected"],
            detail={key: row[key] for key in ("kept", "duplicates", "rejected")},
            tables=(raw, family.main),
        )
        for row in engine()
        .spark.sql(
            "select _batch_seq as batch, count(*) as messages, "
            "count_if(is_first and is_kept) as kept, "
            "count_if(not is_refused and not is_first) as duplicates, "
            "count_if(is_refused or (is_first and is_gated and not is_kept)) "
            "as rejected "
            f"from _told_{name} group by 1 order by 1"
        )
        .collect()
    ]
    others = [table for table in family.tables if table != family.main]
    return found + [_entries(lake, source, name, family, one) for one in others]


def _messages(lake: Lake, raw: str, family: EntityFamily) -> DataFrame:
    """Each message with what became of it."""
    spark = engine().spark
    named = f"nullif(trim({family.named or family.subject}), '')"
    refused = _places(lake, family.main)
    gated = _gated(lake, family)
    core = spark.table(family.main).selectExpr(
        f"{family.subject} as _subject", "content_hash", "true as is_kept"
    )
    told = (
        spark.table(raw)
        .selectExpr("*", f"{named} as _subject")
        .join(refused, on=["_source_file", "_source_offset"], how="left")
        .selectExpr("*", "_refused is not null as is_refused")
    )
    first = (
        "row_number() over (partition by is_refused, _subject, content_hash "
        "order by _received_at, _record_hash, _batch_seq, _source_file, "
        "_source_offset) = 1 and not is_refused"
    )
    return (
        told.selectExpr("*", f"{first} as is_first")
        .join(core.distinct(), on=["_subject", "content_hash"], how="left")
        .join(gated, on=["_subject", "content_hash"], how="left")
        .fillna({"is_kept": False, "is_gated": False})
    )


def _places(lake: Lake, table: str) -> DataFrame:
    """Places of messages that the transform refused."""
    rows = lake.read(
        "ops.rejected",
        "select distinct file_name, source_offset from t "
        f"where table_name = '{table}' and source_offset is not null",
    ).to_pylist()
    return engine().spark.createDataFrame(
        [(row["file_name"], row["source_offset"], True) for row in rows],
        "_source_file string, _source_offset bigint, _refused boolean",
    )


def _gated(lake: Lake, family: EntityFamily) -> DataFrame:
    """Contents that the gate of the main table set aside."""
    rows = lake.read(
        "ops.rejected",
        f"select distinct rejected_payload from t where table_name = '{family.main}' "
        "and source_offset is null",
    )["rejected_payload"].to_pylist()
    said = [msgspec.json.decode(row) for row in rows]
    contents = {
        (one.get(family.subject), one.get("content_hash"), True) for one in said
    }
    return engine().spark.createDataFrame(
        list(contents), "_subject string, content_hash string, is_gated boolean"
    )


def _entries(
    lake: Lake, source: str, name: str, family: EntityFamily, table: str
) -> Finding:
    """What the contents that came first list stands in the table, or is refused."""
    spark = engine().spark
    listed = _size(family.tables[table].lists)
    left = spark.sql(
        f"select coalesce(sum({listed}), 0) as n from _told_{name} where is_first"
    ).collect()[0]["n"]
    kept = spark.table(table).count()
    refused = _distinct_refusals(lake, table, lake.contracts.table(table).key)
    title = lake.contracts.table(table).spec.title_vi.lower()
    return Finding(
        what=f"raw → core, {title}",
        source=source,
        left=int(left),
        right=kept + refused,
        detail={"in core": kept, "rejected": refused},
        tables=(table,),
    )


def _size(lists: list[str]) -> str:
    """SQL that counts the entries of nested lists of a message."""
    *outer, last = lists
    inner = f"e{len(outer) - 1}.{last}" if outer else last
    count = f"greatest(coalesce(size({inner}), 0), 0)"
    for depth in reversed(range(len(outer))):
        holder = f"e{depth - 1}.{outer[depth]}" if depth else outer[depth]
        step = f"(n{depth}, e{depth}) -> n{depth} + {count}"
        count = f"coalesce(aggregate({holder}, 0, {step}), 0)"
    return count


def _distinct_refusals(lake: Lake, table: str, key: tuple[str, ...]) -> int:
    """Entries that were refused, each once, whatever messages they came in."""
    rows = lake.read(
        "ops.rejected",
        "select distinct rejected_payload as said, source_offset is null as is_gated "
        f"from t where table_name = '{table}'",
    ).to_pylist()
    refused = {row["said"] for row in rows if not row["is_gated"]}
    gated = [msgspec.json.decode(row["said"]) for row in rows if row["is_gated"]]
    named = {
        tuple(one.get(name) for name in key if name != "known_from") for one in gated
    }
    return len(refused) + len(named)


def _register(lake: Lake, *names: str) -> None:
    for name in names:
        lake.delta(name)
        engine().register(lake.contracts.table(name), str(lake.path(name)))
