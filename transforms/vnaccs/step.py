"""One update of the tables of the declaration: its subjects, and how tables are met."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lakehouse.contracts import Table
from lakehouse.engine import engine
from lakehouse.replace import Workspace, literals, replace_subjects
from lakehouse.runs import Run
from transforms.vnaccs import declaration_month

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MONTH = "core.vnaccs__declaration_month"
DAY = "registered_date"
_PLACES = ("registered_month", DAY)


class Step(NamedTuple):
    """The declarations that new messages speak of, and the run that is about them.

    Attributes:
        months: declaration_key and where its rows must lie.
        months_before: the same as it stands.
        places: column → literals of the places in which rows lie or must lie.
    """

    run: Run
    work: Workspace
    months: DataFrame
    months_before: DataFrame
    places: dict[str, str]

    def table(self, name: str) -> Table:
        """The contract of a table."""
        return self.run.lake.contracts.table(name)

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write a frame once, to read it many times."""
        return self.work.keep(frame, name)

    def known(self, name: str) -> DataFrame:
        """Rows of the subjects now; only the files in which they may lie are read."""
        here = " and ".join(
            f"{column} in ({found})"
            for column, found in self.places.items()
            if column in self.table(name).columns
        )
        keys = self.months.select("declaration_key")
        return (
            stored(self.run, name)
            .where(here)
            .join(keys, on="declaration_key", how="left_semi")
        )

    def replace(self, name: str, fresh: DataFrame, known: DataFrame) -> int:
        """Make the rows of the subjects those of `fresh`; returns rows changed."""
        table = self.table(name)
        # A run writes few days, so their files lie apart.
        apart = [DAY] if DAY in table.columns else []
        return replace_subjects(
            self.run, self.work, table, fresh, known, "declaration_key", apart
        )


def step_of(run: Run, work: Workspace, raw: list[DataFrame]) -> Step:
    """Find the declarations that new messages name, and where their rows lie."""
    numbers = _numbers(raw[0])
    for frame in raw[1:]:
        numbers = numbers.unionByName(_numbers(frame))
    numbers = work.keep(numbers, "numbers")
    keys = numbers.selectExpr(
        "declaration_key", "substring(declaration_key, 1, 5) as key_prefix"
    ).distinct()
    prefixes = literals(keys, "key_prefix")
    before = work.keep(
        stored(run, MONTH)
        .where(f"key_prefix in ({prefixes})")
        .join(keys.select("declaration_key"), on="declaration_key", how="left_semi"),
        "months_before",
    )
    months = work.keep(declaration_month.build(numbers, before), "months")
    # A killed run may have moved some already to where they belong by its messages.
    both = before.select(*_PLACES).union(months.select(*_PLACES)).distinct()
    places = work.keep(both, "places")
    return Step(
        run,
        work,
        months,
        before,
        {column: literals(places, column) for column in _PLACES},
    )


def stored(run: Run, name: str) -> DataFrame:
    """A table as it stands."""
    run.lake.delta(name)
    engine().register(run.lake.contracts.table(name), str(run.lake.path(name)))
    return engine().spark.table(name)


def _numbers(frame: DataFrame) -> DataFrame:
    """Which declaration each message names, and its day where the message says it."""
    dated = "registered_date" in frame.columns
    day = (
        "cast(try_to_timestamp(trim(registered_date), 'ddMMyyyy') as date)"
        if dated
        else "cast(null as date)"
    )
    return frame.selectExpr(
        "substring(trim(declaration_no), 1, 11) as declaration_key",
        f"{day} as registered_date",
        "_received_at as known_from",
    )
