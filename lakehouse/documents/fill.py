"""Take the values that a layout maps out of an opened message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from lakehouse.documents.faults import MessageFault
from lakehouse.documents.node import Node

Entries: TypeAlias = Callable[[Any], Iterable[tuple[str, Any]]]
"""Names and values inside a container of a message: text, or another container."""


class Number(str):
    """Text of a value that the message wrote as a number or truth value."""

    __slots__ = ()


def fill(
    node: Node,
    container: object,
    entries: Entries,
    record: dict[str, Any],
    left_over: set[str],
    at: str = "",
) -> None:
    """Fill a record by walking a container once.

    Args:
        record: column → value; lists must be there, columns may.
        left_over: takes the paths that no layout knows.
        at: path of the container, with a slash at its end.

    Raises:
        MessageFault: a value is of the wrong kind, or stands twice.
    """
    for name, value in entries(container):
        inner = node.children.get(name)
        if inner is None:
            left_over.add(at + name)
        elif inner.column is not None:
            _fill_column(inner, value, record, at + name)
        elif inner.list_name is not None:
            if _is_empty(value, at + name):
                continue
            entry: dict[str, Any] = dict.fromkeys(inner.columns)
            for one in inner.lists:
                entry[one] = []
            fill(inner, value, entries, entry, left_over, f"{at}{name}/")
            record[inner.list_name].append(entry)
        elif inner.children and not _is_empty(value, at + name):
            fill(inner, value, entries, record, left_over, f"{at}{name}/")


def _fill_column(node: Node, value: object, record: dict[str, Any], place: str) -> None:
    if not isinstance(value, str) or (node.is_text and isinstance(value, Number)):
        raise MessageFault("wrong_type", place)
    if record.get(node.column or "") is not None:
        raise MessageFault("repeated_item", place)
    record[node.column or ""] = str(value)


def _is_empty(value: object, place: str) -> bool:
    """Whether a container is written as blank text; other text is none."""
    if not isinstance(value, str):
        return False
    if value.strip():
        raise MessageFault("wrong_type", place)
    return True
