"""Apache Spark with Delta behind Spark Connect, on this machine.

The engine takes it when `SPARK_REMOTE` names it; a cluster's server is named the same
way and is started by whoever runs the cluster.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from functools import partial
from pathlib import Path

from lakehouse.servers.java import find_java
from lakehouse.servers.maven import fetched, maven
from lakehouse.servers.process import Plan, ServerProcess, listens, loopback_port
from lakehouse.settings import PROJECT_ROOT, settings

JAVA = 17
"""Oldest Java that this release runs on."""
_MAIN = "org.apache.spark.sql.connect.service.SparkConnectServer"
_POM = PROJECT_ROOT / "deploy" / "spark" / "pom.xml"


def spark_server(lake: Path) -> ServerProcess:
    """The Spark Connect server that belongs to a lake."""
    return ServerProcess("Apache Spark", lake.resolve() / "ops" / "_spark")


def spark_plan(home: Path) -> Plan:
    """How it is started.

    Raises:
        EnvironmentFault: Java, Maven or the port is missing.
    """
    chosen = settings()
    java = find_java(JAVA, "Apache Spark")
    port = loopback_port(chosen.spark_port, "CUSTOMS_SPARK_PORT")
    jars = sorted(delta_jars().glob("*.jar"))
    options = [
        word
        for name, value in _configuration(home, port).items()
        for word in ("--conf", f"{name}={value}")
    ]
    return Plan(
        command=[
            str(_spark_home() / "bin" / "spark-submit"),
            *("--class", _MAIN),
            *("--master", "local[*]"),
            *("--driver-memory", f"{chosen.memory_bytes // 1024**2}m"),
            *("--jars", ",".join(map(str, jars))),
            *options,
            "spark-internal",
        ],
        url=f"sc://127.0.0.1:{port}",
        environment={
            "JAVA_HOME": str(java),
            "SPARK_HOME": str(_spark_home()),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
        },
        is_ready=partial(listens, port),
    )


def delta_jars() -> Path:
    """Folder of the Delta jars of the version that `delta-spark` is locked at.

    Raises:
        EnvironmentFault: Maven is missing or could not fetch.
    """
    version = importlib.metadata.version("delta-spark")
    return fetched(f"spark-delta-{version}", partial(_fetch, version))


def _fetch(version: str, folder: Path) -> None:
    maven(
        [
            *("-f", str(_POM)),
            f"-Ddelta.version={version}",
            "dependency:copy-dependencies",
            "-DincludeGroupIds=io.delta",
            f"-DoutputDirectory={folder}",
        ]
    )


def _spark_home() -> Path:
    # The Python package holds the whole server.
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _configuration(home: Path, port: int) -> dict[str, str]:
    return {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
        "spark.log.level": "WARN",
        "spark.local.dir": str(home / "tmp"),
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": (
            "org.apache.spark.sql.delta.catalog.DeltaCatalog"
        ),
        # One machine: many small tasks cost more than they spread.
        "spark.sql.shuffle.partitions": "4",
        "spark.default.parallelism": "4",
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.extraJavaOptions": "-Duser.timezone=UTC",
    }
