"""Errors keep what they say on their way between processes."""

from __future__ import annotations

import pickle

import pytest

from lakehouse.errors import DataRefused, EnvironmentFault, UsageError


@pytest.mark.parametrize("kind", [DataRefused, UsageError, EnvironmentFault])
def test_an_error_of_another_process_says_the_same(kind):
    error = kind("odd_file", "a.txt is odd", "Mend it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (again.code, again.message, again.remedy) == (
        "odd_file",
        "a.txt is odd",
        "Mend it",
    )
    assert str(again) == str(error)
