from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_core.decision import Decision
from realtime_core.draw import draw_number, key_of_date
from tests.unit.realtime_core.conftest import (
    DAY,
    Desk,
    criterion,
    features_of,
    share,
    stratum,
    threshold,
    use,
)

DESK = Desk()
RANK = {"green": 0, "yellow": 1, "red": 2}


@pytest.mark.parametrize(
    ("weights", "channel"),
    [([29], "green"), ([30], "yellow"), ([30, 29], "yellow"), ([30, 30], "red")],
)
def test_the_score_is_held_against_the_thresholds(desk, weights, channel):
    rows = [criterion(f"RS-{n:03d}", weight=w) for n, w in enumerate(weights)]
    decision = desk.decide(desk.declaration(), *rows)
    assert (decision.score, decision.channel) == (sum(weights), channel)
    assert decision.layers.score == channel


def test_a_criterion_counts_once_however_many_lines_it_holds_on(desk):
    row = criterion(condition='line.hs_code.startsWith("64")')
    decision = desk.decide(desk.declaration({}, {"hs_code": "01012100"}, {}), row)
    assert decision.score == 10
    assert decision.reasons[0].lines == (1, 3)
    assert list(decision.reasons[0].values["line.hs_code"]) == ["64039990"] * 2


def test_nothing_fired_is_green_and_says_so(desk):
    decision = desk.decide(desk.declaration(), criterion(condition="false"))
    assert decision.channel == "green"
    assert decision.reasons == ()
    assert "Không có tiêu chí nào thỏa mãn" in decision.summary_vi


def test_an_exception_sets_a_floor_below_which_no_score_goes(desk):
    order = criterion("RE-001", layer="exception", floor="yellow")
    decision = desk.decide(desk.declaration(), order)
    assert decision.channel == "yellow"
    assert (decision.layers.score, decision.layers.exception) == ("green", "yellow")
    assert decision.selection_probability == 1.0


def test_a_floor_does_not_lower_what_the_score_gives(desk):
    order = criterion("RE-001", layer="exception", floor="yellow")
    decision = desk.decide(desk.declaration(), order, criterion(weight=90))
    assert decision.channel == "red"


def test_the_gravest_reason_comes_first(desk):
    rows = [
        criterion("RS-001", weight=5),
        criterion("RS-002", weight=20),
        criterion("RE-009", layer="exception", floor="yellow"),
    ]
    reasons = desk.decide(desk.declaration(), *rows).reasons
    assert [reason.criterion for reason in reasons] == ["RE-009", "RS-002", "RS-001"]
    assert reasons[1].guidance_vi == "Kiểm tra hồ sơ"


def test_each_stream_has_thresholds_of_its_own(desk):
    policy = desk.policy(
        [threshold("parcel", "declaration.is_low_value", 5, 50), threshold()]
    )
    row = criterion(scope="declaration")
    parcel = desk.declaration(is_low_value=True)
    assert desk.decide(parcel, row, policy=policy).channel == "yellow"
    assert desk.decide(parcel, row, policy=policy).thresholds.stream == "parcel"
    assert desk.decide(desk.declaration(), row, policy=policy).channel == "green"


def test_a_lot_below_the_share_is_drawn(desk):
    declaration = desk.declaration()
    number = draw_number(key_of_date(b"m" * 32, DAY), declaration.key)
    above = desk.policy(shares=[share("RR-001", number + 1e-9, "yellow")])
    at = desk.policy(shares=[share("RR-001", number, "yellow")])
    drawn = desk.decide(declaration, stratum("RR-001"), policy=above)
    assert (drawn.channel, drawn.draw.selected) == ("yellow", True)
    assert drawn.draw.number == number
    assert drawn.selection_probability == pytest.approx(number)
    assert "ngẫu nhiên theo RR-001" in drawn.summary_vi
    missed = desk.decide(declaration, stratum("RR-001"), policy=at)
    assert (missed.channel, missed.draw.selected) == ("green", False)


