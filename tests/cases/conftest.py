"""Cases of the shared folder as parameters; disputed ones are expected to fail.

A test module names its file in `TOPIC` and asks for `case`, and for `parameters` if
the cases share rows. Any other case of the same file would run as it stands.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from lakehouse.settings import PROJECT_ROOT, settings

_DISPUTED = Path(__file__).with_name("disputed.yml")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each case to the tests of its topic, named by its id and kind."""
    if "case" in metafunc.fixturenames:
        cases = _load_topic(metafunc.module.TOPIC)["cases"]
        # Without the folder one empty case is left, and `shared_dir` says why.
        parameters = [_parameter(case) for case in cases] or [{}]
        metafunc.parametrize("case", parameters)


@pytest.fixture(autouse=True)
def _shared_folder(shared_dir: Path) -> None:
    """Skip, or fail in CI, where the shared folder is absent."""


@pytest.fixture
def parameters(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The rows that the cases of a topic share."""
    return dict(_load_topic(request.module.TOPIC)["parameters"])


def _load_topic(topic: str) -> dict[str, Any]:
    path = PROJECT_ROOT / settings().shared / "cases" / f"{topic}.json"
    if not path.is_file():
        return {"parameters": {}, "cases": []}
    return dict(msgspec.json.decode(path.read_bytes()))


def _parameter(case: dict[str, Any]) -> Any:
    reasons = {row["id"]: row["reason"] for row in yaml.safe_load(_DISPUTED.open())}
    disputed = reasons.get(case["id"])
    marks = [pytest.mark.xfail(reason=disputed, strict=True)] if disputed else []
    return pytest.param(case, id=f"{case['id']}-{case['kind']}", marks=marks)
