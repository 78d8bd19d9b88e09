"""What papers, and numbers given to them, tell of declarations: read from raw."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lakehouse.runs import Run
from lakehouse.tables import Lake
from transforms.vnaccs import by_number
from transforms.vnaccs.refused import refuse_unkeyed
from transforms.vnaccs.step import stored

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DOCUMENT, AMENDMENT = "raw.vnaccs__document", "raw.vnaccs__amendment"
_ALL = "true as _is_new"


def told(run: Run, batches: list[int]) -> DataFrame:
    """What new messages tell of declarations, and older ones by numbers now known."""
    documents = by_number.of_documents(_around(run, DOCUMENT, batches))
    amendments = by_number.of_amendments(_around(run, AMENDMENT, batches))
    named = refuse_unkeyed(run, by_number.named(documents))
    return _with_called(run.lake, named, documents, amendments)


def ever_told(lake: Lake, documents: DataFrame, amendments: DataFrame) -> DataFrame:
    """The same of all messages, for whoever counts them again."""
    papers = by_number.of_documents(documents.selectExpr("*", _ALL))
    called = by_number.of_amendments(amendments.selectExpr("*", _ALL))
    named = by_number.named(papers).where(by_number.IS_KEYED)
    return _with_called(lake, named, papers, called)


def _with_called(
    lake: Lake, named: DataFrame, documents: DataFrame, amendments: DataFrame
) -> DataFrame:
    return named.unionByName(
        by_number.called(documents, _days(lake, DOCUMENT))
    ).unionByName(by_number.called(amendments, _days(lake, AMENDMENT)))


def _around(run: Run, name: str, batches: list[int]) -> DataFrame:
    """New messages of a table, and those that may belong to the same matters."""
    rows = stored(run, name).where(f"_batch_seq <= {max(batches)}")
    new = f"_batch_seq in ({', '.join(map(str, batches))})"
    span = rows.where(new).selectExpr(
        "min(_received_at) as first", "max(_received_at) as last"
    )
    (found,) = span.toArrow().to_pylist()
    if found["first"] is None:
        return rows.where("false").selectExpr("*", "false as _is_new")
    days = timedelta(days=_days(run.lake, name))
    first, last = _at(found["first"] - days), _at(found["last"] + days)
    here = f"_received_at between {first} and {last}"
    return rows.where(here).selectExpr("*", f"{new} as _is_new")


def _days(lake: Lake, name: str) -> int:
    lateness = lake.contracts.table(name).spec.lateness
    assert lateness is not None
    return lateness.close_after_days


def _at(moment: datetime) -> str:
    return f"timestamp '{moment.isoformat()}'"
