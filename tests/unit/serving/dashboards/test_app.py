"""Each question is answered from one cut, typed, read-only, and only to who may ask."""

import pytest
from fastapi.testclient import TestClient

from lakehouse.settings import settings
from serving.dashboards.app import make_app
from serving.dashboards.cut import Cuts

from .conftest import TUESDAY, append, declaration, publish, shares

QUESTIONS = ("cut", "day", "channels", "trend", "freshness", "intake")
DAY = {"day": "2026-11-03", "until": "2026-11-03"}


def ask(client, question, **values):
    answer = client.get(f"/api/v1/{question}", params=DAY | values)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_day_is_told_by_stream_and_direction_with_exact_money(client):
    """10^19 + 10^9 is no number of a browser: money is text, to the last đồng."""
    groups = ask(client, "day")["groups"]
    assert [
        (g["stream_code"], g["direction_code"], g["declaration_count"]) for g in groups
    ] == [("ordinary", "export", 1), ("ordinary", "import", 2), ("parcel", "import", 1)]
    assert groups[1]["customs_value_vnd"] == "10000000001000000000"
    assert groups[1]["tax_total_vnd"] == "200000000"
    assert groups[1]["cleared_count"] == 1


def test_tax_that_was_not_declared_is_unknown_and_not_zero(client):
    parcel = ask(client, "day")["groups"][2]
    assert (parcel["tax_total_vnd"], parcel["with_tax_count"]) == (None, 0)


def test_a_day_stands_beside_the_day_before_it_that_has_declarations(client):
    answer = ask(client, "day")
    assert answer["previous_day"] == "2026-11-02"
    assert [g["declaration_count"] for g in answer["previous_groups"]] == [1]


def test_shares_of_both_directions_come_from_counts_and_not_from_shares(client):
    """Import 2+1+1, export 3+1+0: yellow 2 of 8, not the mean of 1/4 and 1/4."""
    both = next(
        one
        for one in ask(client, "channels")["shares"]
        if one["direction_code"] == "both"
    )
    assert (both["yellow_count"], both["yellow_share"]) == (2, 2 / 8)
    assert both["red_share"] == 1 / 8


def test_caps_are_those_of_the_day_that_are_still_known(client):
    """Monday's cap has ended, the cap of red was replaced: one row is left."""
    (cap,) = ask(client, "channels")["caps"]
    assert (cap["channel_code"], cap["cap_share"]) == ("2", 0.33)
    assert cap["is_sample"]
    assert cap["legal_basis"]


def test_a_day_without_declarations_has_no_numbers_in_the_trend(client):
    days = ask(client, "trend", days=3)["days"]
    assert [day["import_count"] for day in days] == [None, 1, 2]
    assert [day["low_value_count"] for day in days] == [None, 0, 1]
    assert days[2]["yellow_share"] == 2 / 8


def test_refusals_are_counted_by_reason_without_what_differs(client):
    answer = ask(client, "intake")
    assert answer["rejections"] == [
        {
            "source_code": "vnaccs",
            "rejection_code": "bad_encoding",
            "reason_vi": "Chỉ tiêu không phải UTF-8",
            "reason_en": "Items are no UTF-8",
            "rejected_count": 2,
        }
    ]
    assert answer["sources"][0]["last_rejected_count"] == 2


@pytest.mark.parametrize(
    ("looked_at", "freshness"),
    [("2026-11-03T11:00:00+07:00", "fresh"), ("2026-11-03T11:00:01+07:00", "late")],
)
def test_declarations_older_than_the_promise_make_the_cut_late(
    client, monkeypatch, looked_at, freshness
):
    """Arrived at 09:00 in Viet Nam; the contract promises 2 hours."""
    monkeypatch.setenv("CUSTOMS_NOW", looked_at)
    settings.cache_clear()
    assert ask(client, "cut")["freshness"] == freshness


def test_a_table_that_never_came_says_so(client):
    tables = {one["name"]: one for one in ask(client, "freshness")["tables"]}
    assert tables["gold.fct_declaration_line"]["freshness"] == "never"
    assert tables["gold.fct_declaration"]["rows"] == 5


def test_a_reader_of_one_run_does_not_see_the_next(filled, page):
    client = TestClient(make_app(Cuts(filled), page))
    ask(client, "day")
    append(filled, "gold.fct_declaration", declaration(6, TUESDAY, "export"))
    append(filled, "gold.rpt_channel_share_daily", shares(TUESDAY, "export", 1, 0, 0))
    assert ask(client, "cut")["run_seq"] == 1
    assert ask(client, "day")["groups"][0]["declaration_count"] == 1
    publish(filled, 2)
    assert ask(client, "cut")["run_seq"] == 2
    assert ask(client, "day")["groups"][0]["declaration_count"] == 2
    assert ask(client, "day", run=1)["groups"][0]["declaration_count"] == 1


def test_an_empty_lake_says_that_nothing_is_published(lake, page):
    answer = TestClient(make_app(Cuts(lake), page)).get("/api/v1/cut")
    assert (answer.status_code, answer.json()["code"]) == (503, "nothing_published")


def test_a_run_without_manifest_is_not_found(client):
    answer = client.get("/api/v1/cut", params={"run": 7})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_cut")


def test_a_missing_table_is_named_and_other_questions_are_answered(lake, page):
    append(lake, "gold.rpt_channel_share_daily", shares(TUESDAY, "import", 1, 0, 0))
    publish(lake, 1)
    client = TestClient(make_app(Cuts(lake), page))
    assert "gold.fct_declaration" in ask(client, "cut")["missing_tables"]
    answer = client.get("/api/v1/day", params=DAY)
    assert (answer.status_code, answer.json()["code"]) == (503, "table_missing")
    assert not ask(client, "channels")["caps_known"]
    assert ask(client, "intake")["rejections"] == []


def test_a_day_that_is_none_is_refused(client):
    answer = client.get("/api/v1/day", params={"day": "'; drop table x --"})
    assert answer.status_code == 422


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_answered_without_the_token(filled, page, question):
    client = TestClient(make_app(Cuts(filled), page, token="mật khẩu"))
    assert client.get(f"/api/v1/{question}", params=DAY).status_code == 401
    wrong = {"authorization": "Bearer something"}
    answer = client.get(f"/api/v1/{question}", params=DAY, headers=wrong)
    assert answer.status_code == 401


def test_the_token_opens_a_session_that_scripts_cannot_read(filled, page):
    client = TestClient(make_app(Cuts(filled), page, token="right"))
    refused = client.post("/api/v1/session", json={"token": "wrong"})
    assert refused.status_code == 401
    opened = client.post("/api/v1/session", json={"token": "right"})
    assert opened.status_code == 204
    cookie = opened.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/api/v1/cut").status_code == 200


def test_a_page_of_another_name_does_not_reach_this_machine(filled, page):
    client = TestClient(make_app(Cuts(filled), page, hosts=["127.0.0.1"]))
    foreign = client.get("/api/v1/cut", headers={"host": "evil.example"})
    assert foreign.status_code == 400
    own = client.get("/api/v1/cut", headers={"host": "127.0.0.1:8000"})
    assert own.status_code == 200


def test_the_page_loads_nothing_from_outside(client):
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_every_question_is_typed_in_openapi(client):
    paths = client.get("/openapi.json").json()["paths"]
    for question in QUESTIONS:
        answer = paths[f"/api/v1/{question}"]["get"]["responses"]["200"]
        assert "$ref" in answer["content"]["application/json"]["schema"], question
