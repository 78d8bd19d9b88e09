"""The HTTP edge of the decision service: parse, load, decide, record, answer."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import msgspec

from lakehouse.errors import EnvironmentFault
from lakehouse.journal import JournalBroken, JournalDamaged
from realtime_core.commit import Committer
from realtime_core.errors import RequestRefused
from realtime_core.refusals import CONTENT_TYPE, problem, refused
from realtime_core.service import Answer, DecisionService

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_JSON = b"application/json"
_PATH = "/v1/decisions"
_OPEN_PATHS = frozenset({"/healthz", "/readyz"})
_EXTRA_HEADERS = {
    401: [(b"www-authenticate", b"Bearer")],
    503: [(b"retry-after", b"1")],
}
# Commitments to the draw keys of coming days are published long before each day.
_COMMIT_AHEAD_SECONDS = 3600
# A client that stops in the middle of a body must not hold its connection for ever.
_BODY_SECONDS = 10.0
_TOO_SLOW = "the body did not come in time"
_log = logging.getLogger("customs.decide")


class App:
    """Bare ASGI application around one decision service.

    Attributes:
        failure: the error that stopped the service, if one did.
    """

    def __init__(
        self,
        service: DecisionService,
        *,
        max_body_bytes: int,
        token: str | None = None,
        log_decisions: bool = False,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        """Serve decisions.

        Args:
            token: bearer token that every request but the health ones must carry.
            log_decisions: one line per decision, without personal data.
            stop: ends the server; called when the journal cannot be trusted.
        """
        self.failure: EnvironmentFault | None = None
        self._service = service
        self._metrics = service.metrics
        self._max_body_bytes = max_body_bytes
        self._expected = f"Bearer {token}".encode() if token else None
        self._log_decisions = log_decisions
        self._stop = stop
        self._committer: Committer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and stop with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        started = perf_counter()
        try:
            status, body, kind = await self._route(scope, receive)
        except RequestRefused as error:
            self._metrics.refusals[error.code] += 1
            status, body, kind = error.status, problem(error), CONTENT_TYPE.encode()
        except (JournalBroken, JournalDamaged) as error:
            self._fail(error)
            status, kind = 503, CONTENT_TYPE.encode()
            body = problem(refused(status, "stopping", ""))
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            *_EXTRA_HEADERS.get(status, ()),
        ]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})
        if scope["path"] == _PATH:
            self._metrics.stages["total"].observe(perf_counter() - started)

    async def _route(self, scope: Scope, receive: Receive) -> tuple[int, bytes, bytes]:
        path: str = scope["path"]
        headers = dict(scope["headers"])
        if path not in _OPEN_PATHS:
            self._authenticate(headers)
        if path == _PATH:
            _allow(scope, "POST")
            body = await self._body(headers, receive)
            return await self._decide(body)
        _allow(scope, "GET")
        if path.startswith(_PATH + "/"):
            return await self._find(path)
        if path == "/healthz":
            return 200, b'{"status":"ok"}', _JSON
        if path == "/readyz":
            ready = self._committer is not None and self.failure is None
            return (200, b'{"ready":true}', _JSON) if ready else _not_ready()
        if path == "/metrics":
            return 200, self._service.metrics_text().encode(), b"text/plain"
        raise refused(404, "no_such_path", "", path)

    async def _decide(self, body: bytes) -> tuple[int, bytes, bytes]:
        answer = self._service.submit(body)
        await self._durable(answer)
        if self._log_decisions:
            said = {"decision": answer.number, "repeated": answer.repeated}
            _log.info(msgspec.json.encode(said).decode())
        return (200 if answer.repeated else 201), answer.body, _JSON

    async def _find(self, path: str) -> tuple[int, bytes, bytes]:
        key, _, version = path.removeprefix(_PATH + "/").partition("/")
        number = key + version
        if not (len(key) == 11 and number.isascii() and number.isdigit()):
            raise refused(404, "no_such_path", "", path)
        answer = self._service.find(number)
        await self._durable(answer)
        return 200, answer.body, _JSON

    async def _durable(self, answer: Answer) -> None:
        if self._committer is None:
            raise refused(503, "stopping", "")
        await self._committer.durable(answer.sequence)

    def _authenticate(self, headers: dict[bytes, bytes]) -> None:
        if self._expected is None:
            return
        given = headers.get(b"authorization", b"")
        if not hmac.compare_digest(given, self._expected):
            raise refused(401, "no_token", "")

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        kind = headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
        if kind != _JSON:
            raise refused(415, "wrong_content_type", "")
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._max_body_bytes:
            raise self._too_large()
        # `asyncio.timeout` does the same at three times the price; nearly every body is
        # already there.
        task = asyncio.current_task()
        if task is None:
            raise AssertionError("a request is served by a task")
        loop = asyncio.get_running_loop()
        patience = loop.call_later(_BODY_SECONDS, task.cancel, _TOO_SLOW)
        try:
            return await self._receive_all(receive)
        except asyncio.CancelledError as error:
            if error.args != (_TOO_SLOW,):
                raise
            task.uncancel()
            raise refused(408, "body_incomplete", "") from None
        finally:
            patience.cancel()

    async def _receive_all(self, receive: Receive) -> bytes:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise refused(400, "body_incomplete", "")
            chunk: bytes = message.get("body", b"")
            body += chunk
            if len(body) > self._max_body_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return body

    def _too_large(self) -> RequestRefused:
        return refused(413, "body_too_large", "", str(self._max_body_bytes))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._service.warm_up()
        self._committer = Committer(
            self._service.journal, self._metrics.stages["fsync"].observe, self._fail
        )
        ahead = asyncio.create_task(self._commit_draws())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        ahead.cancel()
        await self._committer.close()
        self._service.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _commit_draws(self) -> None:
        while True:
            self._service.commit_draws()
            await asyncio.sleep(_COMMIT_AHEAD_SECONDS)

    def _fail(self, error: EnvironmentFault) -> None:
        self.failure = error
        self._stop()


def _allow(scope: Scope, method: str) -> None:
    if scope["method"] != method:
        raise refused(405, "wrong_method", "", method)


def _not_ready() -> tuple[int, bytes, bytes]:
    return 503, b'{"ready":false}', _JSON
