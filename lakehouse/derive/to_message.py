"""VNACCS messages from rows or from items: the inverse of the reader.

Values are text and are written as they are. Bytes that are no UTF-8 travel as surrogate
escapes (`data.decode("utf-8", "surrogateescape")`), so that a message may be wrong on
purpose; only a line end inside a value is refused, because it would move all the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from lakehouse.errors import UsageError
from lakehouse.messages import Block, Layout, load_layouts

END = "\r\n"
NOT_ITEMS = frozenset(
    {
        "procedure_code",
        "output_code",
        "server_time",
        "template",
        "event_code",
        "content_rank",
        "actor_code",
    }
)
"""Columns of a parsed row that say what the message is, not what it holds."""


class _Plan(NamedTuple):
    """Where the values of one repetition of a block go.

    Attributes:
        by_column: column → line.
        by_entry: list column → for each of its entries, column → line.
        by_id: item id → line.
    """

    width: int
    repeat: int
    name: str
    by_column: dict[str, int]
    by_entry: dict[str, list[dict[str, int]]]
    by_id: dict[str, int]

    @property
    def names(self) -> frozenset[str]:
        """Columns and lists that have a place here."""
        return frozenset((*self.by_column, *self.by_entry))


def write_row(
    layout: Layout,
    header: Mapping[str, str],
    row: Mapping[str, Any],
    *,
    cut: bool = True,
) -> bytes:
    """One message from a row of the raw table of the layout's family.

    Args:
        layout: what to write.
        header: header fields by name; procedure, output and length are filled in.
        row: column → text or None; list columns → rows, None for an empty entry.
        cut: leave out the empty lines at the end.

    Raises:
        UsageError: the layout has no place for a value, a value holds a line end, or
            the message is longer than its length field can say.
    """
    plans = _plans(layout)
    passed = NOT_ITEMS.union(plan.name for plan in plans)
    # Flat items may stand before a group and after it.
    flat = {name for plan in plans if plan.repeat == 1 for name in plan.names}
    lines: list[str] = []
    for plan in plans:
        at = len(lines)
        if plan.repeat == 1:
            lines += [""] * plan.width
            _fill(lines, at, plan, row, passed | (flat - plan.names))
            continue
        entries = row.get(plan.name) or ()
        lines += [""] * (plan.width * _repetitions(plan, len(entries), layout, cut=cut))
        for entry in entries:
            if entry:
                _fill(lines, at, plan, entry, frozenset())
            at += plan.width
    return _message(layout, header, lines, cut=cut)


def write_items(
    layout: Layout,
    header: Mapping[str, str],
    items: Mapping[str, str],
    groups: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    *,
    cut: bool = True,
) -> bytes:
    """One message from item ids; a group goes by the id of its first item.

    Raises:
        UsageError: as `write_row`.
    """
    lines: list[str] = []
    placed = 0
    for plan in _plans(layout):
        at = len(lines)
        if plan.repeat == 1:
            here = {name: items[name] for name in items if name in plan.by_id}
            placed += len(here)
            lines += [""] * plan.width
            _fill_by_id(lines, at, plan, here)
            continue
        entries = (groups or {}).get(next(iter(plan.by_id)), ())
        lines += [""] * (plan.width * _repetitions(plan, len(entries), layout, cut=cut))
        for entry in entries:
            _fill_by_id(lines, at, plan, entry)
            at += plan.width
    if placed < len(items):
        known = {name for plan in _plans(layout) for name in plan.by_id}
        raise _no_place(layout.template, sorted(set(items) - known))
    return _message(layout, header, lines, cut=cut)


def divide(message: bytes, parts: int) -> list[bytes]:
    """Cut a message into parts with headers of their own, the body at line ends.

    Raises:
        UsageError: the body has fewer lines than `parts`.
    """
    fields = load_layouts().header.fields
    start = load_layouts().header.length + len(END)
    lines = message[start:].splitlines(keepends=True)
    if not 1 <= parts <= len(lines):
        raise UsageError(
            "too_many_parts", f"{len(lines)} lines, {parts} parts", "Ask for fewer"
        )
    out = []
    for number in range(parts):
        first, last = (len(lines) * n // parts for n in (number, number + 1))
        body = b"".join(lines[first:last])
        head = bytearray(message[:start])
        for name, value in (
            ("divide_no", f"{number + 1:03d}"),
            ("end_flag", "E" if number + 1 == parts else " "),
            ("length", f"{start + len(body):06d}"),
        ):
            at = fields[name].offset
            head[at : at + len(value)] = value.encode()
        out.append(bytes(head) + body)
    return out


@lru_cache(maxsize=512)
def _plans(layout: Layout) -> tuple[_Plan, ...]:
    return tuple(_plan(block) for block in layout.blocks)


def _plan(block: Block) -> _Plan:
    by_column: dict[str, int] = {}
    by_entry: dict[str, list[dict[str, int]]] = {}
    for line, item in enumerate(block.items):
        if item.column and item.list_name:
            entries = by_entry.setdefault(item.list_name, [])
            while len(entries) <= item.list_index:
                entries.append({})
            entries[item.list_index][item.column] = line
        elif item.column:
            by_column[item.column] = line
    return _Plan(
        width=len(block.items),
        repeat=block.repeat,
        name=block.list_name or "",
        by_column=by_column,
        by_entry=by_entry,
        by_id={item.id: line for line, item in enumerate(block.items)},
    )


def _repetitions(plan: _Plan, filled: int, layout: Layout, *, cut: bool) -> int:
    if filled > plan.repeat:
        raise _no_place(plan.name or "a group", [f"repetition {plan.repeat + 1}"])
    is_last = plan is _plans(layout)[-1]
    return filled if cut and is_last else plan.repeat


def _fill(
    lines: list[str],
    at: int,
    plan: _Plan,
    row: Mapping[str, Any],
    passed: frozenset[str],
) -> None:
    by_column = plan.by_column
    for column, value in row.items():
        if not value:
            continue
        if column in by_column:
            lines[at + by_column[column]] = value
        elif column in plan.by_entry:
            _fill_entries(lines, at, plan.by_entry[column], column, value)
        elif column not in passed and column[0] != "_":
            raise _no_place(plan.name or "the message", [column])


def _fill_entries(
    lines: list[str],
    at: int,
    slots: list[dict[str, int]],
    column: str,
    entries: Sequence[Any],
) -> None:
    if len(entries) > len(slots):
        raise _no_place(column, [f"entry {len(slots) + 1}"])
    for slot, entry in zip(slots, entries, strict=False):
        if not entry:
            continue
        for inner, value in entry.items():
            if value:
                if inner not in slot:
                    raise _no_place(column, [inner])
                lines[at + slot[inner]] = value


def _fill_by_id(
    lines: list[str], at: int, plan: _Plan, items: Mapping[str, str]
) -> None:
    for name, value in items.items():
        if name not in plan.by_id:
            raise _no_place("the group", [name])
        lines[at + plan.by_id[name]] = value


def _message(
    layout: Layout, header: Mapping[str, str], lines: list[str], *, cut: bool
) -> bytes:
    text = END.join(lines)
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
        raise UsageError(
            "line_end_in_value",
            f"{layout.template}: a value holds a line end",
            "Take the line end out of the value",
        )
    if cut:
        text = text.rstrip(END)
    body = (text + END).encode("utf-8", "surrogateescape") if text else b""
    return _head(layout, header, len(body)) + body


def _head(layout: Layout, header: Mapping[str, str], body_length: int) -> bytes:
    form = load_layouts().header
    line = bytearray(b" " * form.length)
    line += END.encode()
    length = len(line) + body_length
    own = {"procedure": layout.procedure, "output": layout.output}
    for name, value in {**own, **header, "length": f"{length:06d}"}.items():
        field = form.fields[name]
        data = value.encode("utf-8", "surrogateescape")
        if len(data) > field.length:
            raise UsageError(
                "field_too_long",
                f"header field {name} holds {field.length} bytes, not {len(data)}",
                "Divide the message" if name == "length" else "Shorten the value",
            )
        line[field.offset : field.offset + len(data)] = data
    return bytes(line)


def _no_place(where: str, what: list[str]) -> UsageError:
    return UsageError(
        "no_place",
        f"{where} has no place for {', '.join(what)}",
        "See the layout under contracts/messages/vnaccs",
    )
