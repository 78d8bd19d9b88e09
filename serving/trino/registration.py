"""The tables of a lake made known to a running Trino, each behind its promised name."""

from __future__ import annotations

from collections.abc import Iterable

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


def register(lake: Lake, port: int) -> list[str]:
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
    connection: Connection = connect(  # type: ignore[no-untyped-call]
        host="127.0.0.1", port=port, user=REGISTRAR
    )
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
