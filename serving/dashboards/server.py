"""The dashboard as a running service on one address."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import uvicorn

from lakehouse.errors import DataRefused
from lakehouse.listening import bind, is_loopback, read_token, url_of
from lakehouse.settings import settings
from lakehouse.status import source_states
from lakehouse.tables import Lake
from serving.dashboards import overview
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
        token = read_token(
            settings().dashboard_token_file, host, "CUSTOMS_DASHBOARD_TOKEN_FILE"
        )
        hosts = _LOCAL_NAMES if is_loopback(host) else None
        cuts = Cuts(lake)
        app = make_app(cuts, bundle, token=token, hosts=hosts)
        self._socket = bind(host, port)
        warm_up(cuts)
        self.url = url_of(self._socket)
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
