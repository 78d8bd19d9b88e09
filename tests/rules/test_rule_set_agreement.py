"""A rule set behind its index says what each condition says by itself."""

from datetime import date
from functools import lru_cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakehouse.rules.closure import Closure, to_closure
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.criterion import Criterion
from lakehouse.rules.errors import ConditionError
from lakehouse.rules.nodes import read_names
from lakehouse.rules.rule_set import RuleSet
from tests.rules.conditions import (
    CATALOGUE,
    LISTS,
    STRINGS,
    SUBSTRINGS,
    Conditions,
    random_row,
)

DAY = date(2026, 11, 3)
HEADER = ("declaration", "enterprise")


def criterion(number: int, scope: str, condition: str) -> Criterion:
    return Criterion(
        code=f"RS-{number:03}",
        version=1,
        title_vi="Tiêu chí thử",
        layer="score",
        scope=scope,
        condition=condition,
        weight=number % 7 + 1,
        guidance_vi="Kiểm tra.",
        legal_basis="SAMPLE",
        owner="SAMPLE",
        classification="internal",
        valid_from=date(2026, 1, 1),
        status="active",
        author="A",
        approver="B",
        example_fires="{}",
        example_silent="{}",
        is_sample=True,
    )


def indexable(random: Random) -> str:
    """Something that a condition requires of a column, as authors write it."""
    value, other = random.choice(STRINGS), random.choice(STRINGS)
    name = random.choice(("line.hs_code", "declaration.kind_code", "line.goods_name"))
    return random.choice(
        (
            f'line.hs_code.startsWith("{value}")',
            f'line.hs_code.matches("^(85|{other or "84"})")',
            f'({name} == "{value}" || {name}.startsWith("{other}"))',
            f'{name} in ["{value}", "{other}"]',
            f'has({name}) && {name} == "{value}"',
            f"{name} in lists.watched",
            f'"{value}" == declaration.office_code',
        )
    )


def of_a_kind(random: Random) -> str:
    """A requirement on the kind of declaration, which sets are compiled for."""
    return random.choice(
        (
            "!declaration.is_low_value",
            "declaration.is_low_value",
            "declaration.is_low_value == false",
            'declaration.direction_code == "import"',
            'declaration.direction_code in ["export", "transit"]',
            '!declaration.is_low_value && declaration.direction_code == "import"',
            '(declaration.is_low_value || declaration.direction_code == "export")',
            "has(declaration.is_low_value)",
        )
    )


def random_criteria(random: Random, count: int) -> list[Criterion]:
    made: list[Criterion] = []
    while len(made) < count:
        text = Conditions(random, divides_by_zero=True).condition(2)
        if random.random() < 0.7:
            text = f"{indexable(random)} && ({text})"
        if random.random() < 0.5:
            text = f"{of_a_kind(random)} && {text}"
        if "line." in text or "price." in text:
            scope = "line"
        else:
            scope = random.choice(("line", "declaration"))
        row = criterion(len(made), scope, text)
        try:
            compile_condition(text, CATALOGUE, LISTS, scope)
        except ConditionError:
            continue
        made.append(row)
    return made


def of_some_line(random: Random) -> str:
    """A requirement that is asked of whole columns before it is asked of lines."""
    value, number = random.choice(SUBSTRINGS), random.choice((-7, 0, 2, 10, 500))
    operator = random.choice(("<", "<=", ">", ">="))
    return random.choice(
        (
            f'line.goods_name.contains("{value}")',
            f'line.hs_code.endsWith("{value}")',
            f"line.customs_value_vnd {operator} {number}",
            f"line.first_quantity {operator} {number}.5",
        )
    )


def criteria_on_columns(random: Random, count: int) -> list[Criterion]:
    texts = [
        f" {random.choice(('&&', '||'))} ".join(of_some_line(random) for _ in range(2))
        for _ in range(count)
    ]
    return [criterion(number, "line", text) for number, text in enumerate(texts)]


