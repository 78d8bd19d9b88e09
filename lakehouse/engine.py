"""The engine behind one Spark Connect URL: Sail in our process, or Apache Spark.

Only this module knows which of the two it is.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.errors import EnvironmentFault
from lakehouse.settings import settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class Engine:
    """A running engine and the session that talks to it.

    Attributes:
        spark: the Spark Connect session.
        url: the Spark Connect URL; dbt takes it from `SPARK_REMOTE`.
        is_embedded: True while Sail runs in this process.
    """

    def __init__(self, spark: SparkSession, url: str, *, is_embedded: bool) -> None:
        self.spark = spark
        self.url = url
        self.is_embedded = is_embedded
        self._registered: dict[str, str] = {}
        self._registering = Lock()

    def restore_session(self) -> None:
        """Set the session's settings again; a library may have changed them."""
        _set_session(self.spark)

    def register(self, table: Table, path: str) -> None:
        """Make a Delta table known by its promised name, as an external table."""
        with self._registering:
            if self._registered.get(table.name) == path:
                return
            self.spark.sql(f"create schema if not exists {table.schema}")
            self.spark.sql(f"drop table if exists {table.name}")
            self.spark.sql(f"create table {table.name} using delta location '{path}'")
            self._registered[table.name] = path


_SESSION = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
"""Times are UTC, and what cannot be computed is an error, on both engines."""


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine of this process, started at first use.

    `SPARK_REMOTE=sc://host:port` names a running Spark Connect server; without it
    Sail is started here, on a free port of the loopback address.

    Raises:
        EnvironmentFault: the server of `SPARK_REMOTE` does not answer.
    """
    remote = os.environ.get("SPARK_REMOTE", "")
    if remote and remote != os.environ.get("CUSTOMS_EMBEDDED_URL"):
        return Engine(_connect(remote), remote, is_embedded=False)
    url = _start_sail()
    # dbt and Spark workers of this process find the engine by these.
    os.environ["SPARK_REMOTE"] = os.environ["CUSTOMS_EMBEDDED_URL"] = url
    spark = _connect(url)
    # Reattaching survives a broken network, at the price of half the time of a small
    # query; within one process there is none to break.
    spark.client.disable_reattachable_execute()
    return Engine(spark, url, is_embedded=True)


def _start_sail() -> str:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    pool = str(settings().memory_bytes)
    # A fair pool makes sorts, joins and groupings spill instead of failing.
    os.environ.setdefault("SAIL_RUNTIME__MEMORY_POOL__TYPE", "fair")
    os.environ.setdefault("SAIL_RUNTIME__MEMORY_POOL__FAIR__MAX_SIZE", pool)
    os.environ.setdefault("SAIL_OPTIMIZER__PREFER_HASH_JOIN", "true")
    # A higher level costs more time than it saves space; pages are never looked up.
    os.environ.setdefault("SAIL_PARQUET__COMPRESSION", "zstd(1)")
    os.environ.setdefault("SAIL_PARQUET__STATISTICS_ENABLED", "chunk")
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    _SERVERS.append(server)
    return f"sc://127.0.0.1:{port}"


# The server ends with the object, so the process keeps it.
_SERVERS: list[object] = []


def _set_session(spark: SparkSession) -> None:
    for name, value in _SESSION.items():
        spark.conf.set(name, value)


def _connect(url: str) -> SparkSession:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        spark = SparkSession.builder.remote(url).getOrCreate()
        _set_session(spark)
        spark.sql("select 1 as one").collect()
    except (PySparkException, OSError) as error:
        raise EnvironmentFault(
            "engine_unreachable",
            f"no Spark Connect server answers at {url} ({type(error).__name__})",
            "Start it, or unset SPARK_REMOTE to use the embedded engine",
        ) from None
    return spark
