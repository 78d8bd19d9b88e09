"""Imports run one way: lakehouse ← ingestion transforms quality serving simulator."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Folder → what it may import of ours; a name with a dot is one module or package.
ALLOWED: dict[str, tuple[str, ...]] = {
    "lakehouse": ("lakehouse",),
    "ingestion": ("ingestion", "lakehouse"),
    "transforms": ("transforms", "lakehouse"),
    "quality": ("quality", "lakehouse"),
    "serving": ("serving", "lakehouse"),
    "simulator": ("simulator", "lakehouse"),
    "dags": (),
    "realtime_core": (
        "realtime_core",
        "lakehouse.settings",
        "lakehouse.listening",
        "lakehouse.contracts",
        "lakehouse.yamlfile",
        "lakehouse.rules",
        "lakehouse.law",
        "lakehouse.journal",
        "lakehouse.time",
        "lakehouse.errors",
        # Pure forms of a contract: the structs that read requests and features.
        "lakehouse.derive",
    ),
}
# The module that speaks to the person at the terminal may say it as all others do.
ALSO_ALLOWED = {"realtime_core/commands.py": ("lakehouse.console",)}
OURS = ("benchmarks", "tests", *ALLOWED)
BATCH_ONLY = ("pyspark", "pysail", "dbt", "airflow", "deltalake", "great_expectations")
MOCKS = ("unittest.mock", "mock", "pytest_mock")


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Full names that a module imports, function-level imports included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in allowed)


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_a_folder_imports_only_what_stands_left_of_it(project, folder):
    wrong = []
    for path in project.python(folder):
        allowed = ALLOWED[folder] + ALSO_ALLOWED.get(str(path), ())
        wrong += [
            f"{path}:{line} imports {name}"
            for name, line in imported(project.tree(path))
            if name.split(".")[0] in OURS and not within(name, allowed)
        ]
    assert not wrong, "\n".join(wrong)


def test_imports_are_absolute_but_between_neighbouring_tests(project):
    wrong = [
        f"{path}:{node.lineno}"
        for path in project.python()
        for node in ast.walk(project.tree(path))
        if isinstance(node, ast.ImportFrom) and node.level and path.parts[0] != "tests"
    ]
    assert not wrong, "\n".join(wrong)


def test_no_import_of_the_decision_path_reaches_a_batch_tool(project):
    """Followed through our own modules, function-level imports included."""
    wrong = []
    reached = {path: [path] for path in project.python("realtime_core")}
    waiting = list(reached)
    while waiting:
        path = waiting.pop()
        for name, _ in imported(project.tree(path)):
            if within(name, BATCH_ONLY):
                way = " → ".join(map(str, reached[path]))
                wrong.append(f"{way} → {name}")
            step = _file_of(project.root, name)
            if step is not None and step not in reached:
                reached[step] = [*reached[path], step]
                waiting.append(step)
    assert not wrong, "\n".join(wrong)


def test_the_decision_service_loads_no_batch_tool():
    """The same as seen by the interpreter, packages of others included."""
    script = (
        "import sys, realtime_core.app\n"
        f"print([m for m in {BATCH_ONLY} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_schedules_call_commands_and_import_nothing_of_ours(project):
    for path in project.python("dags"):
        assert len(project.text(path).splitlines()) <= 100, path


def test_tests_use_no_mock_library(project):
    wrong = [
        f"{path}:{line}"
        for path in project.python("tests")
        for name, line in imported(project.tree(path))
        if within(name, MOCKS)
    ]
    assert not wrong, "\n".join(wrong)


def _file_of(root: Path, name: str) -> Path | None:
    """File of ours that an imported name comes from: a module, or a name in one."""
    for dotted in (name, name.rpartition(".")[0]):
        if dotted.split(".")[0] not in ALLOWED:
            continue
        path = Path(*dotted.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if (root / candidate).is_file():
                return candidate
    return None
