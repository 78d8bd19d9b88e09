"""Build the core tables of what a paper lists: goods, containers, declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contracts import Table
from lakehouse.derive.to_typed import to_typed
from transforms.vnaccs.document import PLACE, earliest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LINE = "core.vnaccs__document_line"
CONTAINER = "core.vnaccs__document_container"
DECLARATION = "core.vnaccs__document_declaration"
_NUMBERS = (
    "concat(array(declaration_no), "
    "transform(coalesce(declarations, array()), d -> d.declaration_no))"
)
_CONTAINERS = "filter(containers, e -> nullif(trim(e.container_no), '') is not null)"
_SEALS = "array_join(transform(container.seals, s -> trim(s.seal_no)), ' ')"
LISTS = {
    LINE: "filter(lines, e -> e is not null)",
    CONTAINER: _CONTAINERS,
    DECLARATION: f"filter({_NUMBERS}, n -> trim(n) rlike '^[0-9]{{12}}$')",
}
"""Table → the entries of a message that say something."""

_ENVELOPE = ("server_time", "_received_at", "_record_hash")
_ENTRIES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    LINE: (("entry.*",), {}),
    CONTAINER: (("entry as container",), {"container_no": "container.container_no"}),
    DECLARATION: (
        ("entry as declaration_no",),
        {"declaration_key": "substring(trim(declaration_no), 1, 11)"},
    ),
}


def build(raw: DataFrame, known: DataFrame, table: Table) -> DataFrame:
    """Build the entries of the papers that new messages tell of.

    Args:
        raw: new messages, from `document.first_tellings`.
        known: entries of the same messages now.
    """
    columns, own = _ENTRIES[table.name]
    listed = f"posexplode({LISTS[table.name]}) as (entry_at, entry)"
    entries = raw.selectExpr(*_ENVELOPE, listed).selectExpr(
        *_ENVELOPE, "entry_at", *columns
    )
    expressions = PLACE | {"entry_no": "=entry_at + 1"} | own
    if table.name == CONTAINER:
        expressions["seal_text"] = _SEALS
    rows = entries.selectExpr(*to_typed(table, expressions), "_record_hash")
    return earliest(rows, known, table)
