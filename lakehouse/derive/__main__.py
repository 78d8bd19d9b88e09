"""Every derived form of the contracts as files in a folder: `make derive`, `make docs`.

The product derives in memory; these files are for people and for tools outside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from lakehouse import console
from lakehouse.contracts import Contracts, load_contracts
from lakehouse.derive.to_docs import Language, to_docs, to_index
from lakehouse.derive.to_gate import to_gate
from lakehouse.derive.to_gx import to_gx
from lakehouse.derive.to_jsonschema import to_jsonschema
from lakehouse.derive.to_odcs import to_odcs
from lakehouse.derive.to_readme import into_page, to_readme
from lakehouse.derive.to_spark import to_spark
from lakehouse.derive.to_trino import to_trino
from lakehouse.errors import UsageError

Files = Iterator[tuple[str, str]]
_LANGUAGES: tuple[Language, ...] = ("vi", "en")


def derive(
    out: Annotated[Path, typer.Option(help="Folder to write into.")],
    only: Annotated[str, typer.Option(help="One kind of files.")] = "",
    readme: Annotated[
        Path | None, typer.Option(help="Page to bring up to date.")
    ] = None,
) -> None:
    """Write every derived form of the contracts into a folder.

    Raises:
        UsageError: no kind has the name of `only`.
    """
    if only and only not in KINDS:
        known = ", ".join(KINDS)
        raise UsageError("unknown_kind", f"no kind is named `{only}`", f"Use {known}")
    contracts = load_contracts()
    for kind in [only] if only else KINDS:
        written = 0
        for name, text in KINDS[kind](contracts):
            path = out / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written += 1
        console.people.print(f"{kind}: {console.number(written)} → {out / kind}")
    if readme is not None:
        page = readme.read_text(encoding="utf-8")
        table = to_readme(contracts.tables.values())
        readme.write_text(into_page(page, table), encoding="utf-8")


def _docs(contracts: Contracts) -> Files:
    tables = sorted(contracts.tables.values(), key=lambda table: table.name)
    for language in _LANGUAGES:
        yield f"{language}/README.md", to_index(tables, language)
        for table in tables:
            page = to_docs(table, contracts.elements, language)
            yield f"{language}/{table.name}.md", page


def _gates(contracts: Contracts) -> Files:
    for name, table in contracts.tables.items():
        yield f"{name}.sql", to_gate(table) + "\n"


def _suites(contracts: Contracts) -> Files:
    for name, table in contracts.tables.items():
        yield f"{name}.json", _json(to_gx(table))


def _schemas(contracts: Contracts) -> Files:
    for name, table in contracts.tables.items():
        yield f"{name}.json", _json(to_jsonschema(table, contracts.elements))


def _odcs(contracts: Contracts) -> Files:
    for name, table in contracts.tables.items():
        yield f"{name}.odcs.yaml", to_odcs(table, contracts.elements)


def _ddl(contracts: Contracts) -> Files:
    for name, table in contracts.tables.items():
        yield f"{name}.sql", f"create table {name} ({to_spark(table)}) using delta\n"


def _views(contracts: Contracts) -> Files:
    for name, table in contracts.tables.items():
        yield f"{name}.sql", to_trino(table) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


KINDS: dict[str, Callable[[Contracts], Files]] = {
    "docs": _docs,
    "gates": _gates,
    "suites": _suites,
    "json_schema": _schemas,
    "odcs": _odcs,
    "spark": _ddl,
    "trino": _views,
}

if __name__ == "__main__":
    typer.run(derive)
