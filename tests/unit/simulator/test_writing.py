"""Bytes on the wire."""

import numpy as np

from lakehouse.derive.to_message import write_row
from simulator.cohort import draw_cohort
from simulator.shapes import PAPERS, UNKEYED, Stage
from simulator.world import build_world
from tests.unit.simulator.conftest import DAY, messages_of
from tests.unit.simulator.wire import header_of, layout_of, row_of


def test_the_same_seed_gives_the_same_bytes(world, written):
    again = build_world(seed=12, scale=0.002)
    assert messages_of(again, draw_cohort(again, DAY)) == written


def test_another_seed_gives_other_bytes(written):
    other = build_world(seed=2, scale=0.002)
    assert messages_of(other, draw_cohort(other, DAY)) != written


def test_a_message_is_what_the_row_writer_would_write(written):
    templates = set()
    for message in written[:: max(1, len(written) // 400)]:
        layout, header = layout_of(message), header_of(message)
        templates.add(layout.template)
        assert write_row(layout, header, row_of(message)) == message
    assert len(templates) >= 8


def test_the_length_in_the_header_is_that_of_the_message(written):
    assert all(int(header_of(one)["length"]) == len(one) for one in written)


def test_no_item_is_longer_than_its_layout_allows(written):
    for message in written:
        values = message[400:].split(b"\r\n")
        for block in layout_of(message).blocks:
            for item in block.items * min(block.repeat, 50):
                if not values:
                    break
                assert len(values.pop(0)) <= item.length, item.id


def test_the_answer_says_what_the_truth_says(cohort, written):
    contents, messages = cohort.contents, cohort.messages
    answers = np.flatnonzero((messages.stage == Stage.CHANNEL) & (messages.stream == 0))
    for place in answers[:50]:
        row = row_of(written[place])
        content = int(messages.content[place])
        assert row["inspection_class_code"] == str(messages.channel[place])
        if messages.direction[place] == 0:
            assert row["customs_value_vnd"] == str(contents.totals.value[content])
            lines = sum(int(line["customs_value_vnd"]) for line in row["lines"])
            assert lines == contents.totals.value[content]
            taxes = row.get("tax_totals", [])
            due = sum(int(tax["tax_amount_vnd"]) for tax in taxes)
            assert due == int(row["tax_total_vnd"]) == contents.totals.tax[content]


def test_the_number_ends_with_the_amendment(cohort, written):
    messages = cohort.messages
    others = (*UNKEYED, *PAPERS, Stage.REVISION_DECLARED)
    keyed = ~np.isin(messages.stage, others)
    ordinary = np.flatnonzero((messages.stream == 0) & keyed)
    for place in ordinary[:300]:
        number = row_of(written[place])["declaration_no"]
        key = cohort.declarations.key[messages.subject[place]]
        assert number == f"{key}{messages.version[place]}"


def test_a_life_is_told_in_order(cohort):
    messages = cohort.messages
    mine = messages.take(
        np.flatnonzero((messages.stream == 0) & (messages.subject == 0))
    )
    told = [stage for stage in mine.stage.tolist() if stage not in UNKEYED]
    assert told[:3] == [Stage.REGISTERED, Stage.DECLARED, Stage.CHANNEL]
    assert (np.diff(mine.server) >= 0).all()
    assert (np.diff(mine.arrival) >= 0).all()


def test_a_red_declaration_clears_with_the_yellow_code(cohort, written):
    messages = cohort.messages
    red = (messages.channel == 3) & (messages.stage == Stage.CLEARED)
    outputs = {header_of(written[row])["output"][:4] for row in np.flatnonzero(red)}
    assert outputs <= {"VAD2", "VAE2"}
