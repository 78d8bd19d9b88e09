"""Which editions of which lists a lake knows, and which of them are samples."""

from __future__ import annotations

from datetime import date

import msgspec

from lakehouse.tables import Lake


class KnownList(msgspec.Struct, frozen=True):
    """Rows of one edition in one reference table, as known now."""

    table: str
    title_vi: str
    list: str
    edition: str
    rows: int
    sample_rows: int
    holds_from: date
    mark: str


def known_lists(lake: Lake) -> list[KnownList]:
    """Every edition with rows that are known now, in the order of the tables."""
    tables = [
        table
        for name, table in sorted(lake.contracts.tables.items())
        if name.startswith("ref.") and lake.exists(name)
    ]
    found = []
    for table in tables:
        rows = lake.read(
            table.name,
            "select list_code, list_edition, count(*) as n, min(valid_from) as first, "
            "sum(case when is_sample then 1 else 0 end) as samples from t "
            "where known_until is null group by 1, 2 order by 1, 2",
        ).to_pylist()
        found += [
            KnownList(
                table=table.name,
                title_vi=table.spec.title_vi,
                list=row["list_code"],
                edition=row["list_edition"],
                rows=row["n"],
                sample_rows=row["samples"],
                holds_from=row["first"],
                mark=_mark(row["samples"], row["n"]),
            )
            for row in rows
        ]
    return found


def _mark(samples: int, rows: int) -> str:
    if not samples:
        return ""
    return "SAMPLE" if samples == rows else f"SAMPLE {samples}/{rows}"
