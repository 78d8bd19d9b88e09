"""The criteria that the project ships: each compiles, speaks and keeps its examples."""

import unicodedata
from datetime import date

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.criterion import Criterion, load_criteria
from lakehouse.rules.example import check_examples
from lakehouse.rules.rule_set import RuleSet
from lakehouse.rules.threshold import (
    Streams,
    in_force,
    load_random_selection,
    load_thresholds,
)
from lakehouse.rules.to_vietnamese import to_vietnamese
from lakehouse.settings import PROJECT_ROOT

SAMPLES = PROJECT_ROOT / "ingestion" / "ref" / "sample"
CRITERIA = load_criteria(SAMPLES / "risk_criterion.yml")
DAY = date(2026, 11, 3)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.from_contracts(load_contracts())


@pytest.fixture(scope="module")
def rule_set(catalogue) -> RuleSet:
    return RuleSet.build(CRITERIA, catalogue, {}, DAY)


def code(criterion: Criterion) -> str:
    return criterion.code


@pytest.mark.parametrize("criterion", CRITERIA, ids=code)
def test_a_criterion_fires_and_stays_silent_on_its_own_examples(criterion, catalogue):
    check_examples(criterion, catalogue)


@pytest.mark.parametrize("criterion", CRITERIA, ids=code)
def test_a_criterion_is_a_labelled_sample_in_proper_vietnamese(criterion):
    assert criterion.is_sample
    assert "SAMPLE" in criterion.legal_basis
    for text in (criterion.title_vi, criterion.guidance_vi):
        assert unicodedata.is_normalized("NFC", text)
    assert criterion.guidance_vi.endswith(".")


def test_there_are_enough_criteria_of_every_layer_and_scope():
    assert len(CRITERIA) >= 45
    assert {row.layer for row in CRITERIA} == {"score", "exception", "random"}
    assert {row.scope for row in CRITERIA} == {"declaration", "line"}


@pytest.mark.parametrize("criterion", CRITERIA, ids=code)
def test_a_condition_has_a_sentence(criterion, rule_set, catalogue):
    sentence = to_vietnamese(rule_set.condition(criterion.code), catalogue)
    assert sentence[0].isupper() or sentence[0] == "("
    assert sentence.endswith(".")


def test_every_declaration_has_a_stream_and_every_stratum_a_criterion(catalogue):
    streams = Streams(
        load_thresholds(SAMPLES / "channel_threshold.yml"), catalogue, DAY
    )
    for is_low_value in (True, False):
        assert streams.of({"is_low_value": is_low_value}).yellow_from_score > 0
    strata = in_force(load_random_selection(SAMPLES / "random_selection.yml"), DAY)
    random = {row.code for row in CRITERIA if row.layer == "random"}
    assert {row.criterion_code for row in strata} == random
