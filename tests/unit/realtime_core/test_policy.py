from __future__ import annotations

from datetime import date

import msgspec
import pytest

from lakehouse.rules.errors import CriterionError
from realtime_core.basis import sample_policy
from realtime_core.errors import PolicyRefused
from realtime_core.policy import load_policy, publish_policy
from tests.unit.realtime_core.conftest import DAY, share, threshold, use


def dated(row, valid_from, valid_to):
    return msgspec.structs.replace(row, valid_from=valid_from, valid_to=valid_to)


def test_the_row_of_the_day_holds_both_ends_included(desk):
    first = dated(threshold(yellow=10), date(2026, 1, 1), date(2026, 10, 31))
    second = dated(threshold(yellow=20), date(2026, 11, 1), None)
    policy = desk.policy([first, second])
    header = desk.declaration().header
    for day, yellow in ((date(2026, 10, 31), 10), (date(2026, 11, 1), 20)):
        assert policy.on(day).streams.of(header).yellow_from_score == yellow


def test_a_day_without_thresholds_is_refused(desk):
    with pytest.raises(CriterionError, match="no_threshold"):
        desk.policy().on(date(2020, 1, 1))


def test_two_rows_for_one_feature_are_refused(desk):
    twice = [use("price.line_count_365d"), use("price.line_count_365d")]
    with pytest.raises(PolicyRefused):
        desk.policy(uses=twice).on(DAY)


def test_a_feature_without_rules_of_use_is_refused(desk):
    policy = desk.policy(uses=[use("price.line_count_365d")])
    policy.require(["price.line_count_365d"], DAY)
    with pytest.raises(PolicyRefused, match=r"enterprise\.red_count_365d"):
        policy.require(["enterprise.red_count_365d"], DAY)


def test_the_shipped_rows_cover_every_feature_of_the_catalogue(desk):
    features = [e.name for e in desk.catalogue.entries.values() if e.is_feature]
    policy = sample_policy(desk.catalogue)
    assert set(features) <= policy.on(DAY).features.keys()
    policy.require(features, DAY)


def test_a_published_policy_reads_back_under_its_hash(desk, tmp_path):
    policy = desk.policy(shares=[share("RR-001", 0.1)], uses=[use("price.hs_code")])
    publish_policy(policy, tmp_path)
    assert load_policy(tmp_path, desk.catalogue).hash == policy.hash
    assert load_policy(tmp_path, desk.catalogue, policy.hash).rows == policy.rows


def test_a_changed_or_missing_policy_is_refused(desk, tmp_path):
    with pytest.raises(PolicyRefused, match="not published"):
        load_policy(tmp_path, desk.catalogue)
    path = publish_policy(desk.policy(), tmp_path)
    path.write_bytes(path.read_bytes().replace(b":30,", b":31,"))
    with pytest.raises(PolicyRefused, match="was changed"):
        load_policy(tmp_path, desk.catalogue)
