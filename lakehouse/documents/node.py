"""A layout as a tree of element names, so that a message is walked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lakehouse.contracts import Column, Table
from lakehouse.errors import UsageError

ATTRIBUTE = "@"
"""Begins the name of an XML attribute in a path."""


@dataclass(slots=True)
class Node:
    """What may stand at one place of a message.

    Attributes:
        children: element, attribute or key → what stands there.
        column: column that the text here fills.
        is_text: the column's element is text, so that a number would lose its zeros.
        list_name: list to which each occurrence here adds an entry.
        columns: columns of such an entry, lists among them as their names.
        lists: lists of such an entry.
        is_ignored: known, but kept in the evidence only.
    """

    children: dict[str, Node] = field(default_factory=dict)
    column: str | None = None
    is_text: bool = True
    list_name: str | None = None
    columns: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    is_ignored: bool = False


def build_tree(
    layout: Mapping[str, Any],
    table: Table,
    types: Mapping[str, str],
    where: str,
    ignored: Mapping[str, str] | None = None,
) -> Node:
    """The tree of a layout.

    Args:
        layout: column → path, or list → `{each, columns}`.
        types: types of the elements.
        ignored: more paths that are known without filling a column here.

    Raises:
        UsageError: the layout names a column that the table lacks, or a path twice.
    """
    root = Node()
    _add(root, layout, dict(table.columns), types, where)
    for path in (ignored or {}).values():
        _descend(root, path, where).is_ignored = True
    return root


def _add(
    root: Node,
    layout: Mapping[str, Any],
    columns: dict[str, Column],
    types: Mapping[str, str],
    where: str,
) -> None:
    for name, said in layout.items():
        if name not in columns:
            raise _wrong(where, f"there is no column `{name}`")
        column = columns[name]
        if isinstance(said, str) and not column.items:
            node = _descend(root, said, where)
            node.column = name
            node.is_text = types.get(column.element or "", "string") == "string"
        elif isinstance(said, dict) and {*said} == {"each", "columns"} and column.items:
            node = _descend(root, said["each"], where)
            node.list_name = name
            items = {one.name: one for one in column.items}
            if {*items} != {*said["columns"]}:
                raise _wrong(where, f"`{name}` must fill {', '.join(items)}")
            node.columns = tuple(said["columns"])
            node.lists = tuple(n for n, one in items.items() if one.items)
            _add(node, said["columns"], items, types, where)
        else:
            raise _wrong(where, f"`{name}` is not written as its column asks")


def _descend(node: Node, path: str, where: str) -> Node:
    for step in path.split("/"):
        node = node.children.setdefault(step, Node())
        if node.column or node.is_ignored:
            raise _wrong(where, f"`{path}` fills two columns")
    if node.list_name or node.children:
        raise _wrong(where, f"`{path}` fills two columns")
    return node


def _wrong(where: str, what: str) -> UsageError:
    return UsageError("bad_layout", f"{where}: {what}", "Correct the layout")
