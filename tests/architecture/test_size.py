"""A module fits in the head, a function on a screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 300
FUNCTION_LINES = 40
EXCEPTIONS = Path(__file__).with_name("size_exceptions.txt")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def too_long(project) -> Iterator[tuple[str, int]]:
    """Place and lines of every module and function over its limit."""
    for path in project.python():
        lines = len(project.text(path).splitlines())
        if lines > MODULE_LINES:
            yield str(path), lines
        for node in ast.walk(project.tree(path)):
            if isinstance(node, FUNCTIONS):
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION_LINES:
                    yield f"{path}:{node.name}", length


def exceptions() -> dict[str, int]:
    rows = [
        line.split()
        for line in EXCEPTIONS.read_text().splitlines()
        if line and not line.startswith("#")
    ]
    return {place: int(lines) for place, lines in rows}


def test_modules_and_functions_stay_short(project):
    allowed = exceptions()
    wrong = [
        f"{place} has {lines} lines"
        for place, lines in too_long(project)
        if lines > allowed.get(place, 0)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_list_of_exceptions_only_shrinks(project):
    found = dict(too_long(project))
    stale = [
        f"{place}: listed with {lines}, has {found.get(place, 'no excess')}"
        for place, lines in exceptions().items()
        if found.get(place) != lines
    ]
    assert not stale, "\n".join(stale)


def test_functions_are_not_nested(project):
    """A function inside a function hides; tests may keep a small fake in place."""
    wrong = []
    for path in project.python():
        if path.parts[0] == "tests":
            continue
        for outer in ast.walk(project.tree(path)):
            if not isinstance(outer, FUNCTIONS):
                continue
            wrong += [
                f"{path}:{inner.lineno} {outer.name} → {inner.name}"
                for inner in ast.walk(outer)
                if inner is not outer and isinstance(inner, FUNCTIONS)
            ]
    assert not wrong, "\n".join(wrong)
