import re
import time

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
        ".*.*x",
        "a{0,99}a{0,99}x",
        "a?a?a?a?a?a?a?a?a?a?x",
        "(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)x",
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


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("[a-z]*b?a?0", "a" * 300), ("a?a?a?a?a?a?a?a?a?0", "a" * 300)],
)
def test_the_slowest_patterns_that_are_taken_still_end_soon(pattern, text):
    assert problem(pattern) is None
    search = searcher(pattern)
    begun = time.perf_counter()
    assert search(text) is None
    assert time.perf_counter() - begun < 0.1


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
