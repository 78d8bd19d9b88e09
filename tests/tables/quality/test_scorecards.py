"""Scorecards count by day of arrival, for the source, each office and enterprise."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lakehouse import time
from lakehouse.derive.to_rows import to_rows
from lakehouse.engine import engine
from lakehouse.runs import Run
from quality.report import report_of
from quality.scorecard import load_cards
from quality.stage import measure_quality

pytestmark = pytest.mark.engine
CORE = "core.vnaccs__declaration"
MORNING = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 3)
# An import of a firm with all that the contract expects of an ordinary declaration.
WHOLE = {
    "direction_code": "import",
    "is_low_value": False,
    "kind_code": "A11",
    "transport_mode_code": "1",
    "office_code": "02CI",
    "office_section_code": "00",
    "importer_tax_code": "9900000001",
    "importer_name": "Công ty A",
    "exporter_name": "B",
    "partner_country_code": "CN",
    "first_bill_no": "B1",
    "package_qty": 1,
    "package_type_code": "CT",
    "gross_weight_kg": 1,
    "loading_place_code": "CNSHA",
    "invoice_no": "1",
    "invoice_date": DAY,
    "payment_method_code": "KC",
    "incoterm_code": "CIF",
    "invoice_currency_code": "USD",
    "invoice_total_amount": 1,
    "customs_value_vnd": 1,
    "tax_total_vnd": 1,
    "registered_at": MORNING,
    "known_from": MORNING,
    "_server_at": MORNING - timedelta(minutes=10),
}
EXPECTED_OF_WHOLE = 21


@pytest.fixture
def run_rows(lake, spark):
    """Writes rows of one run and measures it."""

    def write(seq: int, *rows: dict):
        filled = [
            {"declaration_key": f"{seq}{place}", **WHOLE, **row, "_run_seq": seq}
            for place, row in enumerate(rows)
        ]
        table = lake.contracts.table(CORE)
        lake.append(CORE, to_rows(table, filled))
        engine().spark.sql(f"drop table if exists {CORE}")
        engine()._registered.pop(CORE, None)
        return measure_quality(Run(lake, seq, time.now()))

    return write


def card(lake, kind, subject, day=DAY):
    rows = lake.read("ops.scorecard").to_pylist()
    (found,) = [
        row
        for row in rows
        if (row["subject_kind_code"], row["subject_code"], row["arrived_date"])
        == (kind, subject, day)
    ]
    return found


def test_a_gap_is_an_expected_value_that_is_not_there(lake, run_rows):
    """21 values of each are expected; the second lacks two, the parcel's are fewer."""
    run_rows(1, {}, {"invoice_no": None, "kind_code": None})
    found = card(lake, "source", "vnaccs")
    assert found["expected_count"] == 2 * EXPECTED_OF_WHOLE
    assert found["filled_count"] == 2 * EXPECTED_OF_WHOLE - 2


def test_what_is_not_expected_of_a_parcel_is_no_gap(lake, run_rows):
    run_rows(1, {"is_low_value": True, "kind_code": None, "importer_tax_code": None})
    found = card(lake, "source", "vnaccs")
    gaps = found["expected_count"] - found["filled_count"]
    # Of a parcel the name of the goods is expected, and it is the one thing missing.
    assert gaps == 1


def test_delay_is_from_the_server_to_our_door_against_the_promised_hour(lake, run_rows):
    """10 minutes, 60 minutes, 61 minutes, 91 days, and one of unknown time."""
    delays = [timedelta(hours=1), timedelta(minutes=61), timedelta(days=91)]
    run_rows(
        1,
        {},
        *({"_server_at": MORNING - delay} for delay in delays),
        {"_server_at": None},
    )
    found = card(lake, "source", "vnaccs")
    assert (found["row_count"], found["timed_count"]) == (5, 4)
    assert (found["on_time_count"], found["closed_count"]) == (2, 1)
    assert found["delay_max_seconds"] == 91 * 86_400


def test_a_server_clock_ahead_of_ours_is_no_delay(lake, run_rows):
    run_rows(1, {"_server_at": MORNING + timedelta(minutes=5)})
    assert card(lake, "source", "vnaccs")["delay_total_seconds"] == 0


def test_a_clock_that_cannot_be_is_counted_apart_and_is_no_delay(lake, run_rows):
    """One of 1970, one two days ahead, and one that is right."""
    wrong = [datetime(1970, 1, 1, 1, tzinfo=UTC), MORNING + timedelta(days=2)]
    run_rows(1, {}, *({"_server_at": moment} for moment in wrong))
    found = card(lake, "source", "vnaccs")
    assert (found["wrong_clock_count"], found["timed_count"]) == (2, 1)
    assert found["delay_max_seconds"] == 600


