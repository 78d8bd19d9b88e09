"""Errors of the dashboard.

DataRefused
├── NothingPublished   no run has ended well, so there is no cut to show
├── TableMissing       the cut lacks a table that the question needs
└── UnknownCut         no manifest has the number that was asked for
"""

from __future__ import annotations

from lakehouse.errors import DataRefused


class NothingPublished(DataRefused):
    """No run of the lake has ended well yet."""

    def __init__(self) -> None:
        super().__init__(
            "nothing_published",
            "the lake holds no run that ended well",
            "Run `customs run` first",
        )


class TableMissing(DataRefused):
    """A table is not part of the cut."""

    def __init__(self, name: str, run_seq: int) -> None:
        super().__init__(
            "table_missing",
            f"{name} is not part of run {run_seq}",
            "Run `customs run`, which makes it, or see `customs status --tables`",
        )


class UnknownCut(DataRefused):
    """No run that ended well has this number."""

    def __init__(self, run_seq: int) -> None:
        super().__init__(
            "unknown_cut",
            f"run {run_seq} has no manifest",
            "Leave the number out to see the newest cut",
        )
