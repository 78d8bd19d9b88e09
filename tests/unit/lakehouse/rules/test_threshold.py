from datetime import date

import pytest
import yaml

from lakehouse.rules.errors import CriterionError
from lakehouse.rules.threshold import (
    Streams,
    in_force,
    load_random_selection,
    load_thresholds,
)
from tests.rules.conditions import CATALOGUE

DAY = date(2026, 11, 3)
PARCEL = {
    "stream_code": "parcel",
    "stream_title_vi": "Tờ khai trị giá thấp",
    "stream_order": 1,
    "population_condition": "declaration.is_low_value",
    "yellow_from_score": 20,
    "red_from_score": 35,
    "valid_from": "2026-01-01",
    "legal_basis": "SAMPLE",
    "is_sample": True,
}
ORDINARY = {
    **PARCEL,
    "stream_code": "ordinary",
    "stream_order": 2,
    "population_condition": "!declaration.is_low_value",
}


@pytest.fixture
def load(tmp_path):
    def write(*rows, reader=load_thresholds):
        path = tmp_path / "rows.yml"
        path.write_text(yaml.safe_dump({"list": "x", "rows": list(rows)}))
        return reader(path)

    return write


def test_a_declaration_belongs_to_the_first_stream_that_it_fits(load):
    streams = Streams(load(ORDINARY, PARCEL), CATALOGUE, DAY)
    assert streams.of({"is_low_value": True}).stream_code == "parcel"
    assert streams.of({"is_low_value": False}).stream_code == "ordinary"


def test_a_declaration_that_fits_no_stream_falls_into_the_last(load):
    streams = Streams(load(ORDINARY, PARCEL), CATALOGUE, DAY)
    assert streams.of({}).stream_code == "ordinary"


def test_red_begins_above_yellow(load):
    with pytest.raises(CriterionError) as caught:
        load({**PARCEL, "red_from_score": 20})
    assert caught.value.code == "bad_threshold"


def test_two_rows_of_one_stream_may_not_hold_on_one_day(load):
    rows = load(PARCEL, {**PARCEL, "valid_from": "2026-06-01"})
    with pytest.raises(CriterionError) as caught:
        in_force(rows, DAY)
    assert caught.value.code == "overlap"


def test_a_day_without_thresholds_is_an_error(load):
    with pytest.raises(CriterionError) as caught:
        Streams(load(PARCEL), CATALOGUE, date(2025, 1, 1))
    assert caught.value.code == "no_threshold"


def test_a_random_share_is_a_probability(load):
    row = {
        "criterion_code": "RR-001",
        "random_share": 1.5,
        "drawn_channel": "red",
        "valid_from": "2026-01-01",
        "legal_basis": "SAMPLE",
        "is_sample": True,
    }
    with pytest.raises(CriterionError, match="<= 1"):
        load(row, reader=load_random_selection)
