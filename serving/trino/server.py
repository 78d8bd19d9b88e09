"""Trino of one lake: started, asked how it is, ended."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from lakehouse.errors import UsageError
from lakehouse.listening import is_loopback
from lakehouse.servers.java import find_java
from lakehouse.servers.process import Plan, ServerProcess, loopback_port
from lakehouse.settings import settings
from lakehouse.tables import Lake
from serving.trino.configuration import METASTORE, Place, configuration
from serving.trino.distribution import JAVA, VERSION, distribution
from serving.trino.registration import register
from serving.trino.sign_in import SignIn


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """How Trino of a lake is.

    Attributes:
        tables: names that can be asked, None where nobody registered them just now.
        certificate: file that clients must trust, where people sign in.
    """

    is_running: bool
    url: str | None = None
    pid: int | None = None
    is_new: bool = False
    tables: list[str] | None = None
    certificate: str | None = None


def up(lake: Lake, host: str = "127.0.0.1", *, signs_in: bool = False) -> Answer:
    """Start Trino, if it is down, and register the tables that the lake has now.

    Args:
        host: the address on which it listens.
        signs_in: people sign in by a token over HTTPS; one that runs stays as it is.

    Raises:
        UsageError: nothing has been run on this lake, or it would be open to other
            machines without sign-in.
        EnvironmentFault: Java, Maven or the port is missing, or it does not start.
    """
    if not (lake.root / "ops").is_dir():
        raise UsageError(
            "lake_empty", f"{lake.root} is no lake yet", "Run `customs run` first"
        )
    if not (signs_in or is_loopback(host)):
        raise UsageError(
            "sign_in_needed",
            f"{host} can be reached from other machines and nobody would sign in",
            "Add --sign-in, then give each person a token: `customs trino token NAME`",
        )
    running = _process(lake).start(partial(_prepare, lake, host, signs_in))
    keys = sign_in_of(lake) if running.url.startswith("https:") else None
    tables = register(lake, running.url, keys)
    certificate = str(keys.certificate) if keys else None
    return Answer(True, running.url, running.pid, running.is_new, tables, certificate)


def down(lake: Lake) -> bool:
    """End Trino of a lake; False if it is down already."""
    return _process(lake).stop()


def status(lake: Lake) -> Answer:
    """How Trino of a lake is."""
    running = _process(lake).running()
    if running is None:
        return Answer(is_running=False)
    return Answer(True, running.url, running.pid)


def sign_in_of(lake: Lake) -> SignIn:
    """Keys and certificate of the Trino of a lake."""
    return SignIn(_home(lake))


def _home(lake: Lake) -> Path:
    return lake.root.absolute() / "ops" / "_trino"


def _process(lake: Lake) -> ServerProcess:
    return ServerProcess("Trino", lake.root / "ops" / "_trino")


def _prepare(lake: Lake, host: str, signs_in: bool) -> Plan:
    chosen = settings()
    java = find_java(JAVA, f"Trino {VERSION}")
    keys = sign_in_of(lake) if signs_in else None
    if keys is not None:
        keys.prepare(host, datetime.now(UTC))
    place = Place(
        lake=lake.root,
        home=lake.root / "ops" / "_trino",
        port=loopback_port(chosen.trino_port, "CUSTOMS_TRINO_PORT"),
        memory_bytes=chosen.trino_memory_bytes,
        host=host,
        sign_in=keys,
    )
    server = distribution()
    # The registered names follow from the lake, so they are made anew.
    shutil.rmtree(lake.root / METASTORE, ignore_errors=True)
    shutil.rmtree(place.home / "etc", ignore_errors=True)
    for name, text in configuration(place).items():
        path = place.home / "etc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    launcher = [str(server / "bin" / "launcher"), "run"]
    return Plan(
        command=[
            *launcher,
            *("--etc-dir", str(place.home / "etc")),
            *("--jvm-dir", str(java)),
        ],
        url=f"{'https' if keys else 'http'}://{host}:{place.port}",
        environment={"JAVA_HOME": str(java)},
        is_ready=partial(_answers, place.port, keys),
    )


def _answers(port: int, keys: SignIn | None) -> bool:
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=2, context=_trust(keys))
        if keys
        else http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    )
    try:
        connection.request("GET", "/v1/info")
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return response.status == http.client.OK and answer.get("starting") is False


def _trust(keys: SignIn) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(keys.certificate))
