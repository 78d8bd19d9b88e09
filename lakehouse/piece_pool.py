"""Files of a batch read and written by several processes; one commits what they wrote.

Reading is Python and keeps one core busy, so a large batch is shared out. A small one
is read where it is committed: a process takes a second to start.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from types import TracebackType

from lakehouse.batches import BatchPlan, FilePlan, Reader
from lakehouse.errors import EnvironmentFault
from lakehouse.raw import Piece, write_pieces
from lakehouse.settings import settings
from lakehouse.tables import Lake

Files = tuple[FilePlan, ...]


class PiecePool:
    """Writes the pieces of batch after batch; its processes start at the first need."""

    def __init__(self, lake: Lake, read: Reader) -> None:
        self._lake = lake
        self._read = read
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> PiecePool:
        """Ready to read."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave no process behind."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def pieces(self, plan: BatchPlan) -> Iterator[tuple[Files, Iterator[Piece]]]:
        """Files of a batch in their order, each group with the pieces made of it.

        Raises:
            DataRefused: rows do not fit the contracts.
            EnvironmentFault: the lake cannot be written, or a process was ended.
        """
        parallel_bytes = settings().parallel_batch_bytes
        groups = _groups(plan.files, parallel_bytes // 2)
        if sum(file.size for file in plan.files) < parallel_bytes:
            for files in groups:
                yield files, write_pieces(self._lake, plan, self._read, files)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                os.cpu_count(), get_context("spawn"), _end_with_the_parent
            )
        try:
            yield from self._shared(self._pool, plan, groups)
        except BrokenProcessPool as error:
            raise EnvironmentFault(
                "reader_ended",
                "a process that reads files was ended from outside",
                "See whether the machine is short of memory, then run again: the batch "
                "is read anew",
            ) from error

    def _shared(
        self, pool: ProcessPoolExecutor, plan: BatchPlan, groups: Sequence[Files]
    ) -> Iterator[tuple[Files, Iterator[Piece]]]:
        waiting: deque[tuple[Files, Future[list[Piece]]]] = deque()
        alone = plan._replace(files=())
        rest = iter(groups)
        while True:
            for files in islice(rest, 2 * (os.cpu_count() or 1) - len(waiting)):
                task = pool.submit(_written, self._lake.root, alone, self._read, files)
                waiting.append((files, task))
            if not waiting:
                return
            files, task = waiting.popleft()
            yield files, iter(task.result())


def _groups(files: Sequence[FilePlan], group_bytes: int) -> list[Files]:
    groups: list[list[FilePlan]] = []
    size = 0
    for file in files:
        if not groups or size + file.size > group_bytes:
            groups.append([])
            size = 0
        groups[-1].append(file)
        size += file.size
    return [tuple(group) for group in groups]


def _written(root: Path, plan: BatchPlan, read: Reader, files: Files) -> list[Piece]:
    return list(write_pieces(Lake(root), plan, read, files))


def _end_with_the_parent() -> None:
    """A reader must not outlive a process that was killed: nobody would end it."""
    parent = parent_process()
    assert parent is not None
    threading.Thread(
        target=_wait_and_end, args=(parent.sentinel,), daemon=True, name="parent"
    ).start()


def _wait_and_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
