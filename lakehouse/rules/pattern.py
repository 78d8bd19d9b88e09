"""The patterns `matches()` takes: with one meaning and no slow case on any engine.

RE2, the regex of Rust, Java and Python agree on letters, `.`, classes, `^ $ |`, groups
and greedy repeats. Look-around, back-references, digit classes (their letters differ)
and repeats of groups (they can take exponential time in Python and Java) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

MAX_LENGTH: Final = 200
# Ways in which repeats and alternatives may combine at one place of the text: what a
# search that backtracks can cost. An open repeat counts as the letters of a long name.
MAX_WAYS: Final = 1000
_OPEN_REPEAT: Final = 200
_CLASS = re.compile(r"\[\^?(?:[^\[\]\\^&~-](?:-[^\[\]\\^&~-])?)+\]")
_REPEAT = re.compile(r"[*+?]|\{(\d{1,3})(,(\d{0,3}))?\}")
_PREFIXES = re.compile(r"\^(?:([^\\.\[\](){}*+?^$|]+)|\(([^\\.\[\](){}*+?^$]+)\))")
_SPECIAL: Final = frozenset("\\.[](){}*+?^$|")


def problem(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern (English, Vietnamese); None if it can be taken."""
    if len(pattern) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH}", f"dài quá {MAX_LENGTH} ký tự"
    found = _scan(pattern)
    if found is not None:
        return found
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error), "mẫu sai cú pháp"
    return None


def _scan(pattern: str) -> tuple[str, str] | None:
    at, ways, before = 0, 1, ""
    # Alternatives of the groups that are open, the whole pattern first.
    alternatives = [1]
    while at < len(pattern):
        piece, kind = _next_piece(pattern, at)
        if kind == "bad":
            return f"`{piece}` is not taken", f"không hỗ trợ `{piece}`"
        if kind == "repeat":
            if before not in ("one", "group") or (before == "group" and piece != "?"):
                return f"`{piece}` may not stand here", f"`{piece}` đặt sai chỗ"
            ways *= _repeats(piece)
        elif kind == "open":
            alternatives.append(1)
        elif kind == "group" and len(alternatives) > 1:
            ways *= alternatives.pop()
        elif piece == "|":
            alternatives[-1] += 1
        at += len(piece)
        before = kind
    if ways * alternatives[0] > MAX_WAYS:
        return (
            "repeats and alternatives combine in too many ways",
            "phép lặp và lựa chọn kết hợp quá nhiều cách",
        )
    return None


def _repeats(piece: str) -> int:
    """In how many ways one repeat can match."""
    match = _REPEAT.fullmatch(piece)
    if match is None or piece == "?":
        return 2
    least, comma, most = match.groups()
    if least is None or (comma and not most):
        return _OPEN_REPEAT
    return max(1, int(most) - int(least) + 1) if comma else 1


def _next_piece(pattern: str, at: int) -> tuple[str, str]:
    letter = pattern[at]
    repeat = _REPEAT.match(pattern, at)
    if repeat:
        return repeat[0], "repeat"
    if letter == "[":
        found = _CLASS.match(pattern, at)
        return (found[0], "one") if found else (pattern[at : at + 8], "bad")
    if letter == "(":
        if pattern.startswith("(?", at):
            return pattern[at : at + 3], "bad"
        return letter, "open"
    if letter == ")":
        return letter, "group"
    if letter in "^$|":
        return letter, "mark"
    if letter == "." or letter not in _SPECIAL:
        return letter, "one"
    return letter, "bad"


def searcher(pattern: str) -> Callable[[str], object]:
    """The compiled search of an accepted pattern."""
    # `$` is the end of the text, as in RE2; Python would allow a line feed after it.
    end = re.sub(r"\[[^\]]*\]|\$", lambda m: r"\Z" if m[0] == "$" else m[0], pattern)
    return re.compile(end).search


def literal_prefixes(pattern: str) -> tuple[str, ...] | None:
    """The beginnings that `^abc` or `^(ab|cd)` asks for; None for any other pattern."""
    match = _PREFIXES.fullmatch(pattern)
    if match is None:
        return None
    return (match[1],) if match[1] else tuple(match[2].split("|"))
