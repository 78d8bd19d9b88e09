"""The files of the project, as the tests of its shape see them."""

import ast
import subprocess
from functools import cache, lru_cache
from pathlib import Path

import pytest

from lakehouse.settings import PROJECT_ROOT

PACKAGES = (
    "lakehouse",
    "ingestion",
    "transforms",
    "quality",
    "realtime_core",
    "serving",
    "simulator",
)


class Project:
    """What is, or is about to be, in version control."""

    root = PROJECT_ROOT

    @property
    def files(self) -> list[Path]:
        """Files below the root, without those that .gitignore names."""
        return _files()

    def python(self, *folders: str) -> list[Path]:
        """Python files of some top-level folders, of all when none is named."""
        return [
            path
            for path in self.files
            if path.suffix == ".py" and (not folders or path.parts[0] in folders)
        ]

    def tree(self, path: Path) -> ast.Module:
        """Syntax tree of a Python file."""
        return _tree(path)

    def text(self, path: Path) -> str:
        """Content of a text file."""
        return (self.root / path).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _files() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, check=True)
    names = {Path(name) for name in listed.stdout.decode().split("\0") if name}
    return sorted(name for name in names if (PROJECT_ROOT / name).is_file())


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse((PROJECT_ROOT / path).read_text(encoding="utf-8"), str(path))


@pytest.fixture(scope="session")
def project() -> Project:
    """The project under test."""
    return Project()
