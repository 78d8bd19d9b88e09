"""What a schedule calls exists; Airflow itself is asked in tests/integration."""

import ast

import pytest
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.settings import PROJECT_ROOT

SCHEDULES = sorted((PROJECT_ROOT / "dags").glob("*.py"))


def steps_of(path) -> list[tuple[str, str]]:
    """Task and words of each step, read without Airflow."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (steps,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "STEPS"
    )
    return [(step.elts[0].value, step.elts[1].value) for step in steps.elts]


def words_of(path, name) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (words,) = (
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == name
    )
    return words


DAILY = PROJECT_ROOT / "dags" / "daily_core.py"
STEPS = [
    *(step for path in SCHEDULES for step in steps_of(path)),
    ("list_sources", words_of(DAILY, "LIST_SOURCES")),
]


@pytest.mark.parametrize(("task", "words"), STEPS, ids=[task for task, _ in STEPS])
def test_a_step_is_a_command_that_answers_as_json(task, words):
    done = CliRunner().invoke(app, [*words.split(), "--json", "--help"])
    assert done.exit_code == 0, done.output


def test_no_schedule_names_a_source():
    """What there is to take in is asked of the product, night by night."""
    assert [words for _, words in STEPS if words.startswith("ingest ")] == [
        "ingest --due"
    ]


@pytest.mark.parametrize("path", SCHEDULES, ids=lambda path: path.stem)
def test_a_schedule_says_who_owns_it_and_where_its_runbook_is(path):
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    for word in ("Schedule:", "Owner:", "Runbook:"):
        assert word in said
    runbook = said.partition("Runbook:")[2].split()[0].rstrip(".")
    assert (PROJECT_ROOT / runbook).exists()
