"""Trino of one lake: started, asked how it is, ended."""

from __future__ import annotations

import http.client
import json
import shutil
from functools import partial
from urllib.parse import urlsplit

import msgspec

from lakehouse.errors import UsageError
from lakehouse.servers.java import find_java
from lakehouse.servers.process import Plan, ServerProcess, loopback_port
from lakehouse.settings import settings
from lakehouse.tables import Lake
from serving.trino.configuration import METASTORE, Place, configuration
from serving.trino.distribution import JAVA, VERSION, distribution
from serving.trino.registration import register


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """How Trino of a lake is.

    Attributes:
        tables: names that can be asked, None where nobody registered them just now.
    """

    is_running: bool
    url: str | None = None
    pid: int | None = None
    is_new: bool = False
    tables: list[str] | None = None


def up(lake: Lake) -> Answer:
    """Start Trino, if it is down, and register the tables that the lake has now.

    Raises:
        UsageError: nothing has been run on this lake.
        EnvironmentFault: Java, Maven or the port is missing, or it does not start.
    """
    if not (lake.root / "ops").is_dir():
        raise UsageError(
            "lake_empty", f"{lake.root} is no lake yet", "Run `customs run` first"
        )
    running = _process(lake).start(partial(_prepare, lake))
    tables = register(lake, _port(running.url))
    return Answer(True, running.url, running.pid, running.is_new, tables)


def down(lake: Lake) -> bool:
    """End Trino of a lake; False if it is down already."""
    return _process(lake).stop()


def status(lake: Lake) -> Answer:
    """How Trino of a lake is."""
    running = _process(lake).running()
    if running is None:
        return Answer(is_running=False)
    return Answer(True, running.url, running.pid)


def _process(lake: Lake) -> ServerProcess:
    return ServerProcess("Trino", lake.root / "ops" / "_trino")


def _prepare(lake: Lake) -> Plan:
    chosen = settings()
    java = find_java(JAVA, f"Trino {VERSION}")
    place = Place(
        lake=lake.root,
        home=lake.root / "ops" / "_trino",
        port=loopback_port(chosen.trino_port, "CUSTOMS_TRINO_PORT"),
        memory_bytes=chosen.trino_memory_bytes,
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
        url=f"http://127.0.0.1:{place.port}",
        environment={"JAVA_HOME": str(java)},
        is_ready=partial(_answers, place.port),
    )


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/v1/info")
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return response.status == http.client.OK and answer.get("starting") is False


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port
