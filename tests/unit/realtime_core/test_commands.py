from __future__ import annotations

import json
import re
from datetime import date

import msgspec
import pytest
from typer.testing import CliRunner

from benchmarks.decide_lake import make_lake
from lakehouse.contracts import load_contracts
from lakehouse.errors import CustomsError
from lakehouse.journal import Journal, read_journal
from lakehouse.settings import settings
from realtime_core.basis import SAMPLE_THRESHOLDS, load_basis
from realtime_core.commands import app
from realtime_core.errors import ReplayDiffers
from realtime_core.requests import RequestReader
from realtime_core.sample import sample_request
from realtime_core.schemas import DECISION
from realtime_core.service import DecisionService

DAY = date(2026, 11, 3)
NEXT_DAY = "2026-11-04T08:00:00+07:00"
NUMBERS = [f"10000000{n:03d}0" for n in range(20)] + ["100000000011", "100000000993"]


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """A lake with 22 decisions in its journal, an amendment and a gap among them."""
    root = tmp_path_factory.mktemp("decide") / "lake"
    places = make_lake(root, DAY)
    contracts = load_contracts()
    journal = Journal(places.journal)
    basis = load_basis(places, contracts)
    service = DecisionService(RequestReader(contracts), basis, journal)
    for place, number in enumerate(NUMBERS):
        known = "9900109101" if place % 2 else "9909999999"
        request = sample_request(DAY, 1 + place % 4, number, importer_tax_code=known)
        service.submit(msgspec.json.encode(request))
    journal.close()
    basis.snapshot.close()
    return places


@pytest.fixture
def run(decided, monkeypatch):
    """Run a command on the decided lake, on the day after."""
    monkeypatch.setenv("CUSTOMS_LAKE", str(decided.journal.parent))
    monkeypatch.setenv("CUSTOMS_NOW", NEXT_DAY)
    settings.cache_clear()

    def call(*arguments):
        result = CliRunner().invoke(app, list(arguments))
        if isinstance(result.exception, CustomsError):
            raise result.exception
        assert result.exit_code == 0, result.exception
        return result.stdout

    return call


def test_replay_gives_the_same_bytes(run):
    assert json.loads(run("replay", "--json"))["decisions"] == len(NUMBERS)
    assert f"{len(NUMBERS)} decisions came out byte for byte" in run("replay")


def test_replay_finds_a_decision_that_was_tampered_with(run, decided, tmp_path):
    forged = Journal(tmp_path / "journal")
    for record in read_journal(decided.journal):
        payload = record.payload.replace(b'"channel":"green"', b'"channel":"red"')
        forged.append(DECISION, record.key, payload)
    forged.close()
    from realtime_core.replay import Replay

    places = decided._replace(journal=tmp_path / "journal")
    with pytest.raises(ReplayDiffers, match="replay_differs"):
        Replay(places, load_contracts()).run()


def test_explain_tells_an_officer_everything_in_vietnamese(run):
    text = run("explain", NUMBERS[0])
    assert re.search(r"Tờ khai 100000000000: LUỒNG (XANH|VÀNG|ĐỎ)", text)
    assert "Nhận lúc 09:00:00 ngày 03/11/2026" in text
    assert "Doanh nghiệp chưa có lịch sử hoạt động [RS-001]" in text
    assert "Hướng dẫn: Kiểm tra hồ sơ pháp lý" in text
    assert "Chọn ngẫu nhiên" in text
    assert "tính đến 03/11/2026" in text
    decision = json.loads(run("explain", NUMBERS[0], "--json"))
    assert decision["declaration_no"] == NUMBERS[0]


def test_explain_notes_an_amendment_without_its_predecessor(run):
    text = run("explain", "100000000993")
    assert "Sửa đổi lần 3" in text
    assert "chưa có quyết định cho lần khai ngay trước" in text


@pytest.mark.parametrize("number", ["100000000990", "x", "-1", ""])
def test_explain_of_an_undecided_number_is_one_clear_error(run, number):
    with pytest.raises(CustomsError, match="not_decided"):
        run("explain", "--", number)


def test_the_draws_of_a_day_are_audited_with_the_revealed_key(run):
    with pytest.raises(CustomsError, match="draw_key_hidden"):
        run("audit-draws", "2026-11-03")
    found = json.loads(run("audit-draws", "2026-11-03", "--reveal", "--json"))
    assert (found["decisions"], found["wrong"]) == (len(NUMBERS), [])
    assert f"{len(NUMBERS)} lots drawn again" in run("audit-draws", "2026-11-03")


def test_the_key_of_today_is_not_revealed(run):
    with pytest.raises(CustomsError, match="draw_day_open"):
        run("audit-draws", "2026-11-04", "--reveal")


def test_a_changed_threshold_is_published_under_another_hash(run, decided, tmp_path):
    text = SAMPLE_THRESHOLDS.read_text(encoding="utf-8")
    changed = tmp_path / "channel_threshold.yml"
    changed.write_text(text.replace("red_from_score: ", "red_from_score: 9"))
    before = json.loads(run("publish-policy", "--json"))["policy"]
    after = run("publish-policy", "--thresholds", str(changed), "--json")
    assert json.loads(after)["policy"] != before
    assert (decided.policies / f"{before}.json").exists()
    # What was decided by the old one still comes out the same.
    assert json.loads(run("replay", "--json"))["decisions"] == len(NUMBERS)
    run("publish-policy")


def test_bench_times_decisions_on_the_lake(run):
    found = json.loads(run("bench", "--rounds", "50", "--lines", "3", "--json"))
    assert (found["lines"], found["decisions"]) == (3, 50)
    assert 0 < found["p50_us"] <= found["p99_us"]


def test_serving_a_lake_without_rules_says_what_to_publish(monkeypatch, tmp_path):
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path))
    settings.cache_clear()
    result = CliRunner().invoke(app, ["serve"])
    assert isinstance(result.exception, CustomsError)
    assert "publish" in result.exception.remedy
