"""Each quirk does what it says, and the product's reader finds what is expected."""

import numpy as np
import pytest

from ingestion.vnaccs.explain import explain
from simulator.errors import SimulationRefused
from simulator.landing import plan_deliveries, write_block
from simulator.nation import load_nation
from simulator.planting import plant_quirks
from simulator.quirks import load_quirks, quirk_place, quirk_rates
from simulator.shapes import Stage
from simulator.writing import write_messages
from tests.unit.simulator.conftest import planted
from tests.unit.simulator.wire import row_of

QUIRKS = {quirk.code: quirk for quirk in load_quirks()}
IN_MESSAGES = [
    code
    for code, quirk in QUIRKS.items()
    if quirk.level != "file" and code != "divided_late"
]
FILES = [code for code, quirk in QUIRKS.items() if quirk.level == "file"]


def hit(cohort, code, most=16):
    """Rows of the messages that carry a quirk, spread over all of them."""
    rows = np.flatnonzero(cohort.messages.quirk == quirk_place(code))
    return rows[:: max(1, len(rows) // most)]


def read(tmp_path, messages):
    path = tmp_path / "some.msg"
    path.write_bytes(b"".join(messages))
    return explain(path)["messages"]


def test_every_message_of_a_day_without_quirks_is_accepted(tmp_path, written):
    found = read(tmp_path, written)
    assert {entry["outcome"] for entry in found} == {"accepted"}
    assert len(found) == len(written)


@pytest.mark.parametrize("code", IN_MESSAGES)
def test_a_quirk_does_what_it_says_and_the_reader_finds_it(
    world, cohort, tmp_path, code
):
    quirk, after = QUIRKS[code], planted(world, cohort, code)
    rows = hit(after, code)
    assert len(rows), "nothing could have it"
    if quirk.outcome == "lost":
        return
    messages = write_messages(world, after, rows).to_pylist()
    assert differs(world, cohort, after, rows, messages)
    found = read(tmp_path, messages)
    real = [entry for entry in found if entry.get("reasons") != ["not_a_message"]]
    assert len(real) == len(rows)
    for entry in real:
        if quirk.outcome == "rejected":
            assert entry["outcome"] == "rejected"
            assert quirk.reason in entry["reasons"]
        else:
            assert entry["outcome"] == "accepted"
            assert not quirk.warning or quirk.warning in entry["warnings"]


def differs(world, cohort, after, rows, messages):
    """Whether most of the messages have other bytes, another time, or are new."""
    if len(after.messages) > len(cohort.messages):
        return True
    by_serial = np.argsort(cohort.messages.serial)
    before = by_serial[after.messages.serial[rows]]
    moved = after.messages.arrival[rows] != cohort.messages.arrival[before]
    written = write_messages(world, cohort, before).to_pylist()
    changed = [one != other for one, other in zip(written, messages, strict=True)]
    return (moved | np.array(changed)).mean() > 0.45


@pytest.mark.parametrize("code", FILES)
def test_a_file_may_end_with_what_is_no_message(world, cohort, tmp_path, code):
    rates = quirk_rates(["off", f"{code}=1"])
    delivery = plan_deliveries(world, cohort, rates, None)[0]
    (done,) = write_block(world, cohort, [delivery], tmp_path)
    found = explain(tmp_path / delivery.path)["messages"]
    assert len(found) == len(delivery.rows) + 1
    assert found[-1]["reasons"] == [QUIRKS[code].reason]
    assert (tmp_path / delivery.path).stat().st_size == done.size


@pytest.mark.parametrize(
    ("code", "column", "looks"),
    [
        ("hs_dots", "hs_code", r"\d{4}\.\d\d\.\d\d"),
        ("hs_ten_digits", "hs_code", r"\d{10}"),
        ("hs_lost_zero", "hs_code", r"\d{7}"),
        ("code_spaces", "goods_name", r"NL\d{4}  #& .*"),
    ],
)
def test_a_quirk_of_a_line_is_in_the_first_line(world, cohort, code, column, looks):
    import re

    after = planted(world, cohort, code)
    for message in write_messages(world, after, hit(after, code, 10)).to_pylist():
        first, *others = row_of(message)["lines"]
        assert re.fullmatch(looks, first[column])
        assert not any(re.fullmatch(looks, line[column]) for line in others)


def test_two_halves_of_a_message_come_hours_apart(world, cohort, tmp_path):
    after = planted(world, cohort, "divided_late")
    messages = after.messages
    for serial in messages.serial[messages.part == 2][:5]:
        rows = np.flatnonzero((messages.serial == serial) & (messages.part > 0))
        assert messages.part[rows].tolist() == [1, 2]
        assert np.diff(messages.arrival[rows]) >= 3_600
        halves = write_messages(world, after, rows).to_pylist()
        assert [one["outcome"] for one in read(tmp_path, halves)] == ["accepted"]
        (alone,) = read(tmp_path, halves[:1])
        assert alone["reasons"] == ["missing_part"]


def test_the_original_may_come_after_its_amendment(world, cohort):
    messages = planted(world, cohort, "original_after_amendment").messages
    late = messages.quirk == quirk_place("original_after_amendment")
    for subject in np.unique(messages.subject[late]):
        mine = (messages.subject == subject) & (messages.stream == 0)
        amended = messages.arrival[mine & (messages.version > 0)]
        assert messages.arrival[mine & (messages.version == 0)].min() > amended.max()


def test_a_channel_is_moved_before_the_clearance(world, cohort):
    messages = planted(world, cohort, "channel_moved").messages
    moved = np.flatnonzero(messages.quirk == quirk_place("channel_moved"))
    for row in moved:
        mine = (messages.subject == messages.subject[row]) & (messages.stream == 0)
        first = mine & (messages.stage == Stage.CHANNEL) & (messages.version == 0)
        assert set(messages.channel[first]) > {messages.channel[row]}
        cleared = mine & (messages.stage == Stage.CLEARED)
        assert (messages.channel[cleared] == messages.channel[row]).all()
        assert (messages.server[cleared] >= messages.server[row]).all()


def test_a_quirk_without_a_rate_is_not_planted(world, cohort):
    assert not plant_quirks(world, cohort, quirk_rates(["off"])).messages.quirk.any()


def test_words_for_rates_are_taken_in_order():
    natural = quirk_rates([])
    assert quirk_rates(["10x"])["hs_dots"] == pytest.approx(10 * natural["hs_dots"])
    some = quirk_rates(["off", "hs_dots=0.5"])
    assert (some.pop("hs_dots"), set(some.values())) == (0.5, {0.0})


@pytest.mark.parametrize("word", ["hs_dot=0.1", "hs_dots=2", "much", "hs_dots=", "-1x"])
def test_a_word_that_says_nothing_is_refused_with_a_remedy(word):
    with pytest.raises(SimulationRefused) as caught:
        quirk_rates([word])
    assert caught.value.remedy


def test_quirks_have_codes_and_titles_of_their_own():
    assert len(QUIRKS) == len(load_quirks())
    assert len({quirk.title_vi for quirk in load_quirks()}) == len(QUIRKS)
    assert load_nation().is_sample
