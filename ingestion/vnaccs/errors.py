"""Errors of this reader; what is wrong with messages is a rejected row, no error.

CustomsError
└── UsageError
    └── NoFile    the file to read is not there, or is a folder
"""

from __future__ import annotations

from pathlib import Path

from lakehouse.errors import UsageError


class NoFile(UsageError):
    """The file to read is not there, or is a folder."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__("no_file", f"{path} is no file", "Name a file of messages")
