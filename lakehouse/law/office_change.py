"""The office that does the work of an office code on a day, over re-organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lakehouse.law.identifier_form import CodeList
from lakehouse.law.look_up import Missing
from lakehouse.law.office import current_office


@dataclass(frozen=True, slots=True)
class OfficeOn:
    """An office in force.

    Attributes:
        code: the office that goes on with the work.
        others: offices that took over a part of the area; a report by place must not
            give them the whole.
    """

    code: str
    others: tuple[str, ...] = ()
    ok: Literal[True] = True


class OfficeMapping:
    """Rows of `ref.office_mapping` that are known now."""

    def __init__(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Index the rows by old office."""
        self._rows: dict[str, list[Mapping[str, object]]] = {}
        for row in rows:
            self._rows.setdefault(str(row["old_office_code"]), []).append(row)

    def __contains__(self, code: object) -> bool:
        """Tell whether an office was ever re-organised."""
        return code in self._rows

    def successors(self, code: str, on: date) -> tuple[str | None, tuple[str, ...]]:
        """The main successor on a day, and offices with a part of the area."""
        rows = [
            row
            for row in self._rows.get(code, ())
            if str(row["valid_from"]) <= on.isoformat()
        ]
        main = [str(row["new_office_code"]) for row in rows if row["is_main_successor"]]
        parts = [
            str(row["new_office_code"]) for row in rows if not row["is_main_successor"]
        ]
        return (main[0] if main else None), tuple(sorted(parts))


def office_on(
    code: str, on: date, offices: CodeList, mapping: OfficeMapping
) -> OfficeOn | Missing:
    """The office that does the work of a code on a day.

    An office that the list does not hold may still stand in the mapping, as offices of
    before 2025-03-01 do where only the new list was loaded.
    """
    if offices.in_force(code, on):
        return OfficeOn(code)
    if code not in offices and code not in mapping:
        return Missing("unknown_office", {"code": code})
    if code in offices and offices.last_closed(code, on) is None:
        return Missing("office_not_open", {"code": code, "on": on.isoformat()})
    main, parts = mapping.successors(code, on)
    seen = {code}
    while main and main not in seen and not offices.in_force(main, on):
        seen.add(main)
        following, more = mapping.successors(main, on)
        if following is None:
            break
        main, parts = following, (*parts, *more)
    found = main or (current_office(code, offices, on) if code in offices else None)
    if found is None or not offices.in_force(found, on):
        return Missing("office_without_successor", {"code": code})
    return OfficeOn(found, parts)
