"""Errors a person can act on: each carries a code, a message and the remedy.

CustomsError
├── DataRefused        exit 1: the data cannot be taken
├── UsageError         exit 2: the command or a file we own is wrong
└── EnvironmentFault   exit 3: the machine or the lake does not allow it
"""

from __future__ import annotations


class CustomsError(Exception):
    """An expected failure: shown as one line and its remedy, never a traceback.

    Attributes:
        code: stable word for programs, such as `unknown_key`.
        message: what is wrong, with the place.
        remedy: what the reader of the message should do.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{code}: {message}. {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[CustomsError], tuple[str, str, str]]:
        """What another process needs to raise it again."""
        return type(self), (self.code, self.message, self.remedy)


class DataRefused(CustomsError):
    """The data cannot be taken as it is."""

    exit_code = 1


class UsageError(CustomsError):
    """A command, a contract or another file of ours is wrong."""

    exit_code = 2


class EnvironmentFault(CustomsError):
    """The machine, a setting or the lake does not allow the work."""

    exit_code = 3
