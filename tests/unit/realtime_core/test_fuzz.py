"""Whatever is sent is decided or refused; nothing else ever comes out."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime_core.errors import RequestRefused
from realtime_core.sample import sample_request
from realtime_core.service import Answer
from tests.unit.realtime_core.site import DAY

pytestmark = pytest.mark.usefixtures("frozen_now")
SAMPLE = json.dumps(sample_request(DAY)).encode()
NASTY = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.dates().map(str), st.datetimes().map(lambda t: f"{t.isoformat()}Z"),
    st.sampled_from(["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "NaN", "-0"]),
    st.sampled_from(["x" * 600, "é" * 300, "\x00"]),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(), st.none()),
)  # fmt: skip
FIELDS = [
    ("received_at",), ("declaration_no",), ("declaration",), ("lines",),
    *(("declaration", name) for name in ("registered_date", "is_low_value",
      "direction_code", "importer_tax_code", "gross_weight_kg", "goods_name",
      "customs_value_vnd", "package_qty", "invoice_date")),
    *(("lines", 0, name) for name in ("line_no", "hs_code", "first_quantity",
      "origin_country_code", "customs_value_vnd")),
]  # fmt: skip


@given(changes=st.lists(st.tuples(st.sampled_from(FIELDS), NASTY), max_size=4))
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_sent_is_decided_or_refused(site, changes):
    request = sample_request(DAY)
    for path, value in changes:
        place = request
        for step in path[:-1]:
            place = place[step] if isinstance(place, dict) and step in place else {}
            place = place[0] if isinstance(place, list) and place else place
        if isinstance(place, dict):
            place[path[-1]] = value
    assert_decided_or_refused(site, json.dumps(request).encode())


@given(cut=st.integers(0, 600), junk=st.binary(max_size=8))
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_bytes_damaged_anywhere_are_decided_or_refused(site, cut, junk):
    assert_decided_or_refused(site, SAMPLE[:cut] + junk + SAMPLE[cut + len(junk) :])


def assert_decided_or_refused(site, body: bytes) -> None:
    """A channel, or a refusal that is the sender's and says why in two languages."""
    outcome = outcome_of(site, body)
    if isinstance(outcome, RequestRefused):
        assert 400 <= outcome.status < 500
        assert outcome.code
        assert outcome.detail_vi
        assert outcome.detail_en
    else:
        assert json.loads(outcome.body)["channel"] in ("green", "yellow", "red")


def outcome_of(site, body: bytes) -> Answer | RequestRefused:
    try:
        return site.service.submit(body)
    except RequestRefused as refusal:
        return refusal
