from __future__ import annotations

import asyncio
import json
import os
from datetime import date

import pytest

from lakehouse.journal import read_journal
from realtime_core.sample import sample_request
from tests.unit.realtime_core.site import DAY, JSON, Site, get, post

pytestmark = pytest.mark.usefixtures("frozen_now")


def recorded(site):
    return list(read_journal(site.folder))


def test_a_declaration_is_decided_with_reasons_and_can_be_read_again(site):
    number = "100000000010"
    request = sample_request(DAY, 3, number, importer_tax_code="9909999999")
    made, read = site.ask(post(request), get("/v1/decisions/10000000001/0"))
    assert made.status_code == 201
    decision = made.json()
    assert decision["channel"] in ("green", "yellow", "red")
    assert [r["criterion"] for r in decision["reasons"]][:1] == ["RS-001"]
    assert decision["reasons"][0]["guidance_vi"]
    assert decision["draw"]["key_commitment"]
    assert (read.status_code, read.content) == (200, made.content)
    assert len(recorded(site)) == 1


def test_the_same_content_gets_the_stored_answer(site):
    later = sample_request(DAY) | {"received_at": "2026-11-03T10:00:00+07:00"}
    made, again, late = site.ask(post(), post(), post(later))
    assert (made.status_code, again.status_code, late.status_code) == (201, 200, 200)
    assert made.content == again.content == late.content
    assert len(recorded(site)) == 1


def test_the_stored_answer_survives_a_restart(basis, tmp_path):
    (made,) = Site(basis, tmp_path / "j").ask(post())
    (again,) = Site(basis, tmp_path / "j").ask(post())
    assert (again.status_code, again.content) == (200, made.content)


def test_other_content_under_the_same_number_is_a_conflict(site):
    other = sample_request(DAY, agent_code="A0001")
    _, refused, again = site.ask(post(), post(other), post())
    assert (refused.status_code, again.status_code) == (409, 200)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"][0]["rule"] == "other_content"
    assert len(recorded(site)) == 1


def test_twenty_equal_requests_at_once_make_one_decision(site):
    async def scenario():
        async with site.running() as http:
            sent = [http.post("/v1/decisions", **post()[2]) for _ in range(20)]
            return await asyncio.gather(*sent)

    answers = asyncio.run(scenario())
    assert sorted(a.status_code for a in answers) == [200] * 19 + [201]
    assert len({a.content for a in answers}) == 1
    assert len(recorded(site)) == 1


def test_an_amendment_inherits_the_draw_date_and_a_gap_is_noted(site):
    first = sample_request(DAY, number="100000000020")
    second = sample_request(DAY, number="100000000021", registered_date="2026-11-02")
    late = sample_request(DAY, number="100000000033")
    answers = [a.json() for a in site.ask(post(first), post(second), post(late))]
    assert answers[0]["draw"] == answers[1]["draw"]
    assert [a["notes"] for a in answers] == [[], [], ["predecessor_missing"]]


SAMPLE = json.dumps(sample_request(DAY)).encode()
TEXT = {"headers": {"content-type": "text/plain"}}


