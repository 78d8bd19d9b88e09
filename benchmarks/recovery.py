"""How much of what truly happened core knows, fact by fact."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from lakehouse.derive.to_arrow import to_arrow
from lakehouse.tables import Lake

TRUTHS = ("versions", "events", "links", "amendments", "papers", "lines")
CORE = {
    "declaration": "core.vnaccs__declaration",
    "line": "core.vnaccs__declaration_line",
    "event": "core.vnaccs__declaration_event",
    "channel": "core.vnaccs__declaration_channel",
    "bill": "core.vnaccs__declaration_bill",
    "container": "core.vnaccs__declaration_container",
    "permit": "core.vnaccs__declaration_permit",
    "document": "core.vnaccs__declaration_document",
    "amendment": "core.vnaccs__amendment",
    "amendment_line": "core.vnaccs__amendment_line",
    "paper": "core.vnaccs__document",
    "paper_line": "core.vnaccs__document_line",
    "paper_container": "core.vnaccs__document_container",
    "paper_declaration": "core.vnaccs__document_declaration",
}
_STANDS = "from declaration where known_until is null"
_KEY = "declaration_key as key, declaration_version as version"
_WHAT = (
    "event_code || ' ' || case when event_code in ('channel', 'amended') "
    "then coalesce(channel_code, '') else '' end"
)
_EVENT = f"{_KEY}, {_WHAT} as what"
_WHEN = "case when lost_to = '' then time_lost_to else lost_to end as lost_to"
_PAPER = "coalesce(p.document_no, p.declaration_no) as key, 0 as version"
_TOLD = "select paper_no as key, 0 as version, event_code as what"
# Of a paper: table of what it lists → what is true of its first entry, what core says.
_LISTED = {
    "goods": ("line", "first_quantity", "first_quantity::double::varchar"),
    "containers": ("container", "container_no", "container_no"),
    "declarations": ("declaration", "declaration_key", "e.declaration_key"),
}
_LINKS = {"bill": "bill_no", "container": "container_no", "permit": "permit_no"}
# Fact → what is true, and what core says: key, version, what, value; truth also why a
# fact cannot be known.
FACTS = {
    "versions": (
        f"select {_KEY}, '' as what, '' as value, lost_to from versions",
        f"select {_KEY}, '' as what, '' as value {_STANDS}",
    ),
    "newest_versions": (
        "select declaration_key as key, 0 as version, '' as what, "
        "max(declaration_version)::varchar as value, "
        "arg_max(lost_to, declaration_version) as lost_to from versions group by 1",
        "select declaration_key as key, 0 as version, '' as what, "
        "declaration_version::varchar as value from declaration where is_current",
    ),
    "line_counts": (
        f"select {_KEY}, '' as what, line_count::varchar as value, lost_to "
        "from versions",
        f"select {_KEY}, '' as what, line_count::varchar as value {_STANDS}",
    ),
    "values": (
        f"select {_KEY}, '' as what, customs_value_vnd::bigint::varchar as value, "
        "value_lost_to as lost_to from versions",
        f"select {_KEY}, '' as what, customs_value_vnd::bigint::varchar as value "
        f"{_STANDS} and customs_value_vnd is not null",
    ),
    "events": (
        f"select {_EVENT}, '' as value, lost_to from events",
        f"select {_EVENT}, '' as value from event",
    ),
    "actors": (
        f"select {_EVENT}, actor_code as value, lost_to from events "
        "where event_code = 'amended'",
        f"select {_EVENT}, actor_code as value from event where event_code = 'amended'",
    ),
    "business_times": (
        f"select {_EVENT}, business_at::varchar as value, {_WHEN} from events "
        "where business_at is not null",
        f"select {_EVENT}, business_at::varchar as value from event "
        "where business_at is not null",
    ),
    "server_times": (
        f"select {_EVENT}, server_at::varchar as value, {_WHEN} from events",
        f"select {_EVENT}, server_at::varchar as value from event",
    ),
    "arrival_times": (
        f"select {_EVENT}, received_at::varchar as value, lost_to from events",
        f"select {_EVENT}, received_at::varchar as value from event",
    ),
    "processing_times": (
        f"select {_EVENT}, 'in the run' as value, lost_to from events",
        f"select {_EVENT}, case when processed_at between run.begun and run.ended "
        "then 'in the run' else processed_at::varchar end as value from event, run",
    ),
    # Of a wrong clock the order of two announcements cannot be told.
    "channels_now": (
        "select declaration_key as key, 0 as version, '' as what, "
        "arg_max(channel_code, server_at) as value, "
        "max(lost_to || time_lost_to) as lost_to "
        "from events where channel_code <> '' group by 1",
        "select declaration_key as key, 0 as version, '' as what, "
        "channel_code as value from channel where is_current",
    ),
    **{
        f"{kind}s": (
            f"select {_KEY}, '' as what, number as value, lost_to from links "
            f"where link_code = '{kind}'",
            f"select {_KEY}, '' as what, {number} as value from {kind} "
            "where known_until is null",
        )
        for kind, number in _LINKS.items()
    },
    **{
        f"{kind}s": (
            f"select {_KEY}, '' as what, number as value, lost_to from links "
            f"where link_code = '{kind}'",
            f"select {_KEY}, '' as what, document_no as value from document "
            f"where known_until is null and referred_kind_code = '{kind}'",
        )
        for kind in ("invoice", "e_invoice", "attachment")
    },
    "exemptions": (
        f"select {_KEY}, '' as what, number as value, lost_to from links "
        "where link_code = 'exemption_list'",
        f"select {_KEY}, '' as what, exemption_list_no as value from line "
        "where known_until is null and exemption_list_no is not null",
    ),
    "first_parts": (
        f"select {_KEY}, '' as what, number as value, lost_to from links "
        "where link_code = 'first_part'",
        f"select {_KEY}, '' as what, first_declaration_no as value {_STANDS} "
        "and first_declaration_no is not null",
    ),
    # Codes of materials stand in the names of goods, before `#&`.
    "material_codes": (
        f"select {_KEY}, line_no::varchar as what, producer_goods_code as value, "
        "lost_to from lines inner join versions "
        "using (declaration_key, declaration_version) where producer_goods_code <> ''",
        f"select {_KEY}, line_no::varchar as what, producer_goods_code as value "
        "from line where known_until is null and producer_goods_code is not null",
    ),
    "papers": (
        f"{_TOLD}, '' as value, lost_to from papers",
        f"select {_PAPER}, p.event_code as what, '' as value from paper as p "
        "where coalesce(p.document_no, p.declaration_no) is not null",
    ),
    **{
        f"paper_{name}": (
            f"{_TOLD}, {value.removeprefix('e.')} as value, lost_to from papers "
            f"where {column} <> ''",
            f"select {_PAPER}, p.event_code as what, {value} as value from paper as p "
            f"inner join paper_{table} as e using (_record_hash) where e.entry_no = 1 "
            f"and {value} is not null "
            "and coalesce(p.document_no, p.declaration_no) is not null",
        )
        for name, (table, column, value) in _LISTED.items()
    },
    "amendments": (
        f"select {_KEY}, event_code as what, amendment_no as value, lost_to "
        "from amendments",
        f"select {_KEY}, event_code as what, amendment_no as value from amendment",
    ),
    "amended_taxes": (
        "select declaration_key as key, line_no as version, event_code as what, "
        "concat(before_tax_vnd, ' to ', after_tax_vnd) as value, lost_to "
        "from amendments",
        "select declaration_key as key, line_no::bigint as version, "
        "event_code as what, concat(sum(before_tax_amount_vnd)::bigint, ' to ', "
        "sum(after_tax_amount_vnd)::bigint) as value from amendment_line "
        "group by all",
    ),
}


class Recovery(NamedTuple):
    """How core stands to the truth in one kind of fact.

    Attributes:
        true: facts that are so.
        knowable: those that some sound message tells.
        told: facts that core states.
        right: stated facts that are so.
        missed: knowable facts that core does not state.
        wrong: stated facts that are not so, where no quirk explains it.
        lost_to: why the others could not be known: quirk → facts.
    """

    true: int
    knowable: int
    told: int
    right: int
    missed: int
    wrong: int
    lost_to: dict[str, int]

    @property
    def recall(self) -> float:
        """Share of the knowable facts that core states."""
        return 1 - self.missed / self.knowable if self.knowable else 1.0

    @property
    def recall_of_all(self) -> float:
        """Share of all true facts that core states, those that were lost too."""
        return self.right / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """Share of what core states that is so."""
        return self.right / self.told if self.told else 1.0


def recoveries(
    lake: Lake, truth: Path, begun: datetime, ended: datetime
) -> dict[str, Recovery]:
    """Compare core with the truth of all days below a folder.

    Args:
        begun: when the run that built core began; `ended`: when it was over.
    """
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for name in TRUTHS:
        pattern = truth / "*" / f"{name}.parquet"
        connection.execute(f"create view {name} as from read_parquet('{pattern}')")
    for name, table in CORE.items():
        rows = lake.delta(table).to_pyarrow_dataset(
            schema=to_arrow(lake.contracts.table(table))
        )
        connection.register(name, rows)
    connection.execute(
        "create table run as select ?::timestamptz as begun, ?::timestamptz as ended",
        [begun, ended],
    )
    return {name: _recovery(connection, *sides) for name, sides in FACTS.items()}


_NTH = "row_number() over (partition by key, version, what, value)"
_COMPARED = f"""
create or replace temp table compared as
with truth as (
  select *, row_number() over (
    partition by key, version, what, value order by lost_to <> '') as nth
  from ({{truth}})
),
core as (select *, {_NTH} as nth from ({{core}}))
select t.key is not null as is_true, c.key is not null as is_told, t.lost_to,
  coalesce(t.key, c.key) as key, coalesce(t.version, c.version) as version,
  coalesce(t.what, c.what) as what, coalesce(t.value, c.value) as value
from truth as t full join core as c
  on t.key = c.key and t.version = c.version and t.what = c.what
  and t.nth = c.nth and t.value = c.value
"""
_COUNTED = """
with excused as (
  select distinct key, version, what from compared where lost_to <> ''
)
select
  count(*) filter (where is_true),
  count(*) filter (where is_true and lost_to = ''),
  count(*) filter (where is_told),
  count(*) filter (where is_true and is_told),
  count(*) filter (where is_true and lost_to = '' and not is_told),
  count(*) filter (where not is_true and e.key is null)
from compared left join excused as e using (key, version, what)
"""


def _recovery(connection: duckdb.DuckDBPyConnection, truth: str, core: str) -> Recovery:
    connection.execute(_COMPARED.format(truth=truth, core=core))
    counted = connection.execute(_COUNTED).fetchone()
    assert counted is not None
    lost = connection.execute(
        "select lost_to, count(*) from compared where lost_to <> '' and not is_told "
        "group by 1 order by 2 desc, 1"
    ).fetchall()
    return Recovery._make([*counted, dict(lost)])