def test_a_declaration_outside_every_stratum_is_not_drawn(desk):
    policy = desk.policy(shares=[share("RR-001", 1.0)])
    row = stratum("RR-001", "declaration.is_low_value")
    draw = desk.decide(desk.declaration(), row, policy=policy).draw
    assert (draw.share, draw.stratum, draw.selected) == (0.0, None, False)


def test_strata_nest_and_the_highest_channel_drawn_holds(desk):
    shares = [share("RR-001", 1.0, "yellow"), share("RR-002", 1.0, "red")]
    rows = [stratum("RR-001"), stratum("RR-002")]
    decision = desk.decide(desk.declaration(), *rows, policy=desk.policy(shares=shares))
    assert decision.channel == "red"


def test_shadow_criteria_are_told_and_never_count(desk):
    row = criterion("RS-005", weight=100, status="shadow")
    decision = desk.decide(desk.declaration(), row)
    assert decision.channel == "green"
    assert decision.shadow == ("RS-005",)


def test_an_amendment_before_its_predecessor_is_decided_and_noted(desk):
    late = desk.declaration(number="101234567892")
    decision = desk.decide(late, criterion(), predecessor_missing=True)
    assert decision.notes == ("predecessor_missing",)


COUNT = "enterprise.declaration_count_365d"
FEW = criterion(condition=f"{COUNT} < 5", scope="declaration")
NEW = criterion("RS-009", f"!has({COUNT})", scope="declaration", weight=40)
MEDIAN = "price.median_unit_price_vnd"
CHEAP = criterion("RS-007", f"{MEDIAN} > 100.0")


def absences(decision):
    return [
        (*value.criteria, value.name, value.reason, value.lines)
        for value in decision.not_evaluated
    ]


def test_a_missing_feature_is_not_evaluated_and_adds_nothing(desk):
    decision = desk.decide(desk.declaration(), FEW)
    assert (decision.score, decision.reasons) == (0, ())
    assert absences(decision) == [("RS-001", COUNT, "missing", ())]
    assert "Chưa đánh giá được 1 tiêu chí" in decision.summary_vi


def test_a_missing_feature_can_force_its_declared_floor(desk):
    policy = desk.policy(uses=[use(COUNT, fallback_floor="yellow")])
    decision = desk.decide(desk.declaration(), FEW, policy=policy)
    assert decision.channel == "yellow"
    assert decision.not_evaluated[0].fallback == "yellow"


def test_a_stale_feature_is_not_evaluated(desk):
    policy = desk.policy(uses=[use(COUNT)])
    record = {"declaration_count_365d": 2}
    fresh = features_of(1, record, as_of=DAY - timedelta(days=3))
    stale = features_of(1, record, as_of=DAY - timedelta(days=4))
    declaration = desk.declaration()
    used = desk.decide(declaration, FEW, policy=policy, features=fresh)
    assert used.score == 10
    left = desk.decide(declaration, FEW, policy=policy, features=stale)
    assert left.score == 0
    assert absences(left) == [("RS-001", COUNT, "stale", ())]


@pytest.mark.parametrize("record", [{"declaration_count_365d": 2}, None])
def test_a_stale_snapshot_does_not_make_enterprises_new(desk, record):
    policy = desk.policy(uses=[use(COUNT)])
    stale = features_of(1, record, as_of=DAY - timedelta(days=4))
    decision = desk.decide(desk.declaration(), NEW, policy=policy, features=stale)
    assert decision.channel == "green"
    assert absences(decision) == [("RS-009", COUNT, "stale", ())]


def test_an_enterprise_without_a_record_is_new_while_the_snapshot_is_fresh(desk):
    policy = desk.policy(uses=[use(COUNT)])
    decision = desk.decide(desk.declaration(), NEW, policy=policy)
    assert decision.channel == "yellow"


