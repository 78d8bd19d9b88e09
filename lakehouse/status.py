"""What stands in a lake: rows, versions and the newest run of each table."""

from __future__ import annotations

import msgspec

from lakehouse.tables import Lake


class TableState(msgspec.Struct, frozen=True):
    """One table as it stands now; rows and version are None where it is not made."""

    name: str
    title_vi: str
    rows: int | None
    version: int | None
    newest_run: int | None


def table_states(lake: Lake, *, include_missing: bool) -> list[TableState]:
    """States of the tables, by name."""
    runs = lake.read(
        "ops.run_table",
        "select table_name, max(run_seq) as seq from t group by table_name",
    )
    newest = dict(
        zip(runs["table_name"].to_pylist(), runs["seq"].to_pylist(), strict=True)
    )
    states = []
    for name, table in sorted(lake.contracts.tables.items()):
        if lake.exists(name):
            rows = lake.read(name, "select count(*) as n from t")["n"][0].as_py()
            version: int | None = lake.version(name)
        elif include_missing:
            rows = version = None
        else:
            continue
        states.append(
            TableState(name, table.spec.title_vi, rows, version, newest.get(name))
        )
    return states
