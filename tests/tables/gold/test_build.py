"""What a build of gold does to the lake: repeat, kill, amendment, refusal, protocol."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lakehouse.errors import DataRefused
from lakehouse.gold import build_gold, rebuild_gold
from lakehouse.gold_dbt import parse_project, run_unit_tests, write_derived
from lakehouse.runs import start_run
from tests.golden.incremental.arrivals import Line, Message, random_messages
from tests.golden.incremental.shop import LAST_DAY, Shop

pytestmark = pytest.mark.engine

MORNING = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def declaration(number: int, **values: object) -> Message:
    """The answer of the system to one declaration with one line."""
    usual = {
        "number": number,
        "arrived": MORNING,
        "key": f"1{number:010d}",
        "version": 0,
        "declared": date(2026, 11, 2),
        "rank": 2,
        "firm": "0100109106",
        "name": "CÔNG TY AN PHÁT",
        "office": "01AB",
        "lines": (Line("85171300", "CN", Decimal(2), Decimal(1000)),),
        "happened": MORNING,
    }
    return Message(**usual | values)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A lake with gold, for tests that only look at it."""
    with pytest.MonkeyPatch.context() as clock:
        made = Shop(tmp_path_factory.mktemp("gold"), clock)
        made.run(random_messages(11, declarations=30))
        yield made


def test_every_claim_about_a_model_holds(shop):
    assert run_unit_tests(shop.lake) == []


def test_every_table_has_rows(shop):
    assert [n for n in shop.tables("gold", "feat") if not shop.table(n)] == []


def test_tables_keep_the_protocol_that_every_engine_reads(shop):
    for name in shop.tables("gold", "feat"):
        protocol = shop.lake.delta(name).protocol()
        assert protocol.min_reader_version == 1
        assert protocol.min_writer_version <= 4
        assert not protocol.writer_features


def test_tables_lie_where_their_contract_says(shop):
    for name in shop.tables("gold", "feat"):
        table = shop.lake.contracts.table(name)
        metadata = shop.lake.delta(name).metadata()
        assert metadata.partition_columns == list(table.spec.partition_by)


def test_a_sunday_ends_the_week_and_tet_is_no_working_day(shop):
    columns = "calendar_date, iso_weekday, weekday_name_vi, is_working_day, is_tet"
    rows = shop.lake.read("gold.dim_date", f"select {columns} from t").to_pylist()
    days = {row.pop("calendar_date"): tuple(row.values()) for row in rows}
    assert days[date(2026, 11, 1)] == (7, "Chủ Nhật", False, False)
    assert days[date(2026, 11, 2)] == (1, "Thứ Hai", True, False)
    assert days[date(2026, 2, 17)] == (2, "Thứ Ba", False, True)
    assert min(days) == date(2014, 1, 1)
    assert max(days) == date(LAST_DAY.year + 1, 12, 31)


def test_a_second_run_without_news_writes_nothing(shop):
    versions = {name: shop.lake.version(name) for name in shop.tables("gold", "feat")}
    shop.set_day(LAST_DAY)
    with start_run(shop.lake, "test") as run:
        assert build_gold(run)["rows"] == 0
    assert {name: shop.lake.version(name) for name in versions} == versions


def test_a_table_made_anew_holds_the_same(shop):
    before = {name: shop.table(name) for name in shop.tables("gold", "feat")}
    shop.set_day(LAST_DAY)
    with start_run(shop.lake, "test") as run:
        rebuild_gold(run, "gold.fct_declaration_history")
    assert {name: shop.table(name) for name in before} == before


def test_tables_that_are_made_first_are_held_to_their_own_checks_alone(
    tmp_path, monkeypatch
):
    made = Shop(tmp_path, monkeypatch)
    made.set_day(LAST_DAY)
    with start_run(made.lake, "test") as run:
        made.write_core(run, random_messages(13, declarations=3))
        build_gold(run, "gold.dim_date +gold.fct_declaration_line")
    assert made.table("gold.fct_declaration_line")
    assert made.table("gold.fct_declaration_tax") == []


def test_a_run_killed_before_its_last_word_is_repaired_by_the_next(
    tmp_path, monkeypatch
):
    messages = random_messages(12, declarations=30)
    whole = Shop(tmp_path / "whole", monkeypatch)
    whole.run(messages)
    killed = Shop(tmp_path / "killed", monkeypatch)
    killed.run(messages[:40])
    with pytest.raises(KeyboardInterrupt):
        run_and_die(killed, messages[40:80], monkeypatch)
    killed.run(messages[80:])
    for name in whole.tables("gold", "feat"):
        assert killed.table(name) == whole.table(name), name


