"""Many messages at once from columns of text, as `write_row` writes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lakehouse.derive.to_message import END
from lakehouse.messages import Block, Item, Layout, load_layouts
from simulator.columns import Text, fixed_width
from simulator.draws import Ints

Letters = NDArray[np.uint8]


def render(
    layout: Layout,
    header: Mapping[str, Letters | str],
    items: Mapping[str, Text],
    lines: Mapping[str, Text] | None = None,
    starts: Ints | None = None,
) -> pa.BinaryArray:
    """Write one message a row, trailing empty lines left out.

    Args:
        layout: what to write; columns that it has no item for are passed over.
        header: fields by name, a block of letters or a text for all; procedure,
            output and length are filled in.
        items: column, or `list[n].column`, to one text a message.
        lines: the same for goods lines, one text a line.
        starts: where each message's lines begin, and their end.
    """
    count = len(next(iter(items.values())))
    parts: list[Text] = []
    for block in layout.blocks:
        if block.repeat == 1:
            parts.append(_flat(block.items, items, count))
        elif lines is not None and starts is not None:
            flat = _flat(block.items, lines, int(starts[-1]))
            parts.append(_regrouped(flat, starts))
            if block is not layout.blocks[-1]:
                parts.append(_filling(block, np.diff(starts)))
    body = pc.binary_join_element_wise(*parts, "")
    trimmed = pc.ascii_rtrim(body, characters=END)
    ended = pc.binary_join_element_wise(trimmed, pa.scalar(END), "")
    sizes = pc.binary_length(ended).to_numpy(zero_copy_only=False)
    heads = header_lines(layout, header, sizes.astype(np.int64))
    return pc.binary_join_element_wise(heads, ended, "").cast(pa.binary())


def _flat(items: Sequence[Item], columns: Mapping[str, Text], count: int) -> Text:
    """Every item on a line of its own; runs of empty ones are one literal."""
    parts: list[Text | pa.StringScalar] = []
    literal = ""
    for item in items:
        column = columns.get(_name(item))
        if column is not None:
            if literal:
                parts.append(pa.scalar(literal))
            parts.append(column)
            literal = ""
        literal += END
    parts.append(pa.scalar(literal))
    if len(parts) == 1:
        return pa.repeat(parts[0], count)
    return pc.binary_join_element_wise(*parts, "")


def _name(item: Item) -> str:
    if item.list_name:
        return f"{item.list_name}[{item.list_index + 1}].{item.column}"
    return item.column or ""


def _filling(block: Block, counts: Ints) -> Text:
    """The empty repetitions of a group that others follow."""
    most = len(block.items) * block.repeat
    texts = [END * (most - len(block.items) * n) for n in range(block.repeat + 1)]
    return pa.array(texts).take(pa.array(counts))


def _regrouped(flat: Text, starts: Ints) -> Text:
    """The texts of each group in one, without copying: they already stand in a row."""
    offsets = np.frombuffer(flat.buffers()[1], dtype=np.int32, count=len(flat) + 1)
    bounds = pa.py_buffer(np.ascontiguousarray(offsets[starts]))
    return pa.StringArray.from_buffers(len(starts) - 1, bounds, flat.buffers()[2])


def header_lines(
    layout: Layout, header: Mapping[str, Letters | str], body_sizes: Ints
) -> Text:
    """The fixed lines before the items, with the length of the whole message."""
    form = load_layouts().header
    width = form.length + len(END)
    block = np.full((len(body_sizes), width), ord(" "), dtype=np.uint8)
    block[:, form.length :] = np.frombuffer(END.encode(), np.uint8)
    own: dict[str, Letters | str] = {
        "procedure": layout.procedure,
        "output": layout.output,
        "length": number_letters(body_sizes + width, 6),
    }
    for name, value in {**own, **header}.items():
        letters = text_letters(value) if isinstance(value, str) else value
        offset = form.fields[name].offset
        block[:, offset : offset + letters.shape[1]] = letters
    return fixed_width(block)


def number_letters(values: Ints, width: int) -> Letters:
    """Whole numbers as blocks of digits."""
    places = 10 ** np.arange(width, dtype=np.int64)[::-1]
    return (values[:, None] // places % 10 + ord("0")).astype(np.uint8)


def text_letters(text: str) -> Letters:
    """A text for all rows."""
    return np.frombuffer(text.encode(), np.uint8)[None, :]


def column_letters(texts: Text, width: int) -> Letters:
    """Texts of ASCII filled with blanks to a width."""
    padded = pc.ascii_rpad(texts, width)
    data = np.frombuffer(padded.buffers()[2], np.uint8, count=len(padded) * width)
    return data.reshape(len(padded), width)
