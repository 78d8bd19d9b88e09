"""Rows → message → the same rows, for any rows of the mapped layouts."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.vnaccs.rows import table_schema
from lakehouse.derive.to_message import write_row
from lakehouse.messages import Block, Item, Layout

from .wire import HEADER, LAYOUTS, Found

LETTERS = "aA zZ09,.ăâđêôơưÀÁẢÃẠẦẤẨẪẬữỲ€😀"
MAPPED = [
    layout.template
    for layout in LAYOUTS.mapped()
    if LAYOUTS.find(layout.procedure, layout.output) is layout
]
SAID = {"template", "event_code", "content_rank", "reader_version"}
SAID |= {"procedure_code", "output_code", "server_time"}


def value_of(item: Item, random: Random) -> str:
    if item.is_date:
        days = random.randint(1, 28), random.randint(1, 12), random.randint(1, 9999)
        return "{:02d}{:02d}{:04d}".format(*days)
    size = random.choice([1, item.length, random.randint(1, item.length)])
    if item.kind in "IF":
        digits = "".join(random.choices("0123456789", k=size))
        point = random.randrange(size)
        if item.kind == "I" or size < 2 or random.random() < 0.5:
            return digits
        return digits[:point] + "." + digits[point + 1 :]
    letters = LETTERS if item.kind == "W" else LETTERS[:9]
    text = "".join(random.choices(letters, k=size)).encode()[:size]
    return text.decode("utf-8", "ignore").rstrip(" ") or "x"


def row_of(block: Block, random: Random) -> dict[str, Any]:
    """A row of a block: its mandatory columns and some of the others."""
    row: dict[str, Any] = {}
    share = random.choice([0.0, 0.05, 0.5, 1.0])
    for item in block.items:
        if not item.column or not (item.mandatory or random.random() < share):
            continue
        into = row
        if item.list_name:
            entries = row.setdefault(item.list_name, [])
            entries += [None] * (item.list_index + 1 - len(entries))
            into = entries[item.list_index] = entries[item.list_index] or {}
        into[item.column] = value_of(item, random)
    return row


def message_of(layout: Layout, random: Random) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for block in layout.blocks:
        if block.repeat == 1:
            row |= row_of(block, random)
        else:
            lines = random.choice([0, 1, 3, block.repeat])
            row[block.list_name or ""] = [row_of(block, random) for _ in range(lines)]
    return row


def completed(row: dict[str, Any] | None, fields: Any) -> dict[str, Any]:
    """A row as the reader gives it: every column, no empty entries at an end."""
    out: dict[str, Any] = {field.name: (row or {}).get(field.name) for field in fields}
    for field in fields:
        if hasattr(field.type, "value_type"):
            inner = field.type.value_type
            entries = [completed(entry, inner) for entry in out[field.name] or []]
            known = [entry if any(entry.values()) else None for entry in entries]
            while known and known[-1] is None:
                known.pop()
            out[field.name] = known
    return out


@pytest.mark.parametrize("template", MAPPED)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.booleans())
def test_what_is_written_is_read(template: str, seed: int, cut: bool) -> None:
    layout, random = LAYOUTS[template], Random(seed)
    rows = [message_of(layout, random) for _ in range(random.randint(1, 3))]
    found = Found(b"".join(write_row(layout, HEADER, row, cut=cut) for row in rows))
    assert found.rejected == []
    name = f"vnaccs__{layout.family}"
    fields = [
        field
        for field in table_schema(name)
        if field.name[0] != "_" and field.name not in SAID
    ]
    read = sorted(found.tables[name], key=lambda row: row["_source_offset"])
    wanted = [completed(row, fields) for row in rows]
    assert [{f.name: row[f.name] for f in fields} for row in read] == wanted
