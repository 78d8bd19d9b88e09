"""The data elements and table contracts of `contracts/`, loaded, linked and checked."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from lakehouse.contract_model import (
    Check,
    Column,
    ColumnSpec,
    Contracts,
    Element,
    Table,
    TableSpec,
)
from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT
from lakehouse.yamlfile import convert, load_yaml, parse_yaml, shown_path

__all__ = [
    "SCHEMAS",
    "TYPE_PATTERN",
    "Check",
    "Column",
    "ColumnSpec",
    "Contracts",
    "Element",
    "Table",
    "TableSpec",
    "load_contracts",
]

SCHEMAS = ("raw", "core", "gold", "feat", "share", "ref", "ops")
TYPE_PATTERN = re.compile(
    r"string|integer|bigint|double|boolean|date|timestamp|binary"
    r"|decimal\((?P<precision>\d{1,2}),(?P<scale>\d{1,2})\)"
)
NAME_PATTERN = re.compile(r"_?[a-z][a-z0-9_]*")


@lru_cache(maxsize=4)
def load_contracts(root: Path = PROJECT_ROOT / "contracts") -> Contracts:
    """Load, link and check every contract below `root`.

    Raises:
        UsageError: a file, key, name, type or reference is wrong; the message says
            where and what is known instead.
    """
    elements = _load_elements(root / "elements")
    tables: dict[str, Table] = {}
    for path in sorted((root / "tables").glob("*/*.yml")):
        table = _load_table(path, elements)
        tables[table.name] = table
    for table in tables.values():
        _check_references(table, tables)
    return Contracts(elements=elements, tables=tables)


def _load_elements(folder: Path) -> dict[str, Element]:
    elements: dict[str, Element] = {}
    home: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        for name, raw in (parse_yaml(path) or {}).items():
            where = f"{shown_path(path)}, element `{name}`"
            if name in elements:
                raise _wrong("double_element", where, f"it is also in {home[name]}")
            element = convert(raw, Element, where)
            _check_name(name, where)
            _check_type(element.type, where)
            elements[name], home[name] = element, shown_path(path)
    return elements


def _load_table(path: Path, elements: dict[str, Element]) -> Table:
    spec = load_yaml(path, TableSpec)
    where = shown_path(path)
    expected = f"{path.parent.name}.{path.stem}"
    if spec.name != expected or spec.layer != path.parent.name:
        raise _wrong("bad_name", where, f"name and layer must say {expected}")
    if not re.fullmatch(r"\d+\.\d+", spec.version):
        raise _wrong("bad_version", where, "version must be written major.minor")
    if not spec.description.startswith("One row per "):
        raise _wrong("no_grain", where, "description must start with `One row per`")
    columns = {
        name: _column(name, column, elements, f"{where}, column `{name}`", spec.layer)
        for name, column in spec.columns.items()
    }
    for part in ("key", "partition_by"):
        for name in getattr(spec, part):
            if name not in columns:
                raise _wrong("unknown_column", where, f"{part} names `{name}`")
    if not spec.key:
        raise _wrong("no_key", where, "a table needs a key")
    return Table(spec=spec, columns=columns)


def _column(
    name: str, spec: ColumnSpec, elements: dict[str, Element], where: str, layer: str
) -> Column:
    _check_name(name, where)
    if spec.list_of is not None:
        items = tuple(
            _column(inner, part, elements, f"{where}.{inner}", layer)
            for inner, part in spec.list_of.items()
        )
        return Column(name, "list", spec.required, note=spec.note, items=items)
    if name.startswith("_"):
        if spec.type is None:
            raise _wrong("no_type", where, "a technical column needs `type`")
        _check_type(spec.type, where)
        return Column(name, spec.type, spec.required, note=spec.note)
    if spec.type is not None:
        raise _wrong("own_type", where, "only technical columns may write `type`")
    if spec.required and spec.expected is not None:
        raise _wrong("needless_expected", where, "a required column is never empty")
    element = _element_of(name, spec, where)
    if element not in elements:
        raise _wrong("unknown_element", where, f"no data element `{element}`")
    kind = elements[element].type
    # What a source sent is kept as it was written; core gives it a type.
    as_text = layer == "raw" and kind != "binary"
    return Column(
        name=name,
        type="string" if as_text else kind,
        required=spec.required,
        element=element,
        role=spec.role,
        mask=spec.mask,
        note=spec.note,
        expected=spec.expected,
    )


def _element_of(name: str, spec: ColumnSpec, where: str) -> str:
    if spec.role is None:
        return spec.of or name
    element = spec.of or name.removeprefix(f"{spec.role}_")
    if name != f"{spec.role}_{element}":
        raise _wrong("bad_role", where, f"it must be named `{spec.role}_{element}`")
    return element


def _check_name(name: str, where: str) -> None:
    if not NAME_PATTERN.fullmatch(name):
        raise _wrong("bad_name", where, "names are lower case ASCII with underscores")


def _check_type(kind: str, where: str) -> None:
    if not TYPE_PATTERN.fullmatch(kind):
        raise _wrong("bad_type", where, f"`{kind}` is no contract type")


def _check_references(table: Table, tables: dict[str, Table]) -> None:
    for column, target in table.spec.references.items():
        name, _, key = target.rpartition(".")
        if column not in table.columns:
            raise _wrong("unknown_column", table.name, f"references name `{column}`")
        if name not in tables or key not in tables[name].columns:
            raise _wrong("unknown_reference", table.name, f"no column {target}")


def _wrong(code: str, where: str, what: str) -> UsageError:
    return UsageError(code, f"{where}: {what}", "Correct the contract")
