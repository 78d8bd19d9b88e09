"""The decision service as a process: bind, serve, end with a reason."""

from __future__ import annotations

import gc
import ipaddress
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn

from lakehouse.contracts import load_contracts
from lakehouse.errors import EnvironmentFault, UsageError
from lakehouse.journal import Journal, TornTail
from lakehouse.settings import settings
from realtime_core.app import App
from realtime_core.basis import load_basis, places_of
from realtime_core.requests import RequestReader
from realtime_core.service import DecisionService

# The thread that syncs the journal must get the interpreter back at once.
_SWITCH_SECONDS = 0.0005
_BACKLOG = 1024
# Decisions make no cycles; what little does can wait for so many allocations.
_COLLECT_AFTER = (50_000, 20, 100)


class Server:
    """One service on one address, ready to run."""

    def __init__(
        self, lake: Path, host: str, port: int, *, log_decisions: bool = False
    ) -> None:
        """Load the basis, take the journal and bind; port 0 takes a free one.

        Raises:
            CustomsError: something is not published, the journal has a writer, the
                address is taken, or it is open to others without a token.
        """
        token = read_token(settings().decide_token_file, host)
        places, contracts = places_of(lake), load_contracts()
        basis = load_basis(places, contracts)
        self._socket = _bind(host, port)
        journal = Journal(places.journal)
        service = DecisionService(RequestReader(contracts), basis, journal)
        self._app = App(
            service,
            max_body_bytes=settings().max_body_bytes,
            token=token,
            log_decisions=log_decisions,
            stop=self._stop,
        )
        self.torn: TornTail | None = journal.torn
        self.decided = len(journal)
        bound = self._socket.getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.url = f"http://{shown}:{bound[1]}"
        self._server = uvicorn.Server(_configuration(self._app))

    def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Serve until told to stop.

        Raises:
            EnvironmentFault: the journal cannot be trusted, so the service ended.
        """
        sys.setswitchinterval(_SWITCH_SECONDS)
        settle_memory()
        started()
        self._server.run(sockets=[self._socket])
        if self._app.failure is not None:
            raise self._app.failure

    def _stop(self) -> None:
        self._server.should_exit = True


def settle_memory() -> None:
    """Let the collector run seldom, and never over what was loaded to stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def _configuration(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )


def read_token(path: Path | None, host: str) -> str | None:
    """The bearer token of the service; none is needed where only this machine reaches.

    Raises:
        UsageError: the address is open to others and there is no token.
        EnvironmentFault: the token file is not readable, or is empty.
    """
    if path is None:
        if is_loopback(host):
            return None
        raise UsageError(
            "token_needed",
            f"{host} can be reached from other machines and no token is set",
            "Put a token into a file and name it in CUSTOMS_DECIDE_TOKEN_FILE",
        )
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        token = ""
        why = error.strerror or "not readable"
    else:
        why = "it is empty"
    if token:
        return token
    raise EnvironmentFault(
        "bad_token_file",
        f"the token file {path} is not usable, {why}",
        "Put the token into it and let only this user read it",
    )


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        # Who connects while the service warms up waits instead of being refused.
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise EnvironmentFault(
            "address_taken",
            f"{host}:{port} cannot be used ({error.strerror})",
            "Choose another --host or --port; port 0 takes a free one",
        ) from None
    return bound
