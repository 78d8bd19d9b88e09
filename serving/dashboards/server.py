"""The dashboard as a running service on one address."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from lakehouse.errors import DataRefused, EnvironmentFault
from lakehouse.settings import settings
from lakehouse.status import source_states
from lakehouse.tables import Lake
from serving.dashboards import overview
from serving.dashboards.access import is_loopback, read_token
from serving.dashboards.app import make_app
from serving.dashboards.cut import Cuts

_log = logging.getLogger(__name__)
_LOCAL_NAMES = ["127.0.0.1", "localhost", "[::1]"]


class Server:
    """One dashboard on one address, ready to run.

    Attributes:
        url: where it listens.
    """

    def __init__(self, lake: Lake, bundle: Path, host: str, port: int) -> None:
        """Bind; port 0 takes a free one.

        Raises:
            UsageError: the address is open to others and there is no token.
            EnvironmentFault: the address is taken, or the token file is not usable.
        """
        token = read_token(settings().dashboard_token_file, host)
        hosts = _LOCAL_NAMES if is_loopback(host) else None
        cuts = Cuts(lake)
        app = make_app(cuts, bundle, token=token, hosts=hosts)
        self._socket = _bind(host, port)
        warm_up(cuts)
        bound = self._socket.getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.url = f"http://{shown}:{bound[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                ws="none",
                access_log=False,
                log_level="warning",
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )

    def run(self, started: Callable[[], None]) -> None:
        """Serve until stopped."""
        started()
        self._server.run(sockets=[self._socket])


def warm_up(cuts: Cuts) -> None:
    """Ask what the first page will ask, so that its reader does not wait for it."""
    try:
        cut = cuts.cut()
        newest = overview.show_cut(cut).newest_date
        overview.show_freshness(cut, source_states(cuts.lake), cut.table_states())
        overview.show_intake(cut)
        if newest is not None:
            overview.show_day(cut, newest)
            overview.show_channels(cut, newest)
            overview.show_trend(cut, newest, overview.TREND_DAYS)
    except DataRefused as refusal:
        # The page itself says what is missing.
        _log.info("nothing to warm up code=%s", refusal.code)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()
    except OSError as error:
        bound.close()
        raise EnvironmentFault(
            "address_taken",
            f"{host}:{port} cannot be used ({error.strerror})",
            "Choose another --host or --port; port 0 takes a free one",
        ) from None
    return bound
