"""The worked messages of the shared folder, through the product's own `explain`."""

import importlib.util
import io
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from ingestion.vnaccs.explain import explain
from ingestion.vnaccs.read import read_stream
from lakehouse.messages import load_layouts
from lakehouse.settings import PROJECT_ROOT, settings

DISPUTED = {
    row["id"]: row["reason"]
    for row in yaml.safe_load(Path(__file__).with_name("disputed.yml").open()) or []
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    folder = PROJECT_ROOT / settings().shared / "cases" / "vnaccs"
    names = sorted(path.stem for path in folder.glob("*.json")) or ["none"]
    parameters = [
        pytest.param(
            name,
            marks=[pytest.mark.xfail(reason=DISPUTED[name], strict=True)]
            if name in DISPUTED
            else [],
        )
        for name in names
    ]
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", parameters)


@pytest.fixture(scope="session")
def compare(shared_dir: Path) -> ModuleType:
    """The comparer that stands beside the cases."""
    path = shared_dir / "cases" / "compare_vnaccs.py"
    spec = importlib.util.spec_from_file_location("compare_vnaccs", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(shared_dir: Path) -> Path:
    return shared_dir / "cases" / "vnaccs"


def test_a_case_is_explained_as_it_says(
    name: str, folder: Path, compare: ModuleType
) -> None:
    wanted = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(explain(folder / f"{name}.msg")))["messages"]
    shown = json.dumps(found, ensure_ascii=False)
    assert [one for one in wanted.get("must_not_contain", []) if one in shown] == []
    assert len(found) == len(wanted["messages"])
    pairs = zip(wanted["messages"], found, strict=True)
    assert [
        wrong
        for number, (want, got) in enumerate(pairs, 1)
        for wrong in compare.compare_message(number, want, got)
    ] == []


def test_no_secret_of_a_case_is_in_any_row(name: str, folder: Path) -> None:
    wanted = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    data = io.BytesIO((folder / f"{name}.msg").read_bytes())
    kept: list[Any] = []
    for parsed in read_stream(data, load_layouts()):
        tables = [*parsed.tables.values(), parsed.rejected, parsed.pending]
        kept += [rows.to_pylist() for rows in tables]
    assert [one for one in wanted.get("must_not_contain", []) if one in str(kept)] == []
