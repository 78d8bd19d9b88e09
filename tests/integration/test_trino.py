"""A real Trino over a real lake, asked by the official client as analysts ask."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest
from deltalake import DeltaTable
from trino.auth import JWTAuthentication
from trino.dbapi import Connection, connect
from trino.exceptions import Error as TrinoError
from trino.exceptions import HttpError, TrinoConnectionError, TrinoUserError

from lakehouse.derive.to_trino import shown_tables, trino_type
from lakehouse.servers.java import find_java
from lakehouse.servers.maven import find_maven
from lakehouse.tables import Lake
from serving.trino import server as server_module
from serving.trino.access import REGISTRAR
from serving.trino.distribution import JAVA
from serving.trino.sign_in import SignIn
from tests.integration.listening import addresses_of
from tests.integration.nation import (
    FIRST_DAY,
    customs,
    lists_arrive,
    messages_arrive,
    night_after,
    simulate,
)

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(900)]

QUESTIONS = {
    "channel shares of a day": """
        select registered_date, direction_code, declaration_count,
               round(green_share, 9) as green_share, round(red_share, 9) as red_share
        from gold.rpt_channel_share_daily
        where stream_code = 'ordinary'
        order by registered_date, direction_code""",
    "value by chapter and origin": """
        select substring(hs_code, 1, 2) as chapter, origin_country_code,
               count(*) as line_count, sum(customs_value_vnd) as value_vnd
        from gold.fct_declaration_line
        group by 1, 2
        order by value_vnd desc nulls last, chapter, origin_country_code
        limit 20""",
    "declarations by office and kind": """
        select office.office_name_vi, declaration.direction_code,
               count(*) as declaration_count,
               sum(declaration.customs_value_vnd) as value_vnd
        from gold.fct_declaration as declaration
        inner join gold.dim_office as office
            on declaration.office_code = office.office_code
            and declaration.registered_date >= office.valid_from
            and declaration.registered_date
                <= coalesce(office.valid_to, declaration.registered_date)
        group by 1, 2
        order by 1, 2""",
}


@pytest.fixture(scope="module")
def arrivals(tmp_path_factory, needed) -> Path:
    needed(lambda: find_java(JAVA, "Trino"))
    needed(find_maven)
    return simulate(tmp_path_factory.mktemp("nation"), scale=0.001, days=2)


@pytest.fixture(scope="module")
def root(tmp_path_factory, arrivals) -> Path:
    """A lake after its first night."""
    lake = tmp_path_factory.mktemp("trino") / "lake"
    lists_arrive(lake)
    messages_arrive(lake, arrivals, FIRST_DAY)
    customs(lake, "run", "--json", environment=night_after(FIRST_DAY))
    return lake


@pytest.fixture(scope="module")
def server(root) -> Iterator[dict[str, Any]]:
    """What `customs trino up` answers."""
    yield customs(root, "trino", "up", "--json")
    customs(root, "trino", "down", "--json")


@pytest.fixture
def analyst(server) -> Iterator[Connection]:
    port = urlsplit(server["url"]).port
    with connect(
        host="127.0.0.1", port=port, user="analyst", catalog="lakehouse"
    ) as opened:
        yield opened


def ask(connection: Connection, question: str) -> list[tuple]:
    cursor = connection.cursor()
    cursor.execute(question)
    return [tuple(row) for row in cursor.fetchall()]


def ask_duckdb(lake: Lake, question: str) -> list[tuple]:
    """The same question over the same files by another engine."""
    base = duckdb.connect()
    base.execute("create schema gold")
    for table in shown_tables(lake.contracts.tables.values()):
        if table.schema != "gold" or not lake.exists(table.name):
            continue
        # A table without rows has no file.
        if files := DeltaTable(str(lake.path(table.name))).file_uris():
            base.execute(
                f"create view {table.name} as select * "
                f"from read_parquet({files}, hive_partitioning = true)"
            )
    return base.execute(question).fetchall()


def rows_by_delta(lake: Lake) -> dict[str, int]:
    """Rows that the lake holds of each shown table, counted without Trino."""
    counts = {}
    for table in shown_tables(lake.contracts.tables.values()):
        if lake.exists(table.name):
            held = " where not _is_void" if "_is_void" in table.columns else ""
            found = lake.read(table.name, f"select count(*) as n from t{held}")
            counts[table.name] = found["n"][0].as_py()
    return counts


def rows_by_trino(connection: Connection, names: list[str]) -> dict[str, int]:
    return {
        name: ask(connection, f"select count(*) from {name}")[0][0] for name in names
    }


def test_every_shown_table_has_the_rows_of_the_lake(root, server, analyst):
    expected = rows_by_delta(Lake(root))
    assert expected["gold.fct_declaration"] > 0
    assert sorted(expected) == server["tables"]
    assert rows_by_trino(analyst, server["tables"]) == expected


def test_a_view_has_the_columns_of_its_contract_and_no_technical_ones(root, analyst):
    for table in shown_tables(Lake(root).contracts.tables.values()):
        if not Lake(root).exists(table.name):
            continue
        shown = {
            name: kind.replace(" ", "")
            for name, kind, *_ in ask(analyst, f"describe {table.name}")
        }
        assert shown == {
            name: trino_type(column).replace(" ", "")
            for name, column in table.columns.items()
            if not column.is_technical
        }


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_analysts_question_has_the_answer_of_another_engine(root, analyst, name):
    answer = ask(analyst, QUESTIONS[name])
    assert answer
    assert answer == ask_duckdb(Lake(root), QUESTIONS[name])


@pytest.mark.parametrize(
    "statement",
    [
        "delete from gold.fct_declaration",
        "insert into gold.dim_office select * from gold.dim_office",
        "create table gold.mine as select 1 as one",
        "drop view gold.fct_declaration",
        "select * from private_gold.fct_declaration_v1",
        "select * from lakehouse_registrar.gold.fct_declaration",
        "set session query_max_run_time = '9d'",
        "call lakehouse_registrar.system.register_table('gold', 'x', 'local:///gold')",
    ],
)
def test_an_analyst_may_only_read_what_is_shown(analyst, statement):
    with pytest.raises(TrinoUserError):
        ask(analyst, statement)


def test_it_answers_on_the_loopback_address_alone(server):
    listening = addresses_of(server["pid"])
    assert f"127.0.0.1:{urlsplit(server['url']).port}" in listening
    assert [one for one in listening if not one.startswith("127.0.0.1:")] == []


def test_a_second_start_finds_it_running(root, server):
    again = customs(root, "trino", "up", "--json")
    assert (again["url"], again["pid"]) == (server["url"], server["pid"])
    assert "is_new" not in again
    assert customs(root, "trino", "status", "--json")["pid"] == server["pid"]


def test_what_a_run_adds_is_in_the_next_answer(root, arrivals, analyst):
    before = rows_by_trino(analyst, ["gold.fct_declaration"])
    messages_arrive(root, arrivals, FIRST_DAY + timedelta(2))
    tomorrow = night_after(FIRST_DAY + timedelta(1))
    customs(root, "run", "--json", environment=tomorrow)
    expected = rows_by_delta(Lake(root))
    after = rows_by_trino(analyst, sorted(expected))
    assert after == expected
    assert after["gold.fct_declaration"] > before["gold.fct_declaration"]


def test_down_ends_it_and_says_so_once(root, server):
    assert customs(root, "trino", "down", "--json") == {"ended": True}
    assert customs(root, "trino", "status", "--json") == {"is_running": False}
    assert customs(root, "trino", "down", "--json") == {"ended": False}


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """What the machine trusts in general is no matter here."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def guarded(root) -> Iterator[dict[str, Any]]:
    """The same lake behind HTTPS, where people sign in."""
    customs(root, "trino", "down", "--json")
    yield customs(root, "trino", "up", "--sign-in", "--json")
    customs(root, "trino", "down", "--json")


