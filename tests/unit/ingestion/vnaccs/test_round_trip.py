"""Rows → message → the same rows, for any rows of the mapped layouts."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
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


def value_of(item: Item) -> st.SearchStrategy[str]:
    if item.is_date:
        return st.dates().map(lambda day: f"{day:%d%m}{day.year:04d}")
    size = item.length
    if item.kind == "I":
        return st.text("0123456789", min_size=1, max_size=size)
    if item.kind == "F":
        digits = st.text("0123456789", min_size=1, max_size=max(size - 2, 1))
        return st.builds(
            lambda a, b: (a + b)[:size], digits, st.sampled_from(["", ".5"])
        )
    letters = LETTERS if item.kind == "W" else LETTERS[:11]
    text = st.text(letters, min_size=1, max_size=min(size, 40))
    return text.map(lambda value: _cut(value, size)).filter(bool)


def _cut(value: str, size: int) -> str:
    return value.encode()[:size].decode("utf-8", "ignore").rstrip(" ")


def entries_of(block: Block) -> st.SearchStrategy[dict[str, Any]]:
    """A row of a block: its mandatory columns, some others, some list entries."""
    must, may, lists = {}, {}, {}
    for item in block.items:
        if item.column and item.list_name:
            slots = lists.setdefault(item.list_name, {})
            slots.setdefault(item.list_index, {})[item.column] = value_of(item)
        elif item.column:
            (must if item.mandatory else may)[item.column] = value_of(item)
    for name, slots in lists.items():
        entries = [
            st.none() | st.fixed_dictionaries({}, optional=columns)
            for _, columns in sorted(slots.items())
        ]
        may[name] = st.tuples(*entries).map(list)
    # Few columns at a time keep the examples small.
    chosen = (
        st.sets(st.sampled_from(sorted(may)), max_size=6) if may else st.just(set())
    )
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries({**must, **{n: may[n] for n in names}})
    )


def rows_of(layout: Layout) -> st.SearchStrategy[dict[str, Any]]:
    flat = next(block for block in layout.blocks if block.repeat == 1)
    group = next((block for block in layout.blocks if block.repeat > 1), None)
    row = entries_of(flat)
    if group is None:
        return row
    lines = st.lists(entries_of(group), max_size=3)
    return st.builds(lambda row, lines: {**row, group.list_name: lines}, row, lines)


def completed(row: dict[str, Any] | None, fields: Any) -> dict[str, Any] | None:
    """A row as the reader gives it: every column, empty entries null, none at the end."""
    values = {field.name: (row or {}).get(field.name) or None for field in fields}
    for field in fields:
        if hasattr(field.type, "value_type"):
            inner = field.type.value_type
            entries = [completed(entry, inner) for entry in values[field.name] or []]
            while entries and entries[-1] is None:
                entries.pop()
            values[field.name] = entries
    return values if any(values.values()) else None


@pytest.mark.parametrize("template", MAPPED)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_what_is_written_is_read(template: str, data: st.DataObject) -> None:
    layout = LAYOUTS[template]
    rows = data.draw(st.lists(rows_of(layout), min_size=1, max_size=3))
    cut = data.draw(st.booleans())
    message = b"".join(write_row(layout, HEADER, row, cut=cut) for row in rows)
    found = Found(message)
    if found.rejected:
        # Only what a drawn row leaves out: all mandatory items may be unmapped.
        assert set(found.codes) == {"missing_mandatory"}
        return
    name = f"vnaccs__{layout.family}"
    said = {"template", "event_code", "content_rank", "reader_version"}
    said |= {"procedure_code", "output_code", "server_time"}
    fields = [
        field
        for field in table_schema(name)
        if field.name[0] != "_" and field.name not in said
    ]
    read = sorted(found.tables[name], key=lambda row: row["_source_offset"])
    wanted = [completed(row, fields) or completed_empty(fields) for row in rows]
    assert [{f.name: row[f.name] for f in fields} for row in read] == wanted


def completed_empty(fields: Any) -> dict[str, Any]:
    return {f.name: [] if hasattr(f.type, "value_type") else None for f in fields}