def run_and_die(shop: Shop, messages: list[Message], patch: pytest.MonkeyPatch):
    """A run that has written some tables and recorded none when it is killed."""
    with start_run(shop.lake, "test") as run:
        shop.write_core(run, messages)
        patch.setattr(run, "record", interrupt)
        build_gold(run, "+gold.rpt_channel_share_daily +feat.enterprise__activity")


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_late_amendment_moves_its_own_rows_and_no_others(tmp_path, monkeypatch):
    old = date(2026, 3, 2)
    shop = Shop(tmp_path, monkeypatch)
    shop.run(
        [
            declaration(1, declared=old, arrived=MORNING - timedelta(days=245)),
            declaration(2, declared=old, arrived=MORNING, firm="0300588569"),
            declaration(3),
        ]
    )
    shop.run([declaration(4, key=f"1{1:010d}", version=1, declared=old)])
    changed = {
        name: [
            {
                c: row[c]
                for c in ("declaration_key", "tax_code", "known_date")
                if c in row
            }
            for row in shop.changed_in_last_run(name)
        ]
        for name in ("gold.fct_declaration", "gold.fct_activity_daily")
    }
    assert changed == {
        "gold.fct_declaration": [
            {"declaration_key": f"1{1:010d}", "tax_code": "0100109106"}
        ],
        # Declared once as before, and amended from the day on which that came.
        "gold.fct_activity_daily": [
            {"tax_code": "0100109106", "known_date": MORNING.date()}
        ],
    }


def test_a_version_with_fewer_lines_takes_the_others_out(tmp_path, monkeypatch):
    lines = tuple(Line("85171300", "CN", Decimal(1), Decimal(n)) for n in (5, 6, 7))
    shop = Shop(tmp_path, monkeypatch)
    shop.run([declaration(1, lines=lines)])
    assert len(shop.table("gold.fct_declaration_line")) == 3
    later = MORNING + timedelta(days=1)
    shop.run([declaration(2, key=f"1{1:010d}", version=1, arrived=later)])
    assert len(shop.table("gold.fct_declaration_line")) == 1


def test_rows_that_break_their_contract_stop_what_stands_right_of_them(
    tmp_path, monkeypatch
):
    shop = Shop(tmp_path, monkeypatch)
    shop.set_day(LAST_DAY)
    number = {"declaration_no": "'999999999999'"}
    with start_run(shop.lake, "test") as run:
        shop.write_core(run, [declaration(1)])
        shop.lake.update("core.vnaccs__declaration", "true", number)
        with pytest.raises(DataRefused) as refused:
            build_gold(run)
    assert refused.value.code == "check_failed"
    assert "gold.fct_declaration" in refused.value.message
    assert "GOLD-012 (1 rows)" in refused.value.message
    recorded = shop.lake.read("ops.run_table")["table_name"].to_pylist()
    assert "gold.fct_declaration" not in recorded
    assert "gold.rpt_channel_share_daily" not in recorded


def test_a_model_that_fails_is_named(tmp_path, monkeypatch):
    shop = Shop(tmp_path, monkeypatch)
    shop.set_day(LAST_DAY)
    lines = shop.lake.path("core.vnaccs__declaration_line")
    with start_run(shop.lake, "test") as run:
        shop.write_core(run, [declaration(1)])
        shutil.rmtree(lines / "registered_month=2026-11")
        with pytest.raises(DataRefused) as refused:
            build_gold(run)
    assert refused.value.code == "model_failed"
    # Expected taxes are worked out of lines before any model is built.
    assert refused.value.message.startswith("gold.fct_tax_difference: ")


def test_the_derived_files_of_dbt_are_written_only_when_they_change(shop, tmp_path):
    assert len(write_derived(shop.lake.contracts, tmp_path)) == 4
    assert write_derived(shop.lake.contracts, tmp_path) == []


def test_a_project_is_parsed_once_in_a_process(shop):
    assert parse_project(shop.lake) is parse_project(shop.lake)


def test_every_log_of_dbt_stays_in_the_lake(shop):
    assert list(Path(shop.lake.root / "ops" / "_dbt" / "logs").glob("dbt.log"))
