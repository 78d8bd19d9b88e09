"""The peer of `landing_to_gold`: hand-written DuckDB over the same raw Delta tables."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from lakehouse.derive.to_arrow import to_arrow
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake
from lakehouse.yamlfile import parse_yaml

CORE = (
    "core.vnaccs__declaration",
    "core.vnaccs__declaration_line",
    "core.vnaccs__declaration_event",
)
GOLD = (
    "gold.fct_declaration",
    "gold.fct_declaration_line",
    "gold.rpt_channel_share_daily",
)
TABLES = CORE + GOLD
_FAMILIES = (
    *("declaration", "parcel", "call"),
    *("tax_statement", "amendment", "document"),
)
_TECHNICAL = ("_run_seq",)
_WEIGHTS = PROJECT_ROOT / "transforms" / "vnaccs" / "weight_units.yml"


def build_peer(root: Path, out: Path) -> dict[str, float]:
    """Write the core and gold tables of the lake at `root` under the folder `out`.

    Returns:
        Seconds from raw to the last Delta commit, and the peak memory of this process.
    """
    lake = Lake(root)
    started = time.perf_counter()
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for family in _FAMILIES:
        _view_raw(connection, lake, family)
    _view_weights(connection)
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    for name in TABLES:
        _write(connection, lake, name, out)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "peak_mib": peak_mib()}


def peak_mib() -> int:
    """Most memory that this process has held; the parent's would be inherited else."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def different_tables(root: Path, out: Path) -> list[str]:
    """Tables whose rows at `out` are not those of the lake, technical columns apart."""
    lake = Lake(root)
    return [
        name
        for name in TABLES
        if _checksum(lake, name, lake.path(name)) != _checksum(lake, name, out / name)
    ]


def _view_raw(connection: duckdb.DuckDBPyConnection, lake: Lake, family: str) -> None:
    files = lake.delta(f"raw.vnaccs__{family}").file_uris()
    connection.read_parquet(files).create_view(f"raw_{family}")


def _view_weights(connection: duckdb.DuckDBPyConnection) -> None:
    units = parse_yaml(_WEIGHTS)
    rows = ", ".join(f"('{code}', {factor})" for code, factor in units.items())
    connection.execute(
        "create temp table weights as select code, "
        f"cast(factor as decimal(12, 8)) as kg from (values {rows}) as t(code, factor)"
    )


def _write(
    connection: duckdb.DuckDBPyConnection, lake: Lake, name: str, out: Path
) -> None:
    table = lake.contracts.table(name)
    schema = pa.schema([field.with_nullable(True) for field in to_arrow(table)])
    found = connection.sql(f"select {', '.join(schema.names)} from {table.short_name}")
    write_deltalake(
        str(out / name),
        found.to_arrow_reader().cast(schema),
        partition_by=table.spec.partition_by or None,
    )


def _checksum(lake: Lake, name: str, path: Path) -> tuple[object, ...]:
    """Rows, and a sum over the hashes of whole rows, which has no order."""
    names = [n for n in lake.contracts.table(name).columns if n not in _TECHNICAL]
    files = DeltaTable(str(path)).file_uris()
    found = duckdb.read_parquet(files, hive_partitioning=True).query(
        "t", f"select count(*), sum(hash({', '.join(names)})) from t"
    )
    (row,) = found.fetchall()
    return tuple(row)
