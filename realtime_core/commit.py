"""Group commit for the service: answers wait here until their records are on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from lakehouse.journal import Batch, Journal, JournalBroken


class Committer:
    """Puts what waits on disk in a thread; the requests of a batch share one fsync."""

    def __init__(
        self,
        journal: Journal,
        observe: Callable[[float], None],
        on_broken: Callable[[JournalBroken], None],
    ) -> None:
        """Commit a journal.

        Args:
            observe: told the seconds of each write with its fsync.
            on_broken: told once that the disk refused; the service must stop.
        """
        self._journal = journal
        self._observe = observe
        self._on_broken = on_broken
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._loop = asyncio.get_running_loop()
        self._next: list[asyncio.Future[None]] = []
        self._flying: list[asyncio.Future[None]] = []
        self._flying_to = 0
        self._broken: JournalBroken | None = None
        self._task: asyncio.Task[None] | None = None

    async def durable(self, sequence: int) -> None:
        """Return once a record is on disk.

        Raises:
            JournalBroken: it is not, and never will be.
        """
        if sequence <= self._journal.durable:
            return
        if self._broken is not None:
            raise self._broken
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._run())
        # Each has a future of its own: one that is cancelled leaves the others alone.
        on_disk = self._loop.create_future()
        batch = self._flying if sequence <= self._flying_to else self._next
        batch.append(on_disk)
        await on_disk

    async def close(self) -> None:
        """Commit what waits and end the thread."""
        if self._task is not None:
            await asyncio.wait([self._task])
        self._thread.shutdown()

    async def _run(self) -> None:
        while (batch := self._journal.take()) is not None:
            self._flying, self._flying_to = self._next, batch.last_sequence
            self._next = []
            try:
                seconds = await self._loop.run_in_executor(
                    self._thread, self._write, batch
                )
            except JournalBroken as error:
                self._fail(error)
                return
            self._observe(seconds)
            self._journal.settle(batch)
            for on_disk in self._flying:
                if not on_disk.done():
                    on_disk.set_result(None)

    def _write(self, batch: Batch) -> float:
        """Seconds that the disk took; those until the loop hears of it are not its."""
        started = perf_counter()
        self._journal.write(batch)
        return perf_counter() - started

    def _fail(self, error: JournalBroken) -> None:
        self._broken = error
        for on_disk in (*self._flying, *self._next):
            if not on_disk.done():
                on_disk.set_exception(error)
        self._on_broken(error)
