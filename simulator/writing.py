"""The bytes of some of a day's messages, in the order given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.messages import Layout, load_layouts
from simulator.cohort import Cohort
from simulator.columns import Text, digits, header_times, joined
from simulator.damage import damage, is_damaging
from simulator.draws import Ints
from simulator.line_wording import line_columns
from simulator.links import exemption_columns
from simulator.misspelling import misspell_items, misspell_lines
from simulator.paper_wording import paper_columns, paper_lines
from simulator.parcel_wording import parcel_columns
from simulator.quirks import load_quirks
from simulator.render import Letters, column_letters, number_letters, render
from simulator.revision_wording import (
    attachment_columns,
    revision_columns,
    revision_lines,
)
from simulator.shapes import (
    ANSWERED,
    ATTACHMENTS,
    LOANS,
    ORDINARY,
    PAPERS,
    RECEIVED,
    REVISIONS,
    WITHOUT_LINES,
    Messages,
    Stage,
    codes_of,
)
from simulator.wording import declaration_columns, line_rows
from simulator.world import World

STAGES = len(Stage)
PASSWORD = "MATKHAU0"


def write_messages(world: World, cohort: Cohort, rows: Ints) -> pa.BinaryArray:
    """Write messages, each group of one kind at once."""
    messages = cohort.messages.take(rows)
    written, places = [], []
    for mine in same_kind(messages):
        written.append(_of_one_kind(world, cohort, messages.take(mine)))
        places.append(mine)
    if not written:
        return pa.array([], type=pa.binary())
    order = np.argsort(np.concatenate(places), kind="stable")
    whole = pa.chunked_array(written).combine_chunks().take(pa.array(order))
    return _damaged(whole, messages)


def same_kind(messages: Messages) -> Iterator[Ints]:
    """The rows of each stream, stage and direction that occur."""
    kinds = (messages.stream * STAGES + messages.stage) * 2 + messages.direction
    for kind in np.unique(kinds):
        yield np.flatnonzero(kinds == kind)


def _damaged(written: pa.BinaryArray, messages: Messages) -> pa.BinaryArray:
    quirks = messages.quirk
    broken = np.isin(
        quirks, [place for place in np.unique(quirks) if is_damaging(place)]
    )
    rows = np.flatnonzero(broken)
    if not len(rows):
        return written
    codes = [load_quirks()[place - 1].code for place in quirks[rows]]
    whole = written.take(pa.array(rows)).to_pylist()
    told = zip(codes, whole, messages.part[rows], strict=True)
    changed = [damage(code, one, int(part)) for code, one, part in told]
    return pc.replace_with_mask(
        written, pa.array(broken), pa.array(changed, pa.binary())
    )


@dataclass(frozen=True)
class Wording:
    """What messages of one stream, stage and direction say, as columns of text.

    Attributes:
        items: column, or `list[n].column`, to one text a message.
        lines: the same for goods lines, one text a line; nothing if there are none.
        starts: where each message's lines begin, and their end.
    """

    layout: Layout
    items: dict[str, Text]
    lines: dict[str, Text] | None
    starts: Ints | None


def word_messages(world: World, cohort: Cohort, messages: Messages) -> Wording:
    """Put messages of one kind into words; some columns may have no item for them."""
    stream, direction = int(messages.stream[0]), int(messages.direction[0])
    stage = Stage(int(messages.stage[0]))
    layout = layout_of(stream, stage, direction)
    if stream != ORDINARY:
        items = parcel_columns(world, cohort.parcels, messages)
        return Wording(layout, items, None, None)
    items = declaration_columns(world, cohort.declarations, cohort.contents, messages)
    if stage in ATTACHMENTS:
        items |= attachment_columns(world, items, cohort, messages)
    if stage in REVISIONS:
        items |= revision_columns(items, cohort, messages)
    if stage in PAPERS:
        items |= paper_columns(world, items, cohort, messages)
    if stage in WITHOUT_LINES:
        return Wording(layout, items, None, None)
    if stage in REVISIONS or stage in PAPERS:
        worded = revision_lines if stage in REVISIONS else paper_lines
        lines = worded(world, cohort, messages)
        return Wording(layout, items, lines, np.arange(len(messages) + 1))
    lines, starts = _lines(world, cohort, messages, stage)
    return Wording(layout, items, lines, starts)


def _of_one_kind(world: World, cohort: Cohort, messages: Messages) -> pa.BinaryArray:
    said = word_messages(world, cohort, messages)
    stage = Stage(int(messages.stage[0]))
    header = _header(world, cohort, messages, said.items, stage)
    items, lines = said.items, said.lines
    if messages.quirk.any():
        items = misspell_items(items, messages)
        if lines is not None and said.starts is not None:
            lines = misspell_lines(lines, messages, said.starts)
    return render(said.layout, header, items, lines, said.starts)


def layout_of(stream: int, stage: Stage, direction: int) -> Layout:
    """The layout of messages of one kind."""
    procedure, output = codes_of(stream, stage, direction, 1)
    layout = load_layouts().find(procedure, output)
    if layout is None:
        raise KeyError(f"{procedure} {output}")
    return layout


def _lines(
    world: World, cohort: Cohort, messages: Messages, stage: Stage
) -> tuple[dict[str, Text], Ints]:
    rows, starts = line_rows(cohort.contents, messages)
    subject = np.repeat(messages.subject, np.diff(starts))
    currency = cohort.declarations.currency[subject]
    answered = stage in ANSWERED
    columns = line_columns(world, cohort.contents, rows, currency, answered=answered)
    about, numbers = cohort.declarations.take(subject), cohort.contents.lines.number
    return columns | exemption_columns(world, about, numbers[rows]), starts


def _header(
    world: World,
    cohort: Cohort,
    messages: Messages,
    items: Mapping[str, Text],
    stage: Stage,
) -> dict[str, Letters | str]:
    """The fields of the fixed line; ids never come twice."""
    serial = messages.serial
    users = _users(world, cohort, messages)
    times = header_times(messages.server)
    found: dict[str, Letters | str] = {
        "server_time": number_letters(times, 14),
        "user_id": column_letters(users, 8),
        "mail": column_letters(joined(users, "@example.com"), 64),
        "system": "1",
    }
    if stage not in RECEIVED:
        day = cohort.day.toordinal() % 40
        return found | {
            "password": PASSWORD,
            "path": "000001",
            "input_info": column_letters(
                joined("IN", digits(day * 2_500_000 + serial, 8)), 10
            ),
        }
    return found | {
        **_codes(messages, stage),
        "subject": "KET QUA",
        "server_info": "SV00000001",
        "data_info": np.hstack([number_letters(times, 14), number_letters(serial, 12)]),
        "divide_no": "001",
        "end_flag": "E",
        "data_type": "R",
        "index_info": column_letters(_subject(items, stage), 100),
        "pattern": "P",
        "display": "001",
    }


def _subject(items: Mapping[str, Text], stage: Stage) -> Text:
    """What an answer is about: papers have numbers of their own."""
    is_paper = stage is Stage.ATTACHED or (stage in PAPERS and stage not in LOANS)
    return items["document_no" if is_paper else "declaration_no"]


def _codes(messages: Messages, stage: Stage) -> dict[str, Letters | str]:
    """The codes of an answer; its form may be filed with another procedure."""
    stream, direction = int(messages.stream[0]), int(messages.direction[0])
    codes = [codes_of(stream, stage, direction, channel) for channel in (1, 2, 3)]
    outputs = pa.array([output for _, output in codes])
    chosen = outputs.take(pa.array(messages.channel - 1))
    return {"procedure": codes[0][0], "output": column_letters(chosen, 7)}


def _users(world: World, cohort: Cohort, messages: Messages) -> Text:
    """Firms sign with their own user; express operators for their parcels."""
    if int(messages.stream[0]) == ORDINARY:
        firm = cohort.declarations.firm[messages.subject]
        return world.firms.users.take(pa.array(firm))
    office = cohort.parcels.office[messages.subject]
    return pc.binary_join_element_wise("MAUX", digits(office, 4), "")


def item_names(layout: Layout, *, of_lines: bool = False) -> set[str]:
    """Columns, and `list[n].column`, for which a layout has an item."""
    return {
        f"{item.list_name}[{item.list_index + 1}].{item.column}"
        if item.list_name
        else str(item.column)
        for block in layout.blocks
        if (block.list_name == "lines") == of_lines
        for item in block.items
    }
