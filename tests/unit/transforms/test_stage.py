"""A source whose gate is closed stops gold, and no other source."""

import pytest

from lakehouse.errors import DataRefused
from lakehouse.runs import start_run
from transforms import stage


def closed(name: str):
    def step():
        raise DataRefused("gate_closed", f"core.{name}: key repeats", "Mend it")

    return step


def steps(monkeypatch, done: list[str], **found):
    def told(name: str):
        return lambda: done.append(name) or {f"core.{name}": 1}

    made = [step or told(name) for name, step in found.items()]
    monkeypatch.setattr(stage, "_steps", lambda run, work: iter(made))


def test_sources_after_one_with_a_closed_gate_are_brought_up_to_date(lake, monkeypatch):
    done: list[str] = []
    steps(monkeypatch, done, kcs=None, epay=closed("epay"), tax=None)
    with pytest.raises(DataRefused, match=r"gate_closed: core\.epay"):
        with start_run(lake, "test") as run:
            stage.build_core(run)
    assert done == ["kcs", "tax"]


def test_all_closed_gates_are_told_at_once(lake, monkeypatch):
    steps(monkeypatch, [], epay=closed("epay"), tax=closed("tax"))
    with pytest.raises(DataRefused, match=r"core\.epay.*core\.tax"):
        with start_run(lake, "test") as run:
            stage.build_core(run)
