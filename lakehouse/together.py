"""Pieces of work that do not need one another, carried out at the same time."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def together(*pieces: Callable[[], Result]) -> list[Result]:
    """Carry out pieces of work in threads; what they give, in their order.

    A small query keeps one core busy, mostly with its plan; the others are there for
    the next ones. All pieces end before the first failure of them is told.
    """
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        running = [pool.submit(piece) for piece in pieces]
    return [one.result() for one in running]
