"""The gate of a contract, its verdict, and who may pass."""

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.derive.to_gate import gate_checks, gate_sql
from lakehouse.derive.to_rows import to_rows
from lakehouse.errors import DataRefused
from lakehouse.gate import (
    Outcome,
    Verdict,
    check_frame,
    guard,
    kept_rows,
    refused_rows,
)
from lakehouse.runs import start_run

EVENT = load_contracts().table("core.vnaccs__declaration_event")
ACTIVITY = load_contracts().table("feat.enterprise__activity")


def failed_codes(verdict: Verdict) -> list[str]:
    return [outcome.code for outcome in verdict.failed]


def test_a_required_value_is_set_aside_in_core_and_stops_to_the_right_of_it():
    severities = {check.code: check.severity for check in gate_checks(EVENT)}
    assert severities["required.event_id"] == "quarantine"
    severities = {check.code: check.severity for check in gate_checks(ACTIVITY)}
    assert severities["required.tax_code"] == "block"


def test_technical_columns_are_not_asked_for():
    assert "_run_seq" not in gate_sql(EVENT, "rows_to_enter")


def test_records_of_a_verdict_are_rows_of_ops_quality(frozen_now):
    verdict = Verdict("core.vnaccs__declaration_event", 3, ())
    assert verdict.records(7, frozen_now) == []
    columns = load_contracts().table("ops.quality").columns
    full = check_of("VNACCS-021", failed=2).records(7, frozen_now)
    assert [set(row) for row in full] == [set(columns)]


def test_a_failed_block_closes_the_gate_with_code_and_count():
    with pytest.raises(DataRefused, match=r"FEAT-001 .*\(2 of 5 rows\)"):
        check_of("FEAT-001", failed=2, severity="block").require_open()


def test_warnings_let_the_writer_go_on():
    check_of("VNACCS-022", failed=5, severity="warn").require_open()


def check_of(code: str, failed: int, severity: str = "warn") -> Verdict:
    outcome = Outcome(code, severity, failed, "sai", "wrong")
    return Verdict("core.vnaccs__declaration_event", 5, (outcome,))


def let_in(lake, frame):
    with start_run(lake, "test") as run:
        return guard(run, EVENT, frame)


@pytest.mark.engine
class TestOnTheEngine:
    def frame(self, spark, *rows):
        return spark.createDataFrame(to_rows(EVENT, rows))

    def test_good_rows_fail_nothing(self, spark):
        verdict = check_frame(EVENT, self.frame(spark, {"event_id": "A"}))
        assert (verdict.rows, verdict.failed) == (1, ())

    def test_no_rows_fail_nothing(self, spark):
        verdict = check_frame(EVENT, self.frame(spark, {}).where("false"))
        assert (verdict.rows, verdict.failed) == (0, ())

    def test_a_doubled_key_is_found_once(self, spark):
        twice = [{"event_id": "A"}, {"event_id": "A"}, {"event_id": "B"}]
        verdict = check_frame(EVENT, self.frame(spark, *twice))
        assert failed_codes(verdict) == ["unique_key"]
        assert verdict.failed[0].failed == 1

    @pytest.mark.parametrize("unique_key", [True, False])
    def test_a_row_that_breaks_a_check_is_counted_under_its_code(
        self, spark, unique_key
    ):
        rows = [{"event_id": "A", "channel_code": "7"}, {"event_id": "B"}]
        frame = self.frame(spark, *rows)
        verdict = check_frame(EVENT, frame, unique_key=unique_key)
        assert failed_codes(verdict) == ["VNACCS-021"]

    def test_quarantined_rows_are_kept_apart_with_code_and_both_reasons(self, spark):
        rows = [{"event_id": "A", "channel_code": "7"}, {"event_id": "B"}]
        frame = self.frame(spark, *rows)
        assert [row.event_id for row in kept_rows(EVENT, frame).collect()] == ["B"]
        (refused,) = refused_rows(EVENT, frame).collect()
        assert (refused.event_id, refused._rejection_code) == ("A", "VNACCS-021")
        assert refused._reason_vi == "Mã luồng không phải 1, 2, 3"
        assert refused._reason_en == "Channel is not 1, 2 or 3"

    def test_a_warning_sets_nobody_aside(self, spark):
        late = {"server_at": None, "event_id": "A"}
        frame = self.frame(spark, late)
        assert kept_rows(EVENT, frame).count() == 1
        assert refused_rows(EVENT, frame).count() == 0

    def test_a_table_without_quarantine_keeps_all_rows(self, spark):
        frame = spark.createDataFrame(to_rows(ACTIVITY, [{}]))
        assert kept_rows(ACTIVITY, frame).count() == 1
        assert refused_rows(ACTIVITY, frame).collect() == []

    def test_guard_counts_every_check_and_sets_bad_rows_aside_once(self, spark, lake):
        rows = [{"event_id": "A", "channel_code": "7"}, {"event_id": "B"}]
        frame = self.frame(spark, *rows)
        for _ in range(2):
            passed = let_in(lake, frame)
        assert [row.event_id for row in passed.collect()] == ["B"]
        (refused,) = lake.read("ops.rejected").to_pylist()
        assert refused["rejection_code"] == "VNACCS-021"
        assert b'"event_id":"A"' in refused["rejected_payload"]
        assert refused["received_at"] == to_rows(EVENT, [{}])["known_from"][0].as_py()
        counted = lake.read("ops.quality", "select * from t where failed_count > 0")
        assert sorted(counted["run_seq"].to_pylist()) == [1, 2]

    def test_guard_writes_what_it_found_before_it_stops(self, spark, lake):
        twice = self.frame(spark, {"event_id": "A"}, {"event_id": "A"})
        with (
            pytest.raises(DataRefused, match="unique_key"),
            start_run(lake, "t") as run,
        ):
            guard(run, EVENT, twice)
        counted = lake.read("ops.quality", "select * from t where failed_count > 0")
        assert counted["check_code"].to_pylist() == ["unique_key"]
