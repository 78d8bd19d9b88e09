"""In every layout that fills a table, each kind of bad item is refused by its code."""

from __future__ import annotations

import pytest

from lakehouse.derive.to_message import write_items
from lakehouse.messages import Block, Item, Layout

from .wire import HEADER, LAYOUTS, Found

MAPPED = [layout.template for layout in LAYOUTS.mapped()]
FILLED = {"A": "A", "I": "1", "F": "1", "W": "Đ"}
LENGTH_AT, LENGTH_DIGITS = LAYOUTS.header.fields["length"].offset, 6


def filled(item: Item) -> str:
    return "01112026" if item.is_date else FILLED[item.kind]


def right(block: Block) -> dict[str, str]:
    """What a message must say in one repetition of a block."""
    return {item.id: filled(item) for item in block.items if item.mandatory}


def message(layout: Layout, place: int, item: Item | None, value: str) -> bytes:
    """A right message but for one item of one block."""
    flat: dict[str, str] = {}
    groups: dict[str, list[dict[str, str]]] = {}
    for number, block in enumerate(layout.blocks):
        said = right(block)
        if item is not None and number == place:
            said[item.id] = value
        if block.repeat == 1:
            flat |= said
        elif said:
            groups[block.items[0].id] = [said]
    return write_items(layout, HEADER, flat, groups)


def damages(item: Item) -> dict[str, str]:
    """Code → a value that is refused with it."""
    found = {"item_too_long": "1" * (item.length + 1)}
    if item.mandatory:
        found["missing_mandatory"] = ""
    if item.kind == "I" and item.length > 1:
        found["bad_integer"] = "1A"
    if item.kind == "F" and item.length > 2:
        found["bad_decimal"] = "1,5"
    if item.is_date:
        found["bad_date"] = "31022026"
    elif item.kind == "A" and item.length > 1:
        found["not_single_byte"] = "Đ"
    if item.kind == "W" and item.length > 2:
        found["bad_encoding"] = "\udce1\udcba"
    return found


def cases(layout: Layout) -> dict[str, bytes]:
    """One message for each code that some item of the layout can be refused with."""
    found: dict[str, bytes] = {}
    for place, block in enumerate(layout.blocks):
        for item in block.items:
            for code, value in damages(item).items():
                # A group without any value is none, so nothing of it is missing.
                is_alone = block.repeat > 1 and len(right(block)) < 2
                if code == "missing_mandatory" and is_alone:
                    continue
                found.setdefault(code, message(layout, place, item, value))
    return found


@pytest.mark.parametrize("template", MAPPED)
def test_each_kind_of_bad_item_is_refused_and_the_right_message_is_taken(
    template: str,
) -> None:
    layout = LAYOUTS[template]
    bad = cases(layout)
    sound = message(layout, -1, None, "")
    found = Found(b"".join([*bad.values(), sound]))
    assert found.codes == list(bad)
    assert len(found.evidence) == 1
    assert "item_too_long" in bad


@pytest.mark.parametrize("template", MAPPED)
def test_a_line_more_than_the_layout_has_is_refused(template: str) -> None:
    layout = LAYOUTS[template]
    flat = {k: v for b in layout.blocks if b.repeat == 1 for k, v in right(b).items()}
    full = write_items(layout, HEADER, flat, cut=False) + b"1\r\n"
    size = b"%06d" % len(full)
    longer = full[:LENGTH_AT] + size + full[LENGTH_AT + LENGTH_DIGITS :]
    found = Found(longer)
    assert found.codes == ["too_many_lines"]
    assert found.evidence == []
