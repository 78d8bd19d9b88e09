"""The Great Expectations suite of a table, run on its rows: the second opinion.

The gate answers each run in one query. The suite asks the same of golden days and of
each night, by other people's code; a test holds the two verdicts equal.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lakehouse.contracts import Table
from lakehouse.derive.to_gate import gate_checks
from lakehouse.derive.to_gx import to_gx
from lakehouse.gate import UNIQUE_CHECK, Outcome, Verdict

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def run_suite(table: Table, frame: DataFrame) -> Verdict:
    """Run the suite of a table on a frame with the contract's columns.

    A failed key counts rows here and keys in the gate, so compare codes, not counts.
    """
    # A national system calls nobody; and the import costs seconds, so it is late.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    suite = gx.ExpectationSuite(**to_gx(table))
    asset = context.data_sources.add_spark("engine", persist=False).add_dataframe_asset(
        table.name
    )
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
        {"dataframe": frame}
    )
    found = {_code(result): _failed(result) for result in batch.validate(suite).results}
    checks = (UNIQUE_CHECK, *gate_checks(table))
    return Verdict(
        table=table.name,
        rows=frame.count(),
        outcomes=tuple(
            Outcome(
                code=check.code,
                severity=check.severity,
                failed=found[check.code],
                message_vi=check.message_vi,
                message_en=check.message_en,
            )
            for check in checks
        ),
    )


def _code(result: Any) -> str:  # noqa: ANN401 - Great Expectations has no types here
    """Code of the check that an expectation stands for."""
    return str(result.expectation_config.meta["code"])


def _failed(result: Any) -> int:  # noqa: ANN401 - as above
    """Rows that fail one expectation; 0 only where it succeeded."""
    if result.success:
        return 0
    counts = result.result
    return int(counts.get("unexpected_count") or counts.get("observed_value") or 1)
