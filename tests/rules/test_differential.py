"""Three evaluators agree on every verdict: the closure, an independent CEL, and SQL."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import cel
import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakehouse.rules.closure import to_closure
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.errors import ConditionError
from lakehouse.rules.nodes import Node
from lakehouse.rules.text import to_text
from lakehouse.rules.to_sql import to_sql
from tests.rules.conditions import CATALOGUE, LISTS, Conditions, random_row

ROWS = 40
_DATE = re.compile(r'date\("([0-9-]+)"\)')
# What DuckDB calls otherwise.
MACROS = """
create macro datediff(a, b) as a - b;
create macro unix_micros(t) as epoch_us(t);
create macro regexp_like(s, p) as regexp_matches(s, p);
"""
ARROW_TYPES = {
    "string": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
}


def compiled(text: str) -> Node | None:
    """The tree, or None where the exact result would need too many digits."""
    try:
        return compile_condition(text, CATALOGUE, LISTS)
    except ConditionError as error:
        if error.code in ("type_mismatch", "too_many_choices", "too_deep"):
            return None
        raise


def make(random: Random, count: int, *, zero: bool) -> list[tuple[str, Node]]:
    """Conditions that are accepted."""
    made: list[tuple[str, Node]] = []
    while len(made) < count:
        text = Conditions(random, divides_by_zero=zero).condition()
        node = compiled(text)
        if node is not None:
            made.append((text, node))
    return made


def verdicts(node: Node, rows: list[dict[str, Any]]) -> list[bool | None]:
    verdict = to_closure(node, LISTS).verdict
    return [verdict(**row) for row in rows]


# An independent CEL evaluator


def for_cel(value: Any) -> Any:
    """The same value in the types of CEL; it has no decimals and no dates."""
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent >= 0 else float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def cel_context(row: dict[str, Any]) -> dict[str, Any]:
    context = {
        group: {
            column: float(value) if is_fraction(group, column) else for_cel(value)
            for column, value in values.items()
        }
        for group, values in row.items()
    }
    return {**context, "lists": {name: sorted(found) for name, found in LISTS.items()}}


def is_fraction(group: str, column: str) -> bool:
    kind = CATALOGUE.entries[f"{group}.{column}"].type.kind
    return kind in ("fraction", "double")


def cel_verdict(program: Any, context: dict[str, Any]) -> bool | None:
    try:
        return program.execute(context)
    except (KeyError, TypeError, ValueError, RuntimeError, ZeroDivisionError):
        return None


def assert_same_in_cel(random: Random, conditions: int) -> int:
    """Compare on random conditions; returns how many pairs had each verdict."""
    rows = [random_row(random) for _ in range(ROWS)]
    contexts = [cel_context(row) for row in rows]
    for text, node in make(random, conditions, zero=False):
        program = cel.compile(_DATE.sub(r'timestamp("\1T00:00:00Z")', text))
        theirs = [cel_verdict(program, context) for context in contexts]
        assert verdicts(node, rows) == theirs, text
    return conditions * len(rows)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_closure_agrees_with_an_independent_cel(random):
    assert_same_in_cel(random, 2)


def test_closure_agrees_with_an_independent_cel_on_ten_thousand_pairs():
    assert assert_same_in_cel(Random(7), 250) >= 10_000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_closure_agrees_with_an_independent_cel_on_many_pairs(seed):
    assert assert_same_in_cel(Random(seed), 1000) >= 40_000


def test_writing_a_tree_as_text_and_parsing_it_keeps_its_meaning():
    random = Random(3)
    rows = [random_row(random) for _ in range(ROWS)]
    for _, node in make(random, 100, zero=True):
        again = compile_condition(to_text(node), CATALOGUE, LISTS)
        assert verdicts(again, rows) == verdicts(node, rows)


# SQL


def arrow_rows(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows with one struct column a group, so that `line.hs_code` is a field."""
    columns = {}
    for group in ("declaration", "enterprise", "line", "price"):
        fields = [
            pa.field(name.split(".")[1], arrow_type(entry.type_text))
            for name, entry in CATALOGUE.entries.items()
            if entry.group == group
        ]
        kind = pa.struct(fields)
        columns[group] = pa.array([row[group] for row in rows], kind)
    return pa.table({"n": pa.array(range(len(rows))), **columns})


def arrow_type(text: str) -> pa.DataType:
    if text.startswith("decimal"):
        precision, scale = text[8:-1].split(",")
        return pa.decimal128(int(precision), int(scale))
    return ARROW_TYPES[text]


def select(made: list[tuple[str, Node]]) -> str:
    columns = [
        f"{to_sql(node, LISTS)} as c{place}" for place, (_, node) in enumerate(made)
    ]
    return f"select n, {', '.join(columns)} from samples order by n"


def assert_same_in_sql(
    made: list[tuple[str, Node]], rows: list[dict[str, Any]], result: pa.Table
) -> None:
    for place, (text, node) in enumerate(made):
        theirs = result.column(f"c{place}").to_pylist()
        assert verdicts(node, rows) == theirs, f"{text}\n{to_sql(node, LISTS)}"


def in_duckdb(random: Random, count: int) -> int:
    rows = [random_row(random) for _ in range(200)]
    connection = duckdb.connect()
    connection.execute(MACROS)
    connection.execute("set timezone = 'UTC'")
    connection.register("samples", arrow_rows(rows))
    pairs = 0
    for _ in range(0, count, 25):
        made = make(random, 25, zero=True)
        result = connection.execute(select(made)).to_arrow_table()
        assert_same_in_sql(made, rows, result)
        pairs += len(made) * len(rows)
    return pairs


def test_closure_agrees_with_sql_on_ten_thousand_pairs():
    assert in_duckdb(Random(11), 50) >= 10_000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_closure_agrees_with_sql_on_many_pairs(seed):
    assert in_duckdb(Random(seed), 500) >= 100_000


@pytest.mark.engine
def test_closure_agrees_with_sql_on_the_engine(spark):
    random = Random(5)
    rows = [random_row(random) for _ in range(200)]
    spark.createDataFrame(arrow_rows(rows)).createOrReplaceTempView("samples")
    for _ in range(3):
        made = make(random, 20, zero=True)
        assert_same_in_sql(made, rows, spark.sql(select(made)).toArrow())
