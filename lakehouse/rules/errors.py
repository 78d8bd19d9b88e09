"""Errors of rules: a condition or a criterion that cannot be published.

DataRefused
├── ConditionError   a condition does not parse or does not type-check
└── CriterionError   a row of criteria, thresholds or lists is wrong
"""

from __future__ import annotations

from lakehouse.errors import DataRefused


class ConditionError(DataRefused):
    """A condition is refused; the place is counted from line 1, column 1.

    Attributes:
        reason_en: what is wrong and what is expected.
        reason_vi: the same for the officer who writes criteria.
        line: line of the condition.
        column: column of the condition.
    """

    def __init__(
        self, code: str, text: str, at: int, reason_en: str, reason_vi: str
    ) -> None:
        before = text[:at]
        self.line = before.count("\n") + 1
        self.column = at - (before.rfind("\n") + 1) + 1
        self.reason_en = reason_en
        self.reason_vi = reason_vi
        place = f"line {self.line}, column {self.column}"
        super().__init__(code, f"{place}: {reason_en}", f"({reason_vi})")


class CriterionError(DataRefused):
    """A row of the rules is refused; the message names the row and the field."""
