"""The lease that makes one process at a time the writer of a lake's batch side."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lakehouse.errors import EnvironmentFault


@contextmanager
def hold_lease(root: Path, holder: str) -> Iterator[None]:
    """Hold the lease of a lake.

    The kernel frees the lock when the process ends, however it ends. The fencing
    token of a holder is its run number, see `runs.py`.

    Raises:
        EnvironmentFault: another process holds it, or the lake cannot be written.
    """
    path = root / "ops" / "_lease"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise EnvironmentFault(
            "lake_unwritable",
            f"the lake {root} cannot be written ({error.strerror})",
            "Give write access, or set CUSTOMS_LAKE to another folder",
        ) from None
    try:
        _lock(handle, root)
        record = f"{holder} (process {os.getpid()})".encode()
        os.ftruncate(handle, 0)
        os.pwrite(handle, record, 0)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, root: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held = os.pread(handle, 400, 0).decode("utf-8", "replace") or "another run"
        raise EnvironmentFault(
            "lake_busy",
            f"the lake {root} is being written by {held}",
            "Wait until it ends, then run again",
        ) from None
