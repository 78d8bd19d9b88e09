"""What `explain` shows of a file."""

from pathlib import Path

import pytest

from ingestion.vnaccs.errors import NoFile
from ingestion.vnaccs.explain import explain
from lakehouse.derive.to_message import write_items
from lakehouse.messages import Layout

from .wire import HEADER, LAYOUTS, ida, parcel


def explained(path: Path, data: bytes) -> list[dict]:
    path.write_bytes(data)
    return explain(path)["messages"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.msg"


def test_items_are_shown_by_id_and_groups_by_the_id_of_their_first(path: Path) -> None:
    (message,) = explained(path, ida(lines=2))
    assert message["items"]["ICB"] == "A11"
    assert [row["CMN"] for row in message["groups"]["CMD"]] == ["Vải bông"] * 2
    assert message["header"]["user_id"] == "MAU12345"
    assert "password" not in message["header"]


def test_messages_and_stretches_stand_in_the_order_of_the_file(path: Path) -> None:
    messages = explained(path, b"?" + ida() + ida(NO="x") + parcel())
    assert [one["outcome"] for one in messages] == [
        "rejected",
        "accepted",
        "rejected",
        "accepted",
    ]
    assert messages[2]["items"] == {"bad_integer": ["NO"]}


def test_a_file_that_is_not_there_is_an_error_with_a_remedy(path: Path) -> None:
    with pytest.raises(NoFile, match="Name a file"):
        explain(path)


def full(layout: Layout) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    """A value for every item, two repetitions of every group."""
    items, groups = {}, {}
    for block in layout.blocks:
        values = {
            item.id: "01012026" if item.is_date else "1" * item.length
            for item in block.items
        }
        if block.repeat == 1:
            items |= values
        else:
            groups[block.items[0].id] = [values, values]
    return items, groups


def test_every_layout_reads_every_item_that_it_writes(path: Path) -> None:
    layouts = [LAYOUTS[template] for template in LAYOUTS]
    written = [(layout, *full(layout)) for layout in layouts if _fits(layout)]
    # An answer is found by its output code, whatever the procedure.
    data = b"".join(
        write_items(layout, HEADER | {"procedure": _procedure(layout)}, items, groups)
        for layout, items, groups in written
    )
    read = explained(path, data)
    assert [one for one in read if one["outcome"] == "rejected"] == []
    found = [(one["template"], one["items"], one["groups"]) for one in read]
    assert found == [(layout.template, *values) for layout, *values in written]


def _procedure(layout: Layout) -> str:
    return "IDC" if layout.output else layout.procedure


def _fits(layout: Layout) -> bool:
    # Codes lead to the printed form (P) where there is a data form (D) too.
    return LAYOUTS.find(layout.procedure, layout.output) is layout
