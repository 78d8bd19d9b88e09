"""kill -9 of the decision service under load: no answer is lost or changed."""

from __future__ import annotations

import http.client
import random
import signal
import threading
from collections import Counter
from datetime import date

import msgspec
import pytest

from benchmarks.decide import serving
from benchmarks.decide_lake import make_lake
from lakehouse.journal import read_journal
from realtime_core.sample import sample_request

DAY = date(2026, 11, 3)
JSON = {"content-type": "application/json"}


class Client(threading.Thread):
    """Sends declarations of its own number range until the service is gone."""

    def __init__(self, url: str, first: int):
        super().__init__(daemon=True)
        self.host = url.removeprefix("http://")
        self.number = first
        self.acknowledged: dict[str, bytes] = {}

    def run(self):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        while True:
            self.number += 10
            number = f"{self.number:012d}"
            body = msgspec.json.encode(sample_request(DAY, 1 + self.number % 7, number))
            try:
                connection.request("POST", "/v1/decisions", body, JSON)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 201:
                self.acknowledged[number] = content


def fetch(url: str, number: str) -> bytes:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.request("GET", f"/v1/decisions/{number[:11]}/{number[11]}")
    return connection.getresponse().read()


def shot_down(lake, first: int, chance: random.Random) -> dict[str, bytes]:
    """One life of the service, ended by kill -9 at a random moment."""
    with serving(lake) as (process, url):
        clients = [Client(url, first + 10_000_000 * n) for n in range(4)]
        for client in clients:
            client.start()
        threading.Event().wait(chance.uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL)
        for client in clients:
            client.join(30)
    return {
        number: body
        for client in clients
        for number, body in client.acknowledged.items()
    }


def check_nothing_lost(lake, rounds: int) -> None:
    chance = random.Random(rounds)
    acknowledged: dict[str, bytes] = {}
    for turn in range(rounds):
        first = 100_000_000_000 + turn * 100_000
        acknowledged |= shot_down(lake, first, chance)
    assert acknowledged
    with serving(lake) as (_, url):
        lost = [n for n, body in acknowledged.items() if fetch(url, n) != body]
    assert not lost
    keys = Counter(record.key for record in read_journal(lake / "journal"))
    assert not [key for key, count in keys.items() if count > 1]
    assert set(keys) >= {int(number) for number in acknowledged}


@pytest.fixture
def made_lake(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMS_NOW", "2026-11-03T09:30:00+07:00")
    make_lake(tmp_path / "lake", DAY)
    return tmp_path / "lake"


def test_no_acknowledged_decision_is_lost_or_doubled_by_kill_9(made_lake):
    check_nothing_lost(made_lake, rounds=2)


@pytest.mark.slow
def test_no_acknowledged_decision_is_lost_over_twenty_kills(made_lake):
    check_nothing_lost(made_lake, rounds=20)
