"""Table of sources and tables for the top page of the project, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from lakehouse.contracts import SCHEMAS, Table

BEGIN = "<!-- made by `make docs` from contracts/: begin -->"
END = "<!-- made by `make docs`: end -->"
_HEADS = (
    "| source or schema | as received | tables to ask (version) | owner | "
    "expected within |\n| --- | --- | --- | --- | --- |"
)
_OF_SOURCES = ("raw", "core")


def to_readme(tables: Iterable[Table]) -> str:
    """One line per source, then one per schema to the right of them."""
    groups: dict[tuple[int, str], list[Table]] = {}
    for table in sorted(tables, key=lambda one: one.name):
        if table.schema in _OF_SOURCES:
            place = (0, table.short_name.partition("__")[0])
        else:
            place = (SCHEMAS.index(table.schema), table.schema)
        groups.setdefault(place, []).append(table)
    lines = [_line(name, group) for (_, name), group in sorted(groups.items())]
    return "\n".join([_HEADS, *lines])


def into_page(page: str, table: str) -> str:
    """The page with the text between its two marks replaced.

    Raises:
        ValueError: the page does not have both marks.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks the marks {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def _line(name: str, group: list[Table]) -> str:
    received = _names(table for table in group if table.schema == "raw")
    asked = _names(table for table in group if table.schema != "raw")
    owners = ", ".join(sorted({table.spec.owner for table in group}))
    promised = [table.spec.freshness for table in group if table.spec.freshness]
    hours = {freshness.expected_delay_hours for freshness in promised}
    within = f"{max(hours)} h" if hours else "–"
    return f"| `{name}` | {received} | {asked} | {owners} | {within} |"


def _names(tables: Iterable[Table]) -> str:
    return ", ".join(f"`{_rest(one)}` ({one.spec.version})" for one in tables) or "–"


def _rest(table: Table) -> str:
    if table.schema not in _OF_SOURCES:
        return table.short_name
    return table.short_name.partition("__")[2]
