"""The commodity code that takes the place of an older one on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lakehouse.law.identifier_form import CodeList
from lakehouse.law.look_up import Missing


@dataclass(frozen=True, slots=True)
class CodeOn:
    """A code in force.

    Attributes:
        is_renumbered: True where it is another than the one asked for.
    """

    code: str
    is_renumbered: bool = False
    ok: Literal[True] = True


class Correlation:
    """Rows of `ref.commodity_correlation` that are known now."""

    def __init__(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Index the rows by old code."""
        self._rows: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            pair = (str(row["valid_from"]), str(row["to_hs_code"]))
            self._rows.setdefault(str(row["from_hs_code"]), []).append(pair)

    def successors(self, code: str, on: date) -> list[str]:
        """New codes of the last change of a code up to a day, in order."""
        pairs = [pair for pair in self._rows.get(code, ()) if pair[0] <= str(on)]
        newest = max((start for start, _ in pairs), default="")
        return sorted({new for start, new in pairs if start == newest})


def code_on(
    code: str, on: date, codes: CodeList, correlation: Correlation
) -> CodeOn | Missing:
    """The code that holds on a day for goods once declared under another.

    A code that is split has no answer: its goods went to several, and only the goods
    tell to which.
    """
    asked, seen = code, {code}
    while not codes.in_force(code, on):
        new = correlation.successors(code, on)
        if len(new) > 1:
            return Missing("code_split", {"code": asked, "candidates": ", ".join(new)})
        if not new or new[0] in seen:
            known = code in codes or code != asked
            return Missing("code_ended" if known else "unknown_code", {"code": asked})
        code = new[0]
        seen.add(code)
    return CodeOn(code, is_renumbered=code != asked)
