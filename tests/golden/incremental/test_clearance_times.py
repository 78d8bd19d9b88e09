"""Stage times are those of the law, and their quantiles are within 1 % of the exact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest

from lakehouse.law.declaration_events import Event
from lakehouse.law.declaration_life import lives
from tests.golden.incremental.arrivals import Message, random_messages
from tests.golden.incremental.features import nearest_rank
from tests.golden.incremental.shop import Shop

pytestmark = pytest.mark.engine

LAW_TYPES = {
    "channel": "channel",
    "inspection_designated": "designated",
    "inspection_cancelled": "designation_cancelled",
    "inspected": "inspection_result",
    "released": "released",
    "cleared": "cleared",
}
GROUP = (
    "registered_date",
    "direction_code",
    "stream_code",
    "office_code",
    "channel_code",
    "stage_code",
)


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    """Lives in which clocks differ."""
    return random_messages(21, declarations=120)


@pytest.fixture(scope="module")
def shop(tmp_path_factory, messages):
    with pytest.MonkeyPatch.context() as clock:
        made = Shop(tmp_path_factory.mktemp("times"), clock)
        made.run(messages)
        yield made


def law_events(messages: Iterable[Message]) -> list[Event]:
    """The messages as events of the law; contents say when they were registered."""
    told = []
    for message in messages:
        kind = "registered" if message.rank else LAW_TYPES.get(message.event)
        if message.happened and kind:
            told.append(
                Event(
                    id=str(message.number),
                    type=kind,
                    no=f"{message.key}0",
                    business_time=message.happened,
                    server_time=message.happened,
                    arrived_at=message.arrived,
                    payload={"channel": message.channel, "result": ""},
                )
            )
    return told


def test_stage_times_and_findings_are_those_of_the_law(shop, messages):
    last = max(message.arrived for message in messages)
    expected = {}
    for key, life in lives(law_events(messages), last, free_days=60).items():
        negative = {f["stage"] for f in life.findings if f["code"] == "negative_stage"}
        for stage, seconds in life.stage_seconds.items():
            if seconds is not None or stage in negative:
                expected[key, stage] = seconds
    assert None in expected.values(), "no clock stands wrong: the test shows less"
    assert stages_of(shop) == expected


def stages_of(shop: Shop) -> dict[tuple[str, str], int | None]:
    found = {}
    for row in shop.lake.read("gold.fct_declaration_event").to_pylist():
        key = row["declaration_key"]
        if row["stage_seconds"] is not None or row["is_negative_stage"]:
            assert (row["stage_seconds"] is None) == row["is_negative_stage"]
            assert (key, row["stage_code"]) not in found
            found[key, row["stage_code"]] = row["stage_seconds"]
        is_clearance = row["event_code"] == "cleared" and row["stage_code"]
        seconds = row["since_registration_seconds"]
        if is_clearance and (seconds is not None or row["is_before_registration"]):
            found[key, "registration_to_clearance"] = seconds
    return found


def test_the_report_holds_every_time_and_quantiles_near_the_exact_ones(shop):
    exact = times_of_groups(shop)
    report = shop.lake.read("gold.rpt_clearance_time").to_pylist()
    assert {tuple(row[name] for name in GROUP) for row in report} == set(exact)
    for row in report:
        values = exact[tuple(row[name] for name in GROUP)]
        assert row["timed_count"] == len(values)
        assert row["timed_total_seconds"] == sum(values)
        assert row["mean_seconds"] == pytest.approx(sum(values) / len(values))
        for share, name in ((0.5, "median_seconds"), (0.9, "p90_seconds")):
            # What takes less than a second is told as a second.
            rank = max(nearest_rank(values, share), 1)
            assert row[name] == pytest.approx(rank, rel=0.010001)


def times_of_groups(shop: Shop) -> dict[tuple, list[int]]:
    """The sorted times of each group, from declarations and their stages."""
    groups = defaultdict(list)
    declarations = {
        row["declaration_key"]: row
        for row in shop.lake.read("gold.fct_declaration").to_pylist()
    }
    for (key, stage), seconds in stages_of(shop).items():
        row = declarations.get(key)
        if row and seconds is not None:
            place = (
                *(row[name] for name in GROUP[:3]),
                row["office_code"] or "",
                row["final_channel_code"] or "",
                stage,
            )
            groups[place].append(seconds)
    return {place: sorted(values) for place, values in groups.items()}
