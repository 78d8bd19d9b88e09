"""The gate before a table: what its rows fail, who may pass, and who is set aside."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from lakehouse import time
from lakehouse.contracts import Table
from lakehouse.derive.to_gate import (
    UNIQUE_KEY,
    GateCheck,
    Severity,
    gate_checks,
    gate_sql,
    quarantine_condition,
    rejection_sql,
)
from lakehouse.errors import DataRefused
from lakehouse.refused import append_refused
from lakehouse.runs import Run
from lakehouse.tables import rows_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

UNIQUE_CHECK = GateCheck(
    code=UNIQUE_KEY,
    severity="block",
    holds="",
    message_vi="Khóa bị trùng",
    message_en="Two rows share a key",
    column=UNIQUE_KEY,
)


class Outcome(msgspec.Struct, frozen=True):
    """What one check found."""

    code: str
    severity: Severity
    failed: int
    message_vi: str
    message_en: str


class Verdict(msgspec.Struct, frozen=True):
    """What the gate of one table found; `outcomes` holds every check, failed or not."""

    table: str
    rows: int
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Checks that at least one row fails."""
        return tuple(outcome for outcome in self.outcomes if outcome.failed)

    def of(self, severity: Severity) -> tuple[Outcome, ...]:
        """Failed checks of one severity."""
        return tuple(one for one in self.failed if one.severity == severity)

    def require_open(self) -> None:
        """Let the writer go on.

        Raises:
            DataRefused: a check of severity `block` fails.
        """
        closed = self.of("block")
        if closed:
            found = "; ".join(
                f"{one.code} {one.message_en} ({one.failed} of {self.rows} rows)"
                for one in closed
            )
            raise DataRefused(
                "gate_closed",
                f"{self.table}: {found}",
                "Correct the source or the transform; nothing was written",
            )

    def records(self, run_seq: int, ended_at: datetime) -> list[dict[str, object]]:
        """Rows of `ops.quality`, one for each check of the gate."""
        return [
            {
                "run_seq": run_seq,
                "table_name": self.table,
                "check_code": one.code,
                "check_severity": one.severity,
                "failed_count": one.failed,
                "row_count": self.rows,
                "ended_at": ended_at,
            }
            for one in self.outcomes
        ]


def guard(run: Run, table: Table, frame: DataFrame) -> DataFrame:
    """Let rows into a table: count every check, set rows aside, or stop.

    Each check becomes a row of `ops.quality`; rows that fail a check of severity
    `quarantine` become rows of `ops.rejected`, once.

    Args:
        frame: rows that are to be written; it is read more than once.

    Returns:
        The rows that may be written.

    Raises:
        DataRefused: a check of severity `block` fails, or two rows share a key.
    """
    verdict = check_frame(table, frame)
    records = verdict.records(run.seq, time.now())
    run.lake.append("ops.quality", rows_of("ops.quality", records, run.lake))
    verdict.require_open()
    if not verdict.of("quarantine"):
        return frame
    reasons = {
        check.code: (check.message_vi, check.message_en) for check in gate_checks(table)
    }
    place = _place(run, table, frame.columns)
    refused = refused_rows(table, frame).selectExpr(*place).toArrow()
    append_refused(run, table.name, reasons, refused)
    return kept_rows(table, frame)


def _place(run: Run, table: Table, columns: Collection[str]) -> list[str]:
    """Select list of `append_refused`; core rows no longer know their file."""
    seen = [name for name in table.columns if name in columns]
    moment = f"timestamp '{run.started_at.isoformat()}'"
    known = "known_from" if "known_from" in columns else moment
    instead = {
        # Rows of several batches may stand together here.
        "_batch_seq": "0",
        "_source_file": "cast(null as string)",
        "_source_offset": "cast(null as bigint)",
        "_received_at": f"coalesce({known}, {moment})",
    }
    return [
        "_rejection_code as code",
        f"to_json(struct({', '.join(seen)})) as payload",
        *(
            name if name in columns else f"{value} as {name}"
            for name, value in instead.items()
        ),
    ]


def check_frame(table: Table, frame: DataFrame, *, unique_key: bool = True) -> Verdict:
    """Ask the gate of a table about rows that are to enter it.

    Args:
        frame: the contract's columns; technical ones may be missing.
        unique_key: False where the writer proves uniqueness itself.
    """
    view = "gate_of_" + table.name.replace(".", "__")
    frame.createOrReplaceTempView(view)
    return check_table(frame.sparkSession, table, view, unique_key=unique_key)


def check_table(
    spark: SparkSession, table: Table, source: str = "", *, unique_key: bool = True
) -> Verdict:
    """Ask the gate of a table about rows that stand under a name in the engine."""
    query = gate_sql(table, source or table.name, unique_key=unique_key)
    (found,) = spark.sql(query).collect()
    checks = (*((UNIQUE_CHECK,) if unique_key else ()), *gate_checks(table))
    return Verdict(
        table=table.name,
        rows=int(found["row_count"]),
        outcomes=tuple(
            Outcome(
                code=check.code,
                severity=check.severity,
                failed=int(found[check.column]),
                message_vi=check.message_vi,
                message_en=check.message_en,
            )
            for check in checks
        ),
    )


def kept_rows(table: Table, frame: DataFrame) -> DataFrame:
    """Rows that hold every check of severity `quarantine`."""
    condition = quarantine_condition(table)
    return frame if condition is None else frame.where(condition)


def refused_rows(table: Table, frame: DataFrame) -> DataFrame:
    """The other rows, with `_rejection_code`, `_reason_vi` and `_reason_en`.

    A row has the first check that it fails, in the order of `gate_checks`.
    """
    code = rejection_sql(table)
    if code is None:
        return frame.selectExpr(
            "*",
            *(f"cast(null as string) as {name}" for name in _REASON_COLUMNS),
        ).where("false")
    messages = {
        "_reason_vi": {check.code: check.message_vi for check in gate_checks(table)},
        "_reason_en": {check.code: check.message_en for check in gate_checks(table)},
    }
    return (
        frame.selectExpr("*", f"{code} as _rejection_code")
        .where("_rejection_code is not null")
        .selectExpr("*", *(_message(name, of) for name, of in messages.items()))
    )


_REASON_COLUMNS = ("_rejection_code", "_reason_vi", "_reason_en")


def _message(name: str, messages: dict[str, str]) -> str:
    cases = " ".join(
        f"when '{code}' then '{_quoted(text)}'" for code, text in messages.items()
    )
    return f"case _rejection_code {cases} end as {name}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