def token_of(root: Path, name: str, *words: str) -> str:
    command = [sys.executable, "-m", "lakehouse", "--lake", str(root)]
    done = subprocess.run(
        [*command, "trino", "token", name, *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def signed_in(guarded: dict[str, Any], user: str, token: str) -> Connection:
    return connect(
        host="127.0.0.1",
        port=urlsplit(guarded["url"]).port,
        user=user,
        catalog="lakehouse",
        http_scheme="https",
        auth=JWTAuthentication(token),
        verify=guarded["certificate"],
    )


def test_who_signs_in_reads_what_is_shown_under_his_own_name(root, guarded):
    with signed_in(guarded, "lan", token_of(root, "lan")) as opened:
        assert ask(opened, "select current_user") == [("lan",)]
        assert ask(opened, "select count(*) from gold.fct_declaration")[0][0] > 0


def test_a_token_of_one_person_opens_nothing_to_another(root, guarded):
    token = token_of(root, "lan")
    for user in ("minh", REGISTRAR):
        with signed_in(guarded, user, token) as opened, pytest.raises(TrinoError):
            ask(opened, "select count(*) from gold.fct_declaration")


def test_without_a_right_token_nobody_is_let_in(root, guarded):
    keys = SignIn(root / "elsewhere")
    keys.prepare("127.0.0.1", datetime.now(UTC))
    old = server_module.sign_in_of(Lake(root))
    for token in (
        "nonsense",
        keys.token("lan", 1, datetime.now(UTC)),
        old.token("lan", 1, datetime.now(UTC) - timedelta(hours=2)),
    ):
        with signed_in(guarded, "lan", token) as opened, pytest.raises(HttpError):
            ask(opened, "select 1")


def test_there_is_no_plain_door_beside_the_one_with_a_certificate(guarded):
    listening = addresses_of(guarded["pid"])
    assert listening == [f"127.0.0.1:{urlsplit(guarded['url']).port}"]
    with connect(
        host="127.0.0.1", port=urlsplit(guarded["url"]).port, user="lan"
    ) as opened:
        with pytest.raises(TrinoConnectionError):
            ask(opened, "select 1")
