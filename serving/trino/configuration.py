"""What Trino reads at its start, as texts by file name."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lakehouse.derive.to_trino import CATALOG, REGISTRAR_CATALOG
from serving.trino.access import access_rules

METASTORE = "ops/_trino/metastore"
"""Folder of the registered names; it must lie below the root of the lake."""

_JVM = """\
-Xmx{memory}
-XX:+ExitOnOutOfMemoryError
-XX:ReservedCodeCacheSize=256M
-XX:+EnableDynamicAgentLoading
-Dfile.encoding=UTF-8
-Duser.timezone=UTC
-Djdk.attach.allowAttachSelf=true
--enable-native-access=ALL-UNNAMED
--sun-misc-unsafe-memory-access=allow
"""
_NODE = """\
node.environment=customs
node.id=customs-one
node.data-dir={home}/data
node.internal-address=127.0.0.1
node.bind-ip=127.0.0.1
"""
_SERVER = """\
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port={port}
discovery.uri=http://127.0.0.1:{port}
web-ui.enabled=false
"""
_CATALOG = """\
connector.name=delta_lake
hive.metastore=file
hive.metastore.catalog.dir=local:///{metastore}
fs.native-local.enabled=true
local.location={lake}
"""
_READS_ONLY = "delta.security=READ_ONLY\n"
_REGISTERS = """\
delta.security=ALLOW_ALL
delta.register-table-procedure.enabled=true
"""
_ACCESS = """\
access-control.name=file
security.config-file={home}/etc/rules.json
"""


class Place(msgspec.Struct, frozen=True):
    """Where one Trino stands.

    Attributes:
        lake: root of the lake.
        home: its own folder, below the lake.
        port: its port on the loopback address.
        memory_bytes: its heap.
    """

    lake: Path
    home: Path
    port: int
    memory_bytes: int


def configuration(place: Place) -> dict[str, str]:
    """Files below `etc/` by name."""
    catalog = _CATALOG.format(metastore=METASTORE, lake=place.lake)
    return {
        "jvm.config": _JVM.format(memory=place.memory_bytes),
        "node.properties": _NODE.format(home=place.home),
        "config.properties": _SERVER.format(port=place.port),
        "log.properties": "io.airlift=WARN\nio.trino=WARN\n",
        "access-control.properties": _ACCESS.format(home=place.home),
        "rules.json": access_rules(),
        f"catalog/{CATALOG}.properties": catalog + _READS_ONLY,
        f"catalog/{REGISTRAR_CATALOG}.properties": catalog + _REGISTERS,
    }
