"""What real servers need: without it a test is skipped, and fails under CI=true."""

import os
from collections.abc import Callable

import pytest

from lakehouse.errors import EnvironmentFault


@pytest.fixture(scope="session")
def needed() -> Callable[[Callable[[], object]], None]:
    """Calls what finds a tool; where it is missing the tests that need it stop."""
    return _needed


def _needed(find: Callable[[], object]) -> None:
    try:
        find()
    except EnvironmentFault as missing:
        reason = f"{missing.message}. {missing.remedy}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
