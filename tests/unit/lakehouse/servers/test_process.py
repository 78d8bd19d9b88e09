"""A server is started once, found while it lives, and ended by who started it."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from lakehouse.errors import EnvironmentFault
from lakehouse.servers.process import Plan, ServerProcess, listens, loopback_port

LISTENS = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    server.accept()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + LISTENS


def plan(script: str = LISTENS, patience: float = 20) -> Plan:
    port = loopback_port(0, "CUSTOMS_TOY_PORT")
    return Plan(
        command=[sys.executable, "-c", script, str(port)],
        url=f"http://127.0.0.1:{port}",
        environment={},
        is_ready=partial(listens, port),
        patience_seconds=patience,
    )


@pytest.fixture
def server(tmp_path: Path):
    made = ServerProcess("Toy", tmp_path / "toy")
    yield made
    made.stop()


def lives(pid: int) -> bool:
    """Whether a child of ours still runs; one that has ended is let go."""
    return os.waitpid(pid, os.WNOHANG) == (0, 0)


def test_a_server_answers_when_its_start_returns(server):
    started = server.start(plan)
    assert listens(int(started.url.rpartition(":")[2]))
    assert server.running().pid == started.pid


def test_a_second_start_leaves_the_first_alone(server):
    first = server.start(plan)
    second = server.start(plan)
    assert (first.is_new, second.is_new) == (True, False)
    assert (second.pid, second.url) == (first.pid, first.url)


def test_a_stop_ends_it_and_a_second_one_finds_nothing(server):
    started = server.start(plan)
    assert server.stop()
    assert not lives(started.pid)
    assert server.running() is None
    assert not server.stop()


def test_a_server_that_was_killed_is_down_whatever_its_record_says(server):
    started = server.start(plan)
    os.kill(started.pid, signal.SIGKILL)
    os.waitpid(started.pid, 0)
    assert server.running() is None
    assert not server.stop()
    assert server.start(plan).is_new


def test_a_process_that_has_the_number_of_an_old_server_is_not_ended(server):
    """After a restart of the machine the number may be that of anybody."""
    started = server.start(plan)
    os.kill(started.pid, signal.SIGKILL)
    os.waitpid(started.pid, 0)
    record = server.home / "server.json"
    record.write_text(f'{{"pid": {os.getpid()}, "url": "http://127.0.0.1:1"}}')
    assert not server.stop()


def test_a_server_that_does_not_listen_to_a_stop_is_killed(server, monkeypatch):
    monkeypatch.setattr("lakehouse.servers.process._GRACE_SECONDS", 0.5)
    started = server.start(partial(plan, STUBBORN))
    assert server.stop()
    assert not lives(started.pid)


def test_a_server_that_ends_at_its_start_says_its_last_words(server):
    script = "raise SystemExit('the heap is too small')"
    with pytest.raises(EnvironmentFault) as refused:
        server.start(partial(plan, script))
    assert refused.value.code == "server_not_started"
    assert "ended with exit code 1: the heap is too small" in refused.value.message
    assert server.running() is None


def test_a_server_that_never_answers_is_ended(server):
    with pytest.raises(EnvironmentFault, match="does not answer"):
        server.start(partial(plan, "import time; time.sleep(60)", patience=0.5))
    assert server.running() is None


def test_two_starts_at_once_make_one_server(server):
    """The second finds the first before that has answered."""
    seen = []

    def prepare() -> Plan:
        with pytest.raises(EnvironmentFault) as refused:
            ServerProcess("Toy", server.home).start(plan)
        seen.append(refused.value.code)
        return plan()

    server.start(prepare)
    assert seen == ["server_busy"]


def test_what_a_server_keeps_is_for_its_user_alone(server):
    server.start(plan)
    for path in (server.home, server.log):
        assert path.stat().st_mode & 0o077 == 0


def test_a_port_that_somebody_has_is_named_with_the_setting():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(EnvironmentFault) as refused:
            loopback_port(port, "CUSTOMS_TRINO_PORT")
    assert refused.value.code == "port_taken"
    assert str(port) in refused.value.message
    assert "CUSTOMS_TRINO_PORT" in refused.value.remedy


def test_no_port_asked_for_is_a_free_one():
    assert not listens(loopback_port(0, "CUSTOMS_TRINO_PORT"))


def test_waiting_for_the_end_takes_no_longer_than_needed(server):
    server.start(plan)
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 5
