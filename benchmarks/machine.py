"""The machine that a number was measured on, in one line."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime


def describe_machine() -> str:
    """Day, cores, memory, processor and Python."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    gib = pages * size / 1024**3
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{day}, {os.cpu_count()} cores, {gib:.0f} GiB, {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
