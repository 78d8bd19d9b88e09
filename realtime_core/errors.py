"""Errors of the decision path.

CustomsError
├── RequestRefused          a request that is answered with 4xx and never journalled
└── EnvironmentFault
    ├── SnapshotRefused     a feature snapshot that breaks its contract
    ├── DrawKeyRefused      a draw key or commitment that cannot be trusted
    └── ReplayDiffers       a journalled decision that does not come out again
"""

from __future__ import annotations

from lakehouse.errors import DataRefused, EnvironmentFault


class RequestRefused(DataRefused):
    """A request that the service does not take, told in two languages.

    Attributes:
        status: HTTP status of the answer.
        pointer: JSON pointer to the field, empty for the whole body.
        detail_vi: what is wrong with it.
        detail_en: the same in English.
    """

    def __init__(
        self, status: int, code: str, pointer: str, detail_vi: str, detail_en: str
    ) -> None:
        super().__init__(code, f"{pointer or 'request'}: {detail_en}", detail_vi)
        self.status = status
        self.pointer = pointer
        self.detail_vi = detail_vi
        self.detail_en = detail_en


class SnapshotRefused(EnvironmentFault):
    """A snapshot of features that cannot be read safely."""


class PolicyRefused(EnvironmentFault):
    """Thresholds, random shares or rules of feature use that do not hold."""


class DrawKeyRefused(EnvironmentFault):
    """A draw key or its published commitment that cannot be trusted."""


class ReplayDiffers(EnvironmentFault):
    """A journalled decision that does not come out again byte for byte."""
