"""One decision service in this process, asked over ASGI."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import date

import httpx

from lakehouse.contracts import load_contracts
from lakehouse.journal import Journal
from realtime_core.app import App
from realtime_core.requests import RequestReader
from realtime_core.sample import sample_request
from realtime_core.service import DecisionService

DAY = date(2026, 11, 3)
JSON = {"content-type": "application/json"}


class Site:
    """One service on the published lake, with a journal of its own."""

    def __init__(self, basis, folder, **options):
        self.folder = folder
        self.stopped = False
        reader = RequestReader(load_contracts())
        self.service = DecisionService(reader, basis, Journal(folder))
        self.app = App(
            self.service,
            max_body_bytes=options.pop("max_body_bytes", 100_000),
            stop=self.stop,
            **options,
        )

    def stop(self):
        self.stopped = True

    @asynccontextmanager
    async def running(self):
        said, heard = asyncio.Queue(), asyncio.Queue()
        life = asyncio.create_task(self.app({"type": "lifespan"}, said.get, heard.put))
        await said.put({"type": "lifespan.startup"})
        ready = asyncio.create_task(heard.get())
        await asyncio.wait({life, ready}, return_when=asyncio.FIRST_COMPLETED)
        assert not life.done() or life.result()
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://d") as http:
            yield http
        await said.put({"type": "lifespan.shutdown"})
        await life

    def ask(self, *calls):
        """Answers to (method, path, options) in turn, in one life of the service."""

        async def scenario():
            async with self.running() as http:
                return [await http.request(m, p, **o) for m, p, o in calls]

        return asyncio.run(scenario())


def post(request=None, **options):
    content = options.pop("content", None)
    if content is None:
        content = json.dumps(request or sample_request(DAY)).encode()
    return ("POST", "/v1/decisions", {"content": content, "headers": JSON} | options)


def get(path):
    return ("GET", path, {})
