"""Conservation of messages: what came in stands somewhere, and only once.

What no equation accounts for is named, so that nothing passes by silence.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable

import msgspec

from lakehouse.tables import Lake

_COUNTED = ("raw", "core", "gold")
"""Schemas whose rows come from messages, so that each must be accounted for."""


class Finding(msgspec.Struct, frozen=True):
    """One equation: what came in on the left, where it stands on the right.

    Attributes:
        tables: tables whose rows the equation accounts for.
    """

    what: str
    source: str
    left: int
    right: int
    detail: dict[str, int]
    tables: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """True where nothing was lost and nothing doubled."""
        return self.left == self.right


def verify_lake(lake: Lake) -> list[Finding]:
    """Check every committed batch of every source, and raw against core."""
    batches = lake.read(
        "ops.batch",
        "select * from t where batch_status = 'committed' "
        "order by source_code, batch_seq",
    ).to_pylist()
    findings = []
    for source in sorted({str(batch["source_code"]) for batch in batches}):
        mine = [batch for batch in batches if batch["source_code"] == source]
        evidence = _count_by_batch(lake, f"raw.{source}__message", "_batch_seq", "true")
        refused = _count_by_batch(
            lake,
            "ops.rejected",
            "batch_seq",
            f"source_code = '{source}' and table_name is null",
        )
        findings += [_landing_to_raw(batch, evidence, refused) for batch in mine]
        findings.append(_waiting_parts(lake, source, mine))
    for point in importlib.metadata.entry_points(group="customs.verifiers"):
        findings += point.load()(lake)
    return findings


def _landing_to_raw(
    batch: dict[str, int], evidence: dict[int, int], refused: dict[int, int]
) -> Finding:
    seq = batch["batch_seq"]
    detail = {
        "accepted": evidence.get(seq, 0),
        "rejected": refused.get(seq, 0),
        "waiting": batch["pending_count"],
        "parts joined": batch["resolved_part_count"],
        "made of parts": batch["joined_count"],
    }
    # A message made of parts stands once on the right, its parts many times on the
    # left: count its parts instead of it.
    right = (
        detail["accepted"]
        + detail["rejected"]
        - detail["made of parts"]
        + detail["parts joined"]
        + detail["waiting"]
    )
    return Finding(
        f"landing → raw, lô {seq}",
        str(batch["source_code"]),
        batch["message_count"],
        right,
        detail,
        (f"raw.{batch['source_code']}__message",),
    )


def unverified_tables(lake: Lake, findings: Iterable[Finding]) -> list[str]:
    """Tables with rows that no equation accounts for, by name."""
    covered = {name for finding in findings for name in finding.tables}
    return [
        name
        for name, table in sorted(lake.contracts.tables.items())
        if table.schema in _COUNTED
        and name not in covered
        and lake.exists(name)
        and lake.read(name, "select 1 from t limit 1").num_rows
    ]


def _waiting_parts(lake: Lake, source: str, batches: list[dict[str, int]]) -> Finding:
    waiting = lake.read(
        "ops.pending",
        "select count(*) as n from t where resolved_batch_seq is null "
        f"and source_code = '{source}'",
    )["n"][0].as_py()
    balance = sum(batch["pending_count"] for batch in batches)
    return Finding("phần đang chờ", source, balance, int(waiting), {"waiting": waiting})


def _count_by_batch(lake: Lake, table: str, column: str, where: str) -> dict[int, int]:
    if table not in lake.contracts.tables:
        return {}
    rows = lake.read(
        table, f"select {column} as seq, count(*) as n from t where {where} group by 1"
    )
    return dict(zip(rows["seq"].to_pylist(), rows["n"].to_pylist(), strict=True))
