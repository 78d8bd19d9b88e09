"""Fixtures that every test may ask for: shared data, a lake, the engine, a clock."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lakehouse.settings import PROJECT_ROOT, settings
from lakehouse.tables import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# The embedded engine logs each session; a test report wants only what goes wrong.
os.environ.setdefault("RUST_LOG", "error")


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Settings are read once per process; each test reads its own."""
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of public test data (CUSTOMS_SHARED, default `../shared`)."""
    folder = PROJECT_ROOT / settings().shared
    if folder.is_dir():
        return folder
    reason = f"no test data at {settings().shared}; CUSTOMS_SHARED names its folder"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """An empty lake, which is also the lake of the settings."""
    root = tmp_path / "lake"
    monkeypatch.setenv("CUSTOMS_LAKE", str(root))
    settings.cache_clear()
    return Lake(root)


@pytest.fixture
def frozen_now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A clock that stands at 09:30 of 3 November 2026 in Viet Nam."""
    monkeypatch.setenv("CUSTOMS_NOW", "2026-11-03T09:30:00+07:00")
    settings.cache_clear()
    return datetime(2026, 11, 3, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def spark() -> "SparkSession":
    """The session of the one engine that all tests of this process share."""
    # Importing pyspark costs seconds; tests without an engine do not pay them.
    from lakehouse.engine import engine

    return engine().spark