def test_offices_and_the_party_in_viet_nam_have_cards_of_their_own(lake, run_rows):
    export = {
        "direction_code": "export",
        "importer_tax_code": None,
        "exporter_tax_code": "9900000002",
        "office_code": "03CC",
    }
    run_rows(1, {}, {}, export)
    assert card(lake, "office", "02CI")["row_count"] == 2
    assert card(lake, "office", "03CC")["row_count"] == 1
    assert card(lake, "enterprise", "9900000002")["row_count"] == 1


def test_a_day_is_counted_anew_by_the_run_that_adds_to_it(lake, run_rows):
    """23:30 of 3 November in Viet Nam is that day, half an hour later is the next."""
    run_rows(1, {})
    late = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
    run_rows(2, {"known_from": late}, {"known_from": late + timedelta(minutes=30)})
    assert card(lake, "source", "vnaccs")["row_count"] == 2
    assert card(lake, "source", "vnaccs", date(2026, 11, 4))["row_count"] == 1


def test_rows_of_runs_that_did_not_measure_are_counted_by_the_next(lake, run_rows):
    """`customs build --only core` writes rows and no card."""
    run_rows(1, {})
    other = DAY - timedelta(days=1)
    row = {**WHOLE, "known_from": MORNING - timedelta(days=1), "_run_seq": 2}
    lake.append(CORE, to_rows(lake.contracts.table(CORE), [row]))
    run_rows(3, {})
    assert card(lake, "source", "vnaccs", other)["row_count"] == 1
    assert card(lake, "source", "vnaccs")["row_count"] == 2


def test_a_code_is_new_once_and_never_in_the_first_run(lake, run_rows):
    run_rows(1, {"kind_code": "A11"})
    assert lake.read("ops.drift").num_rows == 0
    run_rows(2, {"kind_code": "Z99"})
    run_rows(3, {"kind_code": "Z99"})
    (event,) = lake.read("ops.drift").to_pylist()
    assert (event["drift_code"], event["column_name"], event["drift_value"]) == (
        "new_code",
        "kind_code",
        "Z99",
    )


def test_a_code_that_the_loaded_list_lacks_is_unknown_at_once(lake, run_rows):
    table = lake.contracts.table("ref.office")
    lake.append("ref.office", to_rows(table, [{"office_code": "02CI"}]))
    run_rows(1, {}, {"office_code": "99ZZ"})
    (event,) = lake.read("ops.drift").to_pylist()
    assert (event["drift_code"], event["drift_value"]) == ("unknown_code", "99ZZ")
    assert "không có trong danh mục" in event["reason_vi"]


def test_the_report_shows_the_worst_first(lake, run_rows):
    run_rows(
        1,
        {"office_code": "AAAA"},
        {"office_code": "BBBB", "invoice_no": None, "kind_code": None},
    )
    report = report_of(lake, None, worst=1)
    assert report.arrived_date == DAY
    assert [line.subject_code for line in report.offices] == ["BBBB"]
    assert report.offices[0].completeness == pytest.approx(1 - 2 / EXPECTED_OF_WHOLE)
    assert report.sources[0].on_time == 1.0


def test_lines_without_an_expected_tax_are_told_by_their_reason(lake, run_rows):
    run_rows(1, {})
    told = {"not_evaluable_reason_vi": "Chưa biết chứng từ"}
    unknown = {"tax_verdict_code": "not_evaluable", **told}
    rows = [
        {
            "line_no": place,
            "direction_code": "import",
            "declared_tax_amount_vnd": 0,
            **one,
        }
        for place, one in enumerate(
            [
                {"tax_verdict_code": "agrees"},
                {**unknown, "not_evaluable_code": "certificate_unknown"},
                {**unknown, "not_evaluable_code": "certificate_unknown"},
                {**unknown, "not_evaluable_code": "certificate_unknown"},
            ]
        )
    ]
    table = lake.contracts.table("gold.fct_tax_difference")
    lake.append(table.name, to_rows(table, rows))
    unknowns, agreed = report_of(lake, None, worst=1).taxes
    assert (unknowns.not_evaluable_code, unknowns.line_count) == (
        "certificate_unknown",
        3,
    )
    assert (unknowns.share, agreed.share) == (0.75, 0.25)


def test_every_card_names_tables_and_columns_that_are_there(lake):
    for name, one in load_cards().items():
        columns = lake.contracts.table(name).columns
        assert one.arrived_at in columns
        assert one.sent_at is None or one.sent_at in columns
