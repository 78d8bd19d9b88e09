"""Named lists that conditions ask, as sets: who or what is on a list on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta


class ListMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value on one list for a time.

    Attributes:
        list_name: as conditions write it, `x in lists.<name>`.
        valid_to: last day on the list; None is open.
    """

    list_name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    value: Annotated[str, Meta(min_length=1)]
    valid_from: date
    valid_to: date | None = None


def members_from_rows(rows: Iterable[Mapping[str, Any]]) -> list[ListMember]:
    """Rows of `ref.named_list` that are known now."""
    return [
        ListMember(
            list_name=row["named_list_code"],
            value=row["listed_value"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
        )
        for row in rows
    ]


def lists_on(members: Iterable[ListMember], on: date) -> dict[str, frozenset[str]]:
    """Members of each list on a day; a list without any on that day is empty."""
    found: dict[str, set[str]] = defaultdict(set)
    for member in members:
        values = found[member.list_name]
        ended = member.valid_to is not None and member.valid_to < on
        if member.valid_from <= on and not ended:
            values.add(member.value)
    return {name: frozenset(values) for name, values in found.items()}
