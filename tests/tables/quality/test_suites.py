"""Gate and Great Expectations suite follow from one contract and agree."""

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.derive.to_rows import to_rows
from lakehouse.derive.to_spark import spark_type
from lakehouse.gate import check_frame
from quality.suites import run_suite

CONTRACTS = load_contracts()
TABLES = [name for name in sorted(CONTRACTS.tables) if not name.startswith("raw.")]


def verdicts(table, frame) -> tuple[list[str], list[str]]:
    gate, suite = check_frame(table, frame), run_suite(table, frame)
    assert gate.rows == suite.rows
    return (
        [outcome.code for outcome in gate.failed],
        [outcome.code for outcome in suite.failed],
    )


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.parametrize("name", TABLES)
def test_both_agree_on_a_row_of_the_builder_and_on_its_double(spark, name):
    table = CONTRACTS.table(name)
    gate, suite = verdicts(table, spark.createDataFrame(to_rows(table, [{}, {}])))
    assert gate == suite
    assert "unique_key" in gate


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.parametrize("name", TABLES)
def test_both_agree_on_a_row_of_empty_values(spark, name):
    table = CONTRACTS.table(name)
    columns = ", ".join(
        f"cast(null as {spark_type(column)}) as {name}"
        for name, column in table.columns.items()
    )
    gate, suite = verdicts(table, spark.sql(f"select {columns}"))
    assert gate == suite
    assert any(code.startswith("required.") for code in gate)
