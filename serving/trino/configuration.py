"""What Trino reads at its start, as texts by file name."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lakehouse.derive.to_trino import CATALOG, REGISTRAR_CATALOG
from serving.trino.access import access_rules
from serving.trino.sign_in import ISSUER, SignIn

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
node.bind-ip={host}
"""
_SERVER = """\
coordinator=true
node-scheduler.include-coordinator=true
web-ui.enabled=false
"""
_PLAIN = """\
http-server.http.port={port}
discovery.uri=http://127.0.0.1:{port}
"""
# The parts of the server speak HTTPS with one another too: no port is plain.
_SIGNED_IN = """\
http-server.http.enabled=false
http-server.https.enabled=true
http-server.https.port={port}
http-server.https.keystore.path={keys}
discovery.uri=https://127.0.0.1:{port}
internal-communication.https.required=true
internal-communication.https.truststore.path={certificate}
internal-communication.shared-secret={secret}
http-server.authentication.type=JWT
http-server.authentication.jwt.key-file={public_key}
http-server.authentication.jwt.required-issuer={issuer}
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
        port: its port.
        memory_bytes: its heap.
        host: the address on which it listens; others than the loopback ask for sign-in.
        sign_in: keys by which people sign in over HTTPS; None lets all of this
            machine in.
    """

    lake: Path
    home: Path
    port: int
    memory_bytes: int
    host: str = "127.0.0.1"
    sign_in: SignIn | None = None


def configuration(place: Place) -> dict[str, str]:
    """Files below `etc/` by name."""
    catalog = _CATALOG.format(metastore=METASTORE, lake=place.lake)
    return {
        "jvm.config": _JVM.format(memory=place.memory_bytes),
        "node.properties": _NODE.format(home=place.home, host=place.host),
        "config.properties": _SERVER + _door(place),
        "log.properties": "io.airlift=WARN\nio.trino=WARN\n",
        "access-control.properties": _ACCESS.format(home=place.home),
        "rules.json": access_rules(),
        f"catalog/{CATALOG}.properties": catalog + _READS_ONLY,
        f"catalog/{REGISTRAR_CATALOG}.properties": catalog + _REGISTERS,
    }


def _door(place: Place) -> str:
    if place.sign_in is None:
        return _PLAIN.format(port=place.port)
    return _SIGNED_IN.format(
        port=place.port,
        keys=place.sign_in.server,
        certificate=place.sign_in.certificate,
        secret=place.sign_in.shared_secret,
        public_key=place.sign_in.public_key,
        issuer=ISSUER,
    )