def test_a_price_on_too_few_lines_is_not_evaluated_on_those_lines(desk):
    policy = desk.policy(uses=[use(MEDIAN, history="line_count_365d", min_history=30)])
    rows = [
        {"line_count_365d": 30, "median_unit_price_vnd": 200.0},
        {"line_count_365d": 29, "median_unit_price_vnd": 200.0},
        None,
    ]
    decision = desk.decide(
        desk.declaration({}, {}, {}),
        CHEAP,
        policy=policy,
        features=features_of(3, prices=rows),
    )
    assert decision.reasons[0].lines == (1,)
    assert absences(decision) == [
        ("RS-007", MEDIAN, "short_history", (2,)),
        ("RS-007", MEDIAN, "missing", (3,)),
    ]


def test_presence_asked_of_a_short_history_is_in_doubt_on_that_line_only(desk):
    asks = criterion("RS-008", f"!has({MEDIAN})")
    policy = desk.policy(uses=[use(MEDIAN, history="line_count_365d", min_history=30)])
    rows = [None, {"line_count_365d": 3, "median_unit_price_vnd": 200.0}]
    decision = desk.decide(
        desk.declaration({}, {}),
        asks,
        policy=policy,
        features=features_of(2, prices=rows),
    )
    assert decision.reasons[0].lines == (1,)
    assert decision.score == 10
    assert absences(decision) == [("RS-008", MEDIAN, "short_history", (2,))]


def test_a_decision_keeps_what_it_was_made_with(desk):
    record = {"declaration_count_365d": 2}
    features = features_of(1, record)
    decision = desk.decide(desk.declaration(), FEW, features=features)
    assert decision.made_with.rule_set == desk.rule_set(FEW).hash
    assert decision.made_with.snapshot_as_of == DAY
    assert decision.features[0].values == record
    assert decision.reasons[0].values == {COUNT: 2}


def test_a_decision_survives_json_and_comes_out_the_same_each_time(desk):
    declaration = desk.declaration({}, {"first_quantity": "3.25"})
    row = criterion(condition="line.first_quantity > 1.0")
    first = msgspec.json.encode(desk.decide(declaration, row))
    again = msgspec.json.encode(desk.decide(declaration, row))
    assert first == again
    read = msgspec.json.decode(first, type=Decision)
    assert msgspec.json.encode(read) == first


CODES = st.sampled_from(["64039990", "87032391", "01012100", "22030010"])
LINES = st.lists(st.fixed_dictionaries({"hs_code": CODES}), min_size=1, max_size=6)
RULES = (
    criterion("RS-001", 'line.hs_code.startsWith("64")', weight=25),
    criterion("RS-002", 'line.hs_code == "87032391"', weight=35),
    criterion(
        "RE-001", 'line.hs_code == "22030010"', layer="exception", floor="yellow"
    ),
)


@given(lines=LINES, order=st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_lines_does_not_matter_for_the_channel(lines, order):
    turned = list(lines)
    order.shuffle(turned)
    first = DESK.decide(DESK.declaration(*lines), *RULES)
    other = DESK.decide(DESK.declaration(*turned), *RULES)
    assert (first.channel, first.score) == (other.channel, other.score)
    assert {r.criterion for r in first.reasons} == {r.criterion for r in other.reasons}


@given(lines=LINES)
@settings(max_examples=60, deadline=None)
def test_the_channel_is_never_below_a_floor_or_any_layer(lines):
    decision = DESK.decide(DESK.declaration(*lines), *RULES)
    layers = decision.layers
    wanted = (layers.score, layers.exception, layers.random)
    assert RANK[decision.channel] == max(RANK[channel] for channel in wanted)
    for reason in decision.reasons:
        assert RANK[decision.channel] >= RANK.get(reason.floor, 0)


@given(key=st.from_regex(r"\A[13][0-9]{10}\Z"), version=st.integers(1, 9), lines=LINES)
@settings(max_examples=60, deadline=None)
def test_an_amendment_keeps_the_draw_of_its_declaration(key, version, lines):
    policy = DESK.policy(shares=[share("RR-001", 0.5)])
    first = DESK.declaration(number=f"{key}0")
    amended = DESK.declaration(*lines, number=f"{key}{version}", agent_code="A0001")
    draws = [
        DESK.decide(one, stratum("RR-001"), policy=policy).draw
        for one in (first, amended)
    ]
    assert draws[0] == draws[1]
