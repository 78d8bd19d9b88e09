"""Microseconds to evaluate a rule set, beside plain loops of two other evaluators."""

from __future__ import annotations

import gc
import os
import re
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import cel
import zen

from benchmarks.rule_cases import DAY, Case, criterion, declaration, indexed_condition
from lakehouse.contracts import load_contracts
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.criterion import load_criteria
from lakehouse.rules.rule_set import RuleSet
from lakehouse.settings import PROJECT_ROOT

DECLARATIONS = 200
SAMPLE = PROJECT_ROOT / "ingestion/ref/sample/risk_criterion.yml"


def run() -> dict[str, float]:
    """Median and p99 of `RuleSet.evaluate`, and how much slower the peers are."""
    short = bool(os.environ.get("BENCH_SHORT"))
    random = Random(2026)
    catalogue = Catalogue.from_contracts(load_contracts())
    codes = [f"{n:08}" for n in random.sample(range(1_000_000, 97_999_999), 1200)]
    cases = [declaration(random, codes) for _ in range(DECLARATIONS)]
    samples = load_criteria(SAMPLE)
    indexed = [criterion(n, indexed_condition(random, codes, n)) for n in range(2000)]
    mixed = [*samples, *indexed[: 200 - len(samples)]]
    small = RuleSet.build(mixed, catalogue, {}, DAY)
    started = time.perf_counter()
    large = RuleSet.build(indexed, catalogue, {}, DAY)
    seconds = time.perf_counter() - started
    rounds = 3 if short else 25
    measures = {
        **timed("criteria_200", small, cases, rounds),
        **timed("criteria_2000_indexed", large, cases, rounds),
        "build_2000_seconds": seconds,
    }
    few = cases[: 2 if short else 10]
    measures["cel_loop_200_ratio"] = slower(small, cel_loop(small), few)
    measures["cel_loop_2000_ratio"] = slower(large, cel_loop(large), few[:3])
    measures["zen_loop_2000_ratio"] = slower(large, zen_loop(large), few[:3])
    return {name: round(value, 2) for name, value in measures.items()}


def timed(
    name: str, rule_set: RuleSet, cases: list[Case], rounds: int
) -> dict[str, float]:
    """Median and p99 over cases, each the best of several rounds.

    The best of rounds is what the code costs; other programs on the machine do not
    belong to it.
    """
    best = [float("inf")] * len(cases)
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for place, case in enumerate(cases):
            begun = time.perf_counter()
            rule_set.evaluate(*case)
            best[place] = min(best[place], time.perf_counter() - begun)
    best.sort()
    return {
        f"{name}_median_us": statistics.median(best) * 1e6,
        f"{name}_p99_us": best[int(len(best) * 0.99)] * 1e6,
    }


Fired = set[tuple[str, int]]


def slower(rule_set: RuleSet, peer: Loop, cases: list[Case]) -> float:
    """How many times longer a peer takes for the same verdicts, median of cases.

    Raises:
        AssertionError: it gives other verdicts.
    """
    ratios = []
    for case in cases:
        mine = min(_timed_once(rule_set, case) for _ in range(20))
        theirs, fired = peer(case)
        found = rule_set.evaluate(*case).fired
        expected = {(one.code, no) for one in found for no in one.line_no or (0,)}
        assert fired == expected, fired ^ expected
        ratios.append(theirs / mine)
    return statistics.median(ratios)


def _timed_once(rule_set: RuleSet, case: Case) -> float:
    begun = time.perf_counter()
    rule_set.evaluate(*case)
    return time.perf_counter() - begun


def cel_loop(rule_set: RuleSet) -> Loop:
    """Each condition on each line by `common-expression-language` (Rust)."""
    programs = [
        (row.code, row.scope == "line", cel.compile(row.condition))
        for row in rule_set.criteria
        if row.layer != "random"
    ]
    return Loop(programs, _cel_context, _cel_holds)


def _cel_context(row: dict[str, Any]) -> object:
    return cel.Context(variables=row)


def _cel_holds(program: Any, context: object) -> bool:  # noqa: ANN401 - untyped peer
    try:
        return bool(program.execute(context))
    except (KeyError, TypeError):
        return False  # a value is missing


def zen_loop(rule_set: RuleSet) -> Loop:
    """Each condition on each line by `zen-engine` (Rust)."""
    programs = [
        (row.code, True, zen.compile_expression(for_zen(row.condition)))
        for row in rule_set.criteria
    ]
    return Loop(programs, _zen_context, _zen_holds)


def _zen_context(row: dict[str, Any]) -> object:
    # It has no dates; the conditions that it is asked read none.
    return {
        group: {name: v for name, v in values.items() if not isinstance(v, datetime)}
        for group, values in row.items()
    }


def _zen_holds(program: Any, context: object) -> bool:  # noqa: ANN401 - untyped peer
    try:
        return bool(program.evaluate(context))
    except RuntimeError:
        return False  # a value is missing


def for_zen(condition: str) -> str:
    """The same condition in the expression language of zen."""
    text = re.sub(r"double\(([a-z0-9_.]+)\)", r"\1", condition)
    text = re.sub(r"([a-z_.]+)\.(startsWith|contains)\(", r"\2(\1, ", text)
    return text.replace("&&", "and").replace("||", "or")


class Loop:
    """A plain loop of a peer; converting the rows to its types is not counted."""

    def __init__(
        self,
        programs: list[tuple[str, bool, Any]],
        prepare: Callable[[dict[str, Any]], object],
        holds: Callable[[Any, object], bool],
    ) -> None:
        self._programs = programs
        self._prepare = prepare
        self._holds = holds

    def __call__(self, case: Case) -> tuple[float, Fired]:
        """Seconds, and which criterion holds on which line."""
        header, lines, firm, prices = case
        rows = [
            (line["line_no"], self._prepare(_context(header, firm, line, found or {})))
            for line, found in zip(lines, prices, strict=True)
        ]
        whole = [(0, self._prepare(_context(header, firm, {}, {})))]
        holds = self._holds
        begun = time.perf_counter()
        fired = {
            (code, number)
            for code, on_lines, program in self._programs
            for number, context in (rows if on_lines else whole)
            if holds(program, context)
        }
        return time.perf_counter() - begun, fired


def _context(*groups: Mapping[str, Any]) -> dict[str, Any]:
    names = ("declaration", "enterprise", "line", "price")
    return {
        name: {column: _plain(value) for column, value in row.items()}
        for name, row in zip(names, groups, strict=True)
    }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value