@pytest.mark.parametrize(
    ("call", "status", "rule"),
    [
        (post(content=b"{"), 400, "malformed_json"),
        (post(content=b"\xff"), 400, "malformed_json"),
        (post(content=SAMPLE.replace(b'"line_no": 1', b'"line_no": NaN')), 400,
         "malformed_json"),
        (post(content=SAMPLE.replace(b'"line_no"', b'"line_no": 1, "line_no"')), 400,
         "double_key"),
        (post(content=b'{"lines":' + b"[" * 50_000), 422, "wrong_type"),
        (post(content=b'{"a":' * 10_000), 422, "field_unknown"),
        (post(sample_request(DAY, 51)), 422, "too_many"),
        (post(sample_request(DAY, 0)), 422, "lines_missing"),
        (post(sample_request(date(1999, 1, 1))), 422, "no_rules_that_day"),
        (post(sample_request(DAY, agent_code=5)), 422, "wrong_type"),
        (post(sample_request(DAY, partner_country_code="vn")), 422, "bad_pattern"),
        (post(content=b" " * 100_001), 413, "body_too_large"),
        (post(**TEXT), 415, "wrong_content_type"),
        (post(headers={}), 415, "wrong_content_type"),
        (get("/v1/decisions/10000000001/9"), 404, "not_found"),
        (get("/v1/decisions/1/9"), 404, "no_such_path"),
        (get("/v1/decisions/abcdefghijk/0"), 404, "no_such_path"),
        (get("/v2"), 404, "no_such_path"),
        (get("/v1/decisions"), 405, "wrong_method"),
        (("DELETE", "/healthz", {}), 405, "wrong_method"),
    ],
)  # fmt: skip
def test_a_bad_request_is_refused_counted_and_never_recorded(site, call, status, rule):
    refused, metrics, made = site.ask(call, get("/metrics"), post())
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (status, rule)
    assert refused.headers["content-type"] == "application/problem+json"
    assert f'customs_decide_refusals_total{{rule="{rule}"}} 1' in metrics.text
    assert made.status_code == 201
    assert len(recorded(site)) == 1


def test_a_body_that_grows_over_the_limit_is_refused(site):
    async def chunks():
        for _ in range(30):
            yield b" " * 10_000

    async def scenario():
        async with site.running() as http:
            return await http.post("/v1/decisions", content=chunks(), headers=JSON)

    assert asyncio.run(scenario()).status_code == 413


def test_a_client_that_stops_in_the_middle_is_let_go(site, monkeypatch):
    monkeypatch.setattr("realtime_core.app._BODY_SECONDS", 0.05)

    async def half():
        yield b'{"declaration_no":'
        await asyncio.sleep(5)

    async def scenario():
        async with site.running() as http:
            slow = await http.post("/v1/decisions", content=half(), headers=JSON)
            return slow, await http.post("/v1/decisions", **post()[2])

    slow, other = asyncio.run(scenario())
    assert (slow.status_code, other.status_code) == (408, 201)


def test_health_readiness_and_metrics_answer(site):
    health, ready, _, metrics = site.ask(
        get("/healthz"), get("/readyz"), post(), get("/metrics")
    )
    assert (health.status_code, ready.status_code) == (200, 200)
    for stage in ("read", "features", "decide", "record", "fsync", "total"):
        count = f'customs_decide_stage_seconds_count{{stage="{stage}"}} 1'
        assert count in metrics.text


def test_a_token_is_asked_of_everyone_but_the_health_check(basis, tmp_path):
    site = Site(basis, tmp_path / "j", token="s3cret")
    right = {"headers": JSON | {"authorization": "Bearer s3cret"}}
    wrong = {"headers": JSON | {"authorization": "Bearer other"}}
    answers = site.ask(
        post(), post(**wrong), post(**right), get("/metrics"), get("/healthz")
    )
    assert [a.status_code for a in answers] == [401, 401, 201, 401, 200]
    assert answers[0].headers["www-authenticate"] == "Bearer"


def test_a_disk_that_refuses_stops_the_service_and_acknowledges_nothing(site):
    async def scenario():
        async with site.running() as http:
            kept = await http.post("/v1/decisions", **post()[2])
            os.dup2(os.open("/dev/full", os.O_RDWR), site.service.journal._files[0])
            other = post(sample_request(DAY, number="100000000040"))
            lost = await http.post("/v1/decisions", **other[2])
            ready = await http.get("/readyz")
            return kept, lost, ready

    kept, lost, ready = asyncio.run(scenario())
    assert (kept.status_code, lost.status_code, ready.status_code) == (201, 503, 503)
    assert lost.headers["retry-after"] == "1"
    assert site.stopped
    assert len(recorded(site)) == 1


def test_nothing_personal_is_logged(basis, tmp_path, caplog):
    site = Site(basis, tmp_path / "j", log_decisions=True)
    with caplog.at_level("INFO", "customs.decide"):
        site.ask(post(sample_request(DAY, importer_tax_code="9909999999")))
    (line,) = [r.getMessage() for r in caplog.records if r.name == "customs.decide"]
    assert json.loads(line)["decision"] == "100000000000"
    assert "9909999999" not in line
