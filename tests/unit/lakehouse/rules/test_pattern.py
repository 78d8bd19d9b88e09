import re

import pytest

from lakehouse.rules.pattern import literal_prefixes, problem, searcher


@pytest.mark.parametrize(
    "pattern",
    ["^8[45]", "a|b", "^(84|85)$", "[0-9]{4}", "[^a-c]?x", "đã (qua )?sử dụng", "a.*b"],
)
def test_plain_patterns_are_taken(pattern):
    assert problem(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|b)*",
        "(?i)abc",
        "(?=a)",
        "[a&&b]",
        "[[:alpha:]]",
        "a**",
        "a*?",
        "a++",
        "*a",
        "a{2000}",
        "x{",
        "(a",
        "a)",
        ".*.*.*.*x",
        "[b-a]",
        "a" * 300,
    ],
)
def test_patterns_with_many_meanings_or_slow_cases_are_refused(pattern):
    assert problem(pattern) is not None


def test_the_end_mark_does_not_pass_over_a_line_feed():
    assert re.search("a$", "a\n")
    assert not searcher("a$")("a\n")
    assert searcher("[$]$")("5$")


def test_a_search_that_backtracks_most_ends_soon():
    assert searcher("[a-z]*[a-z]*[a-z]*0")("a" * 300) is None


@pytest.mark.parametrize(
    ("pattern", "prefixes"),
    [
        ("^8517", ("8517",)),
        ("^(72|7306)", ("72", "7306")),
        ("8517", None),
        ("^85[12]", None),
        ("^(72|73)$", None),
        ("^85|86", None),
    ],
)
def test_a_pattern_that_only_asks_for_beginnings_says_so(pattern, prefixes):
    assert literal_prefixes(pattern) == prefixes
