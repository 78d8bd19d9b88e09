"""The tables of a lake made known to a running Trino, each behind its promised name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from requests import Session
from trino.auth import JWTAuthentication
from trino.dbapi import Connection, connect
from trino.exceptions import Error as TrinoError

from lakehouse.contracts import Table
from lakehouse.derive.to_trino import (
    REGISTRAR_CATALOG,
    SHOWN_SCHEMAS,
    private_name,
    private_schema,
    shown_tables,
    to_trino,
    to_trino_registration,
)
from lakehouse.errors import EnvironmentFault
from lakehouse.tables import Lake
from serving.trino.access import REGISTRAR
from serving.trino.sign_in import SignIn


def register(lake: Lake, url: str, sign_in: SignIn | None = None) -> list[str]:
    """Register what the lake has of the shown schemas; the names that can be asked.

    What is registered already stays; views are made anew, so that they follow the
    contracts of this software.

    Raises:
        EnvironmentFault: the server refuses it.
    """
    tables = [
        table
        for table in shown_tables(lake.contracts.tables.values())
        if lake.exists(table.name)
    ]
    connection = _connect(url, sign_in)
    try:
        _register(connection, lake, tables)
    except TrinoError as error:
        raise EnvironmentFault(
            "trino_refused",
            f"Trino does not take the tables: {str(error)[:300]}",
            f"Run `customs trino down`, delete {lake.root}/ops/_trino, start it again",
        ) from None
    finally:
        connection.close()  # type: ignore[no-untyped-call]
    return [table.name for table in tables]


def _connect(url: str, sign_in: SignIn | None) -> Connection:
    place = urlsplit(url)
    said: dict[str, object] = {"host": "127.0.0.1", "port": place.port}
    said |= {"user": REGISTRAR, "http_scheme": place.scheme}
    if sign_in is not None:
        token = sign_in.registrar_token(datetime.now(UTC))
        said |= {"auth": JWTAuthentication(token), "http_session": _session(sign_in)}
    opened: Connection = connect(**said)  # type: ignore[no-untyped-call]
    return opened


def _session(sign_in: SignIn) -> Session:
    session = Session()
    # Or a bundle that the environment names would be trusted instead of ours.
    session.trust_env = False
    session.verify = str(sign_in.certificate)
    return session


def _register(connection: Connection, lake: Lake, tables: Iterable[Table]) -> None:
    for schema in SHOWN_SCHEMAS:
        for name in (schema, private_schema(schema)):
            _ask(connection, f"create schema if not exists {REGISTRAR_CATALOG}.{name}")
    known = {
        (schema, name)
        for schema, name in _ask(
            connection,
            "select table_schema, table_name "
            f"from {REGISTRAR_CATALOG}.information_schema.tables",
        )
    }
    for table in tables:
        if (private_schema(table.schema), private_name(table)) not in known:
            below = lake.path(table.name).relative_to(lake.root)
            _ask(connection, to_trino_registration(table, f"local:///{below}"))
        _ask(connection, to_trino(table))


def _ask(connection: Connection, statement: str) -> list[list[object]]:
    cursor = connection.cursor()
    cursor.execute(statement)
    rows: list[list[object]] = cursor.fetchall()
    return rows
