"""A plain reader of one message, so that these tests stand without the product's."""

from typing import Any

from lakehouse.messages import Block, Layout, load_layouts

END = "\r\n"


def header_of(message: bytes) -> dict[str, str]:
    """The fields of the fixed line, trimmed."""
    return {
        name: message[field.offset : field.offset + field.length].decode().rstrip()
        for name, field in load_layouts().header.fields.items()
    }


def layout_of(message: bytes) -> Layout:
    header = header_of(message)
    layout = load_layouts().find(header["procedure"], header["output"])
    assert layout is not None
    return layout


def row_of(message: bytes) -> dict[str, Any]:
    """The message as a row of the raw table of its family."""
    values = message[load_layouts().header.length + 2 :].decode().split(END)
    row: dict[str, Any] = {}
    at = 0
    for block in layout_of(message).blocks:
        if block.repeat == 1:
            _fill(row, block, values[at : at + len(block.items)])
            at += len(block.items)
            continue
        entries = []
        end = at + block.repeat * len(block.items)
        while at < end and any(values[at : at + len(block.items)]):
            entry: dict[str, Any] = {}
            _fill(entry, block, values[at : at + len(block.items)])
            entries.append(entry)
            at += len(block.items)
        # Only the last group is cut short.
        at = end
        row[block.list_name] = entries
    return row


def _fill(row: dict[str, Any], block: Block, values: list[str]) -> None:
    for item, value in zip(block.items, values, strict=False):
        if not value:
            continue
        if item.list_name:
            entries = row.setdefault(item.list_name, [])
            entries.extend({} for _ in range(item.list_index + 1 - len(entries)))
            entries[item.list_index][item.column] = value
        else:
            row[item.column] = value
