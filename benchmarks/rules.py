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

from lakehouse.contracts import load_contracts
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.criterion import Criterion, load_criteria
from lakehouse.rules.rule_set import RuleSet
from lakehouse.settings import PROJECT_ROOT

DAY = date(2026, 11, 3)
LINES = 25
DECLARATIONS = 200
SAMPLE = PROJECT_ROOT / "ingestion/ref/sample/risk_criterion.yml"
OFFICES = ("03CC", "02CI", "51C1", "01TB", "18A3", "43ND", "15BB", "28NK")
NAMES = ("Bộ sạc nguồn điện, mới 100 %", "Vải dệt kim đã nhuộm", "Bu lông thép M12")
Case = tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], list[Any]]


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


def criterion(number: int, condition: str) -> Criterion:
    """A criterion of the given condition."""
    return Criterion(
        code=f"BM-{number:05}",
        version=1,
        title_vi="Đo tốc độ",
        layer="score",
        scope="line",
        condition=condition,
        weight=1,
        guidance_vi="Đo tốc độ.",
        legal_basis="SAMPLE",
        owner="SAMPLE",
        classification="internal",
        valid_from=date(2026, 1, 1),
        status="active",
        author="SAMPLE-A",
        approver="SAMPLE-B",
        example_fires="{}",
        example_silent="{}",
        is_sample=True,
    )


def indexed_condition(random: Random, codes: list[str], number: int) -> str:
    """Goods, party or office, and something about them: what officers write most."""
    code = random.choice(codes)
    unit_value = "double(line.customs_value_vnd) / double(line.first_quantity)"
    match number % 10:
        case 0:
            return (
                f'declaration.importer_tax_code == "{random.randrange(10**9):010}"'
                f" && line.customs_value_vnd > {random.randrange(10**9)}"
            )
        case 1:
            return (
                f'declaration.office_code == "{random.choice(OFFICES)}"'
                f' && line.hs_code.startsWith("{code[:6]}")'
            )
        case 2 | 3:
            return (
                f'line.hs_code == "{code}" && line.origin_country_code == "CN"'
                f" && line.customs_value_vnd > {random.randrange(8, 10) * 10**8}"
            )
        case 4 | 5:
            return (
                f'line.hs_code.startsWith("{code[:6]}") && {unit_value}'
                f" < {random.randrange(1, 9) * 10}.0"
            )
        case 6 | 7:
            return (
                f'line.hs_code.startsWith("{code[:4]}")'
                ' && declaration.kind_code in ["A11", "A41"]'
                f' && line.goods_name.contains("M{random.randrange(10, 90)}")'
            )
        case _:
            return (
                f'line.hs_code in ["{code}", "{random.choice(codes)}"]'
                " && price.line_count_365d >= 30"
                f" && {unit_value} < 0.{random.randrange(2, 7)}"
                " * price.median_unit_price_vnd"
            )


def declaration(random: Random, codes: list[str]) -> Case:
    """A declaration of 25 lines, its enterprise and the prices of its goods."""
    value = random.randrange(10**8, 10**10)
    header = {
        "is_low_value": False,
        "direction_code": "import",
        "kind_code": random.choice(("A11", "A12", "E31")),
        "office_code": random.choice(OFFICES),
        "importer_tax_code": f"{random.randrange(10**9):010}",
        "partner_country_code": random.choice(("CN", "KR", "JP")),
        "transport_mode_code": "2",
        "trader_class_code": "4",
        "incoterm_code": "CIF",
        "payment_method_code": "TTR",
        "first_bill_no": "COSU6123456789",
        "package_type_code": "CT",
        "package_qty": 900,
        "gross_weight_kg": Decimal(random.randrange(10**6, 10**8)) / 10**4,
        "container_qty": 2,
        "customs_value_vnd": value,
        "registered_date": DAY,
        "transport_date": date(2026, 11, 1),
        "invoice_date": date(2026, 10, 20),
        "line_count": LINES,
    }
    lines = [
        goods_line(random, codes, number, header) for number in range(1, LINES + 1)
    ]
    return header, lines, enterprise(random), [price(random, line) for line in lines]


def goods_line(
    random: Random, codes: list[str], number: int, header: Mapping[str, Any]
) -> dict[str, Any]:
    """One line; firms of export production write the material code before the name."""
    name = random.choice(NAMES)
    if header["kind_code"] == "E31":
        name = f"NL{number:03}#&{name}"
    return {
        "line_no": number,
        "hs_code": random.choice(codes),
        "goods_name": name,
        "origin_country_code": header["partner_country_code"],
        "tariff_table_code": "B01",
        "first_quantity": Decimal(random.randrange(100, 10**7)) / 100,
        "first_quantity_unit_code": "PCE",
        "customs_value_vnd": random.randrange(10**6, 10**9),
    }


def enterprise(random: Random) -> dict[str, Any]:
    """Activity of a firm that is known for years."""
    count = random.randrange(20, 900)
    return {
        "first_declaration_date": date(2021, 5, 4),
        "last_declaration_date": date(2026, 11, 1),
        "declaration_count_365d": count,
        "import_declaration_count_365d": count // 2,
        "export_declaration_count_365d": count - count // 2,
        "customs_value_vnd_365d": count * 3 * 10**9,
        "red_count_365d": count // 30,
        "yellow_count_365d": count // 3,
        "amended_count_365d": count // 20,
        "chapter_count_365d": 6,
        "origin_count_365d": 3,
        "office_count_365d": 2,
    }


def price(random: Random, line: Mapping[str, Any]) -> dict[str, Any] | None:
    """Prices of goods around the declared one; one line in twenty has none."""
    if random.random() < 0.05:
        return None
    declared = float(line["customs_value_vnd"]) / float(line["first_quantity"])
    median = declared * random.lognormvariate(0, 0.5)
    return {
        "line_count_365d": random.randrange(1, 900),
        "median_unit_price_vnd": median,
        "p05_unit_price_vnd": median / 2.3,
        "p95_unit_price_vnd": median * 2.3,
    }


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
