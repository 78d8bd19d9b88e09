"""The messages of a piece, sorted: accepted by layout, rejected with reasons, parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ingestion.vnaccs.batch import Batch, Fault, lay_out
from ingestion.vnaccs.content import Texts, content_faults, not_composed, texts_of
from ingestion.vnaccs.forms import form_of
from ingestion.vnaccs.lines import Bools, Bytes, Ints
from ingestion.vnaccs.pieces import Piece
from lakehouse.messages import Layout, Layouts


class Accepted(NamedTuple):
    """Messages of one layout, all right.

    Attributes:
        is_not_nfc: by message, whether a text is not in composed form.
    """

    batch: Batch
    texts: list[Texts]
    is_not_nfc: Bools


class Rejected(NamedTuple):
    """A message, or a stretch without one, that cannot be taken.

    Attributes:
        codes: reasons; `items` names the items that each is about.
        message: its number in the piece; None for a stretch.
    """

    codes: tuple[str, ...]
    items: dict[str, tuple[str, ...]]
    message: int


class Content(NamedTuple):
    """What stands in a piece, by number of the message.

    Attributes:
        parts: messages that are parts of divided ones.
    """

    piece: Piece
    accepted: list[Accepted]
    rejected: list[Rejected]
    parts: Ints


def parse(piece: Piece, layouts: Layouts) -> Content:
    """Judge every message of a piece."""
    heads = piece.frames.heads
    is_part = _are_parts(heads, layouts)
    accepted: list[Accepted] = []
    rejected: list[Rejected] = []
    by_layout: dict[Layout, list[Ints]] = defaultdict(list)
    for procedure, output, messages in _by_codes(heads, layouts):
        whole = messages[~is_part[messages]]
        layout = layouts.find(procedure, output)
        if layout is not None:
            by_layout[layout].append(whole)
        else:
            code = "unknown_output" if output.strip() else "unknown_procedure"
            rejected += [Rejected((code,), {}, int(n)) for n in whole]
    for layout, found in by_layout.items():
        messages = np.sort(np.concatenate(found))
        lone = piece.frames.has_cr[messages]
        rejected += [Rejected(("bad_line_ends",), {}, int(n)) for n in messages[lone]]
        if not lone.all():
            good, bad = _parse_layout(piece, layout, messages[~lone])
            rejected += bad
            if len(good.batch.messages):
                accepted.append(good)
    return Content(piece, accepted, rejected, np.flatnonzero(is_part))


def _by_codes(heads: Bytes, layouts: Layouts) -> Iterator[tuple[str, str, Ints]]:
    if not len(heads):
        return
    procedure = layouts.header.fields["procedure"]
    output = layouts.header.fields["output"]
    size = procedure.length + output.length
    codes = np.ascontiguousarray(heads[:, procedure.offset :][:, :size])
    names, number = np.unique(codes.view(f"S{size}").ravel(), return_inverse=True)
    for place, name in enumerate(names):
        text = name.decode("ascii").ljust(size)
        messages = np.flatnonzero(number == place)
        yield text[: procedure.length], text[procedure.length :], messages


def _are_parts(heads: Bytes, layouts: Layouts) -> Bools:
    divide = layouts.header.fields["divide_no"]
    size = divide.length + layouts.header.fields["end_flag"].length
    marks = np.ascontiguousarray(heads[:, divide.offset :][:, :size])
    words = marks.view(f"S{size}").ravel()
    # One part that is the first and the last is a whole message, as is one unmarked.
    is_part: Bools = (words != b"001E") & (words != b" " * size)
    return is_part


def _parse_layout(
    piece: Piece, layout: Layout, messages: Ints
) -> tuple[Accepted, list[Rejected]]:
    frames = piece.frames
    batch, faults = lay_out(
        form_of(layout),
        piece.data,
        piece.lines,
        messages,
        frames.first_line[messages],
        frames.last_line[messages],
    )
    texts = [texts_of(grid, batch.values) for grid in batch.grids]
    faults += content_faults(batch, texts)
    rejected = _rejected(batch, faults)
    if rejected:
        good = np.ones(len(messages), bool)
        for fault in faults:
            good[fault.messages] = False
        batch = batch.kept(good)
        texts = [texts_of(grid, batch.values) for grid in batch.grids]
    return Accepted(batch, texts, not_composed(batch, texts)), rejected


def _rejected(batch: Batch, faults: list[Fault]) -> list[Rejected]:
    found: dict[int, dict[str, dict[str, None]]] = {}
    for fault in faults:
        pairs = zip(fault.messages.tolist(), fault.items.tolist(), strict=True)
        for message, item in pairs:
            codes = found.setdefault(message, {})
            items = codes.setdefault(fault.code, {})
            if item >= 0:
                items[batch.form.items[item].id] = None
    return [
        Rejected(
            tuple(codes),
            {code: tuple(items) for code, items in codes.items()},
            int(batch.messages[message]),
        )
        for message, codes in found.items()
    ]


class Origin(NamedTuple):
    """Where messages come from: their places, and their bytes as received.

    Attributes:
        payloads: entry `step` times its number is a message's bytes.
    """

    offsets: Ints
    payloads: pa.BinaryArray
    step: int

    def payloads_of(self, messages: Ints) -> pa.BinaryArray:
        """Bytes of some messages."""
        return self.payloads.take(pa.array(messages * self.step))
