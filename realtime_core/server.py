"""The decision service as a process: bind, serve, end with a reason."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn

from lakehouse.contracts import load_contracts
from lakehouse.journal import Journal, TornTail
from lakehouse.listening import bind, read_token, url_of
from lakehouse.settings import settings
from realtime_core.app import App
from realtime_core.basis import load_basis, places_of
from realtime_core.requests import RequestReader
from realtime_core.service import DecisionService

# The thread that syncs the journal must get the interpreter back at once.
_SWITCH_SECONDS = 0.0005
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
        token = read_token(
            settings().decide_token_file, host, "CUSTOMS_DECIDE_TOKEN_FILE"
        )
        places, contracts = places_of(lake), load_contracts()
        basis = load_basis(places, contracts)
        self._socket = bind(host, port)
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
        self.url = url_of(self._socket)
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
