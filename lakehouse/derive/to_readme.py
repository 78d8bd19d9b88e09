"""Table of sources and tables for the top page of the project, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from lakehouse.contracts import SCHEMAS, Table

BEGIN = "<!-- made by `make docs` from contracts/: begin -->"
END = "<!-- made by `make docs`: end -->"
_HEADS = (
    "| schema | source | tables (version) | owner | expected within |\n"
    "| --- | --- | --- | --- | --- |"
)


def to_readme(tables: Iterable[Table]) -> str:
    """One line per schema and source, in the order of the data's path."""
    groups: dict[tuple[int, str], list[Table]] = {}
    for table in sorted(tables, key=lambda one: one.name):
        groups.setdefault((SCHEMAS.index(table.schema), _source(table)), []).append(
            table
        )
    lines = [_line(source, group) for (_, source), group in sorted(groups.items())]
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


def _source(table: Table) -> str:
    return table.short_name.partition("__")[0] if "__" in table.short_name else ""


def _line(source: str, group: list[Table]) -> str:
    names = ", ".join(f"`{_rest(table)}` ({table.spec.version})" for table in group)
    owners = ", ".join(sorted({table.spec.owner for table in group}))
    promised = [table.spec.freshness for table in group if table.spec.freshness]
    hours = {freshness.expected_delay_hours for freshness in promised}
    within = f"{max(hours)} h" if hours else "–"
    shown = f"`{source}`" if source else "–"
    return f"| `{group[0].schema}` | {shown} | {names} | {owners} | {within} |"


def _rest(table: Table) -> str:
    return table.short_name.partition("__")[2] or table.short_name
