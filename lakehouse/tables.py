"""The Delta tables of a lake: where they lie, and what delta-rs does on them."""

from __future__ import annotations

import logging
import random
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import pyarrow as pa
from deltalake import (
    CommitProperties,
    DeltaTable,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from lakehouse.contracts import Contracts, Table, load_contracts
from lakehouse.derive.to_arrow import to_arrow
from lakehouse.errors import DataRefused, EnvironmentFault
from lakehouse.table_file import TableFile, write_file

_CONFLICT_TRIES = 5
# A third less space than the default, in less time.
_WRITING = WriterProperties(compression="ZSTD", compression_level=1)
_log = logging.getLogger(__name__)


class Lake:
    """A lake at a folder, read and written through its contracts.

    Attributes:
        root: the folder.
        contracts: the contracts that say which tables there are.
    """

    def __init__(self, root: Path, contracts: Contracts | None = None) -> None:
        # An engine refuses a path with `..` in it.
        self.root = root.resolve()
        self.contracts = contracts or load_contracts()
        self._creating = Lock()

    def path(self, name: str) -> Path:
        """Folder of a table: `<lake>/<schema>/<table>/v<major>`."""
        table = self.contracts.table(name)
        return self.root / table.schema / table.short_name / f"v{table.major}"

    def exists(self, name: str) -> bool:
        """True once the table has been made."""
        return DeltaTable.is_deltatable(str(self.path(name)))

    def delta(self, name: str) -> DeltaTable:
        """The table for delta-rs, made empty if it is not there yet."""
        try:
            return DeltaTable(str(self.path(name)))
        except TableNotFoundError:
            with self._creating:
                return self._create(self.contracts.table(name))

    def version(self, name: str) -> int:
        """Newest Delta version of a table."""
        return self.delta(name).version()

    def append(
        self,
        name: str,
        rows: pa.Table,
        transaction: tuple[str, int] | None = None,
    ) -> bool:
        """Append rows once.

        Args:
            rows: columns of the contract, in any order.
            transaction: application and number; a number not above the newest one
                recorded for the application means that these rows are there already.

        Returns:
            False if the transaction was there already.

        Raises:
            DataRefused: columns or types are not those of the contract.
            EnvironmentFault: the lake cannot be written.
        """
        if transaction and self.transaction(name, transaction[0]) >= transaction[1]:
            return False
        conformed = self.conform(name, rows)
        self._commit(
            name,
            lambda table: write_deltalake(
                table,
                conformed,
                mode="append",
                writer_properties=_WRITING,
                commit_properties=_properties(transaction),
            ),
        )
        return True

    def write_file(self, name: str, rows: pa.Table, prefix: str) -> TableFile:
        """Write rows beside a table; they are not part of it until `add_files`.

        Raises:
            DataRefused: columns or types are not those of the contract.
            EnvironmentFault: the lake cannot be written.
        """
        try:
            return write_file(self.path(name), self.conform(name, rows), prefix)
        except OSError as error:
            raise _unwritable(self.root, error) from None

    def sweep_files(self, name: str, prefix: str) -> None:
        """Remove files of a writer that died before it made them part of a table."""
        written = [*self.path(name).glob(f"{prefix}*.parquet")]
        added = self.delta(name).file_uris() if written and self.exists(name) else []
        known = {Path(uri).name for uri in added}
        for path in written:
            if path.name not in known:
                path.unlink()

    def add_files(
        self, name: str, files: Sequence[TableFile], transaction: tuple[str, int]
    ) -> None:
        """Make files of `write_file` part of their table, once and together.

        Args:
            transaction: as in `append`; rows that are there already are not doubled.

        Raises:
            EnvironmentFault: the lake cannot be written.
        """
        if self.transaction(name, transaction[0]) >= transaction[1]:
            for file in files:
                (self.path(name) / file.path).unlink(missing_ok=True)
            return
        schema = to_arrow(self.contracts.table(name))
        self._commit(
            name,
            lambda table: table.create_write_transaction(
                [file.added() for file in files],
                "append",
                schema,
                commit_properties=_properties(transaction),
            ),
        )

    def _commit(self, name: str, commit: Callable[[DeltaTable], None]) -> None:
        """Append in one commit, again if another writer came between."""
        for delay in _back_off():
            try:
                commit(self.delta(name))
            except CommitFailedError:
                _log.info("append conflicted, trying again table=%s", name)
                time.sleep(delay)
            except OSError as error:
                raise _unwritable(self.root, error) from None
            else:
                return
        raise _conflict(name)

    def overwrite(
        self,
        name: str,
        rows: pa.Table,
        transaction: tuple[str, int] | None = None,
        predicate: str | None = None,
    ) -> None:
        """Replace all rows, or those that a predicate names, in one commit."""
        write_deltalake(
            self.delta(name),
            self.conform(name, rows),
            mode="overwrite",
            predicate=predicate,
            writer_properties=_WRITING,
            commit_properties=_properties(transaction),
        )

    def update(self, name: str, predicate: str, values: Mapping[str, str]) -> None:
        """Set columns of the rows that hold a predicate; values are SQL literals."""
        self.delta(name).update(predicate=predicate, updates=dict(values))

    def remove(self, name: str) -> None:
        """Take a table away that can be made again from what stands left of it."""
        shutil.rmtree(self.path(name), ignore_errors=True)

    def transaction(self, name: str, application: str) -> int:
        """Newest transaction number of an application, -1 if it never wrote."""
        found = self.delta(name).transaction_version(application)
        return -1 if found is None else int(found)

    def read(
        self,
        name: str,
        sql: str = "select * from t",
        also: Mapping[str, str] = MappingProxyType({}),
    ) -> pa.Table:
        """Rows of one table by SQL over the name `t`; small results only.

        Args:
            also: other tables that the SQL reads, by the name that it gives them.
        """
        from deltalake import QueryBuilder

        builder = QueryBuilder().register("t", self.delta(name))
        for alias, other in also.items():
            builder = builder.register(alias, self.delta(other))
        return _without_views(pa.table(builder.execute(sql).read_all()))

    def conform(self, name: str, rows: pa.Table) -> pa.Table:
        """Rows in contract order and types.

        Raises:
            DataRefused: a column is missing, unknown, or null where required.
        """
        schema = to_arrow(self.contracts.table(name))
        unknown = set(rows.column_names) - set(schema.names)
        if unknown:
            raise _refused(name, f"columns {sorted(unknown)} are not in the contract")
        filled = [self._column(name, rows, field) for field in schema]
        return pa.Table.from_arrays(filled, schema=schema)

    def _column(self, name: str, rows: pa.Table, field: pa.Field) -> pa.ChunkedArray:
        if field.name not in rows.column_names:
            if not field.nullable:
                raise _refused(name, f"column {field.name} is missing")
            return pa.chunked_array([pa.nulls(len(rows), field.type)])
        column = rows.column(field.name)
        if not field.nullable and column.null_count:
            raise _refused(name, f"column {field.name} has empty values")
        return column if column.type == field.type else column.cast(field.type)

    def _create(self, table: Table) -> DeltaTable:
        path = self.path(table.name)
        try:
            path.mkdir(parents=True, exist_ok=True)
            return DeltaTable.create(
                str(path),
                schema=to_arrow(table),
                mode="ignore",
                partition_by=table.spec.partition_by or None,
                name=table.name,
                description=table.grain,
            )
        except OSError as error:
            raise _unwritable(self.root, error) from None


def rows_of(name: str, rows: Iterable[Mapping[str, object]], lake: Lake) -> pa.Table:
    """A few rows as Arrow, typed by the contract."""
    schema = to_arrow(lake.contracts.table(name))
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def _properties(transaction: tuple[str, int] | None) -> CommitProperties | None:
    if transaction is None:
        return None
    return CommitProperties(app_transactions=[Transaction(*transaction)])


def _without_views(rows: pa.Table) -> pa.Table:
    # The query engine answers in view types, for which Arrow lacks many functions.
    plain = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
    fields = [
        field.with_type(plain.get(field.type, field.type)) for field in rows.schema
    ]
    return rows.cast(pa.schema(fields))


def _back_off() -> Iterable[float]:
    return (0.05 * 2**n * (1 + random.random()) for n in range(_CONFLICT_TRIES))


def _refused(name: str, what: str) -> DataRefused:
    return DataRefused(
        "contract_broken", f"{name}: {what}", "Correct the writer or the contract"
    )


def _conflict(name: str) -> EnvironmentFault:
    return EnvironmentFault(
        "commit_conflict",
        f"{name} is written by someone else at the same time",
        "See which process writes the lake and run again",
    )


def _unwritable(root: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        "lake_unwritable",
        f"the lake {root} cannot be written ({error.strerror or error})",
        "Give write access, free space, or set CUSTOMS_LAKE to another folder",
    )
