"""Read-only SQL over the tables of a lake, without a server."""

from __future__ import annotations

import re

import pyarrow as pa

from lakehouse.engine import engine
from lakehouse.errors import UsageError
from lakehouse.tables import Lake

_READS = re.compile(r"\s*(select|with|show|describe|explain)\b", re.IGNORECASE)
_TABLE = re.compile(
    r"\b(raw|core|gold|feat|share|ref|ops)\.([a-z_0-9]+)", re.IGNORECASE
)


def run_query(lake: Lake, query: str) -> pa.Table:
    """Answer one query.

    Raises:
        UsageError: it would change something, names a table that is not there, or is
            no SQL that the engine understands.
    """
    from pyspark.errors import PySparkException

    if not _READS.match(query) or ";" in query.rstrip().rstrip(";"):
        raise UsageError(
            "not_a_query", "only one SELECT is answered", "Write one query that reads"
        )
    for schema, name in sorted(set(_TABLE.findall(query))):
        _register(lake, f"{schema}.{name}".lower())
    try:
        return engine().spark.sql(query.rstrip().rstrip(";")).toArrow()
    except PySparkException as error:
        raise UsageError(
            "bad_sql",
            str(error).splitlines()[0][:300],
            "See `customs status --tables` and docs/dictionary.md for names",
        ) from None


def _register(lake: Lake, name: str) -> None:
    table = lake.contracts.table(name)
    if not lake.exists(name):
        raise UsageError(
            "table_empty", f"{name} has not been made yet", "Run `customs run` first"
        )
    engine().register(table, str(lake.path(name)))