def random_declaration(random: Random, missing: float = 0.2) -> tuple[Any, ...]:
    head = random_row(random, missing)
    rows = [random_row(random, missing) for _ in range(random.randint(0, 6))]
    enterprise = None if random.random() < 0.2 else head["enterprise"]
    prices = [None if random.random() < 0.3 else row["price"] for row in rows]
    return head["declaration"], [row["line"] for row in rows], enterprise, prices


@lru_cache(maxsize=1000)
def alone(condition: str, scope: str) -> tuple[tuple[str, ...], Closure]:
    node = compile_condition(condition, CATALOGUE, LISTS, scope)
    return read_names(node), to_closure(node, LISTS)


def expected(
    row: Criterion, declaration: Any, lines: Any, enterprise: Any, prices: Any
) -> tuple[list[int], list[int], set[str]]:
    """Lines that fire, lines without a verdict, names that are missing."""
    names, closure = alone(row.condition, row.scope)
    fired, unknown, missing = [], [], set()
    for i in range(len(lines)) if row.scope == "line" else (-1,):
        line = lines[i] if i >= 0 else {}
        price = (prices[i] if i >= 0 else None) or {}
        rows = {
            "declaration": declaration,
            "enterprise": enterprise or {},
            "line": line,
            "price": price,
        }
        verdict = closure.verdict(**rows)
        if verdict:
            fired.append(i + 1)
        elif verdict is None:
            unknown.append(i + 1)
            parts = [name.split(".") for name in names]
            values = tuple(rows[group].get(column) for group, column in parts)
            missing.update(closure.missing(values))
    return fired, unknown, missing


def assert_same_by_itself(
    random: Random, rows: list[Criterion], declarations: int, absent: float = 0.2
) -> None:
    rule_set = RuleSet.build(rows, CATALOGUE, LISTS, DAY)
    for _ in range(declarations):
        case = random_declaration(random, absent)
        verdicts = rule_set.evaluate(*case)
        fired = {found.code: found for found in verdicts.fired}
        unknown = {found.code: found for found in verdicts.not_evaluated}
        score = 0
        for row in rows:
            holds, open_lines, missing = expected(row, *case)
            assert (row.code in fired) == bool(holds), row.condition
            assert (row.code in unknown) == bool(open_lines), row.condition
            on_line = row.scope == "line"
            if holds:
                score += row.weight
                numbers = tuple(holds) if on_line else ()
                assert fired[row.code].line_no == numbers, row.condition
            if open_lines:
                numbers = tuple(open_lines) if on_line else ()
                assert unknown[row.code].line_no == numbers, row.condition
                assert missing, row.condition
                assert set(unknown[row.code].missing) == missing, row.condition
        assert verdicts.score == score


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_the_index_loses_no_verdict(random):
    assert_same_by_itself(random, random_criteria(random, 4), 3)


def test_a_set_of_many_criteria_says_what_each_says_by_itself():
    random = Random(2)
    assert_same_by_itself(random, random_criteria(random, 80), 25)


def test_lines_that_lack_nothing_get_the_same_verdicts():
    random = Random(3)
    assert_same_by_itself(random, random_criteria(random, 80), 25, absent=0)


@pytest.mark.parametrize("absent", [0, 0.05])
def test_what_whole_columns_tell_changes_no_verdict(absent):
    random = Random(4)
    assert_same_by_itself(random, criteria_on_columns(random, 30), 60, absent)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_large_sets_say_what_each_criterion_says_by_itself(seed):
    random = Random(seed)
    assert_same_by_itself(random, random_criteria(random, 300), 60)


def test_the_order_of_criteria_does_not_matter():
    random = Random(9)
    rows = random_criteria(random, 40)
    case = random_declaration(random)
    one = RuleSet.build(rows, CATALOGUE, LISTS, DAY)
    two = RuleSet.build(rows[::-1], CATALOGUE, LISTS, DAY)
    assert one.hash == two.hash
    assert one.evaluate(*case) == two.evaluate(*case)
