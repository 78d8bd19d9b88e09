"""The lock is that of `pyproject.toml`, and every package has a line that says why."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def asked(project) -> list[Requirement]:
    """What `pyproject.toml` asks for, by name."""
    content = tomllib.loads(project.text("pyproject.toml"))["project"]
    extra = content["optional-dependencies"]["dev"]
    return [Requirement(one) for one in [*content["dependencies"], *extra]]


@pytest.fixture(scope="module")
def locked(project) -> dict[str, str]:
    """Version of each package of the lock."""
    pins = re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", _lock(project))
    return {canonicalize_name(name): version for name, version in pins}


def _lock(project) -> str:
    return project.text("requirements.lock")


def test_the_lock_holds_what_the_project_asks_for(asked, locked):
    wrong = []
    for one in asked:
        version = locked.get(canonicalize_name(one.name))
        if version is None or not one.specifier.contains(version, prereleases=True):
            wrong.append(f"{one} is locked as {version}: run `make lock`")
    assert not wrong, "\n".join(wrong)


def test_every_package_that_we_ask_for_is_explained(asked, project):
    page = project.text(project.root / "docs" / "dependencies.md").casefold()
    missing = [one.name for one in asked if one.name.casefold() not in page]
    assert missing == []
