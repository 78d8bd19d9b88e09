"""How the messages of a source are written and what each family of them holds.

`form.yml` names the format, the header and the message types without a parsed table;
every other file of the folder is a family: `path: column` turned round, as
`column: path`, and `list: {each: path, columns: …}` for what repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from lakehouse.contracts import Table, load_contracts
from lakehouse.derive.to_arrow import to_arrow
from lakehouse.documents.node import Node, build_tree
from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT
from lakehouse.yamlfile import load_yaml, shown_path

ENVELOPE = ("_batch_seq", "_source_file", "_source_offset", "_received_at")
"""With `_ingested_at` and the hashes, what the reader and the run give to each row."""


class _FormFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["xml", "json", "json_lines", "delimited"]
    reader_version: str
    max_message_bytes: int = 0
    header: dict[str, str] = {}
    delimiter: str = ","
    root: str = ""
    namespace: str = ""
    type: str | None = None
    unparsed: dict[str, str] = {}


class FamilyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A family as its file writes it.

    Attributes:
        messages: type → title; empty where the source has one kind of message.
        basis: where the content is published, or that it is a SAMPLE.
    """

    title_vi: str
    is_sample: bool
    basis: str
    columns: dict[str, Any]
    messages: dict[str, str] = {}


class Family(msgspec.Struct, frozen=True):
    """Messages that fill one raw table beside the evidence.

    Attributes:
        tree: where the values of header and content stand in a message.
        columns: columns and lists that the content fills, in order.
        headers: columns of the header that the table repeats.
        required: columns without which the table takes no row, with their paths.
    """

    name: str
    file: FamilyFile
    table: Table
    tree: Node
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    required: dict[str, str]

    @property
    def kind(self) -> str:
        """What its messages are called where they do not say it themselves."""
        return self.name.partition("__")[2]


class Form(msgspec.Struct, frozen=True):
    """How the messages of one source are read.

    Attributes:
        tree: where the header stands; all that is known of an unparsed message.
        families: by message type; by their own names where messages have none.
        unparsed: message types that are kept as evidence only.
        required: header columns that the evidence must have, with their paths.
    """

    source: str
    file: _FormFile
    tree: Node
    evidence: Table
    families: dict[str, Family]
    unparsed: frozenset[str]
    required: dict[str, str]


def is_declared(source: str, root: Path = PROJECT_ROOT / "contracts") -> bool:
    """Whether layouts say how the messages of a source are read."""
    return (root / "messages" / source / "form.yml").is_file()


@lru_cache(maxsize=32)
def load_form(source: str, root: Path = PROJECT_ROOT / "contracts") -> Form:
    """The form of a source.

    Raises:
        UsageError: a file is wrong, or names a column that its raw table lacks.
    """
    folder = root / "messages" / source
    path = folder / "form.yml"
    file = load_yaml(path, _FormFile)
    contracts = load_contracts(root)
    evidence = contracts.table(f"raw.{source}__message")
    types = {name: one.type for name, one in contracts.elements.items()}
    unparsed = frozenset(_kinds(file.unparsed))
    if file.format != "delimited" and not file.max_message_bytes:
        raise _wrong(path, "say `max_message_bytes`")
    families: dict[str, Family] = {}
    for one in sorted({*folder.glob("*.yml")} - {path}):
        table = contracts.table(f"raw.{source}__{one.stem}")
        family = _family(one, file, table, types)
        for kind in _kinds(family.file.messages) or {family.kind}:
            if kind in families or kind in unparsed:
                raise _wrong(one, f"message `{kind}` has a family already")
            families[kind] = family
    tree = build_tree(file.header, evidence, types, shown_path(path))
    required = _required(evidence, file.header)
    return Form(source, file, tree, evidence, families, unparsed, required)


def _family(path: Path, form: _FormFile, table: Table, types: dict[str, str]) -> Family:
    file = load_yaml(path, FamilyFile)
    headers = {name: at for name, at in form.header.items() if name in table.columns}
    double = set(headers) & set(file.columns)
    if double:
        raise _wrong(path, f"the header fills {', '.join(sorted(double))} already")
    given = {*headers, *file.columns, "reader_version", "content_hash"}
    lacking = [
        name
        for name, column in table.columns.items()
        if not column.is_technical and name not in given
    ]
    if lacking:
        raise _wrong(path, f"nothing fills {', '.join(lacking)} of {table.name}")
    everything = {**headers, **file.columns}
    rest = {name: at for name, at in form.header.items() if name not in headers}
    return Family(
        name=table.short_name,
        file=file,
        table=table,
        tree=build_tree(everything, table, types, shown_path(path), ignored=rest),
        columns=tuple(file.columns),
        headers=tuple(headers),
        required=_required(table, everything),
    )


def _kinds(titles: Mapping[str, str]) -> set[str]:
    """Message types; `801-810` is each of them."""
    kinds: set[str] = set()
    for written in titles:
        first, _, last = written.partition("-")
        if last:
            kinds.update(str(n) for n in range(int(first), int(last) + 1))
        else:
            kinds.add(first)
    return kinds


def _required(table: Table, paths: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(path)
        for name, path in paths.items()
        if isinstance(path, str) and table.columns[name].required
    }


def arrow_type(table: Table, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - pyarrow is untyped
    """The struct of some columns of a table."""
    import pyarrow as pa

    schema = to_arrow(table)
    return pa.struct([schema.field(name) for name in names])


def _wrong(path: Path, what: str) -> UsageError:
    return UsageError("bad_layout", f"{shown_path(path)}: {what}", "Correct the layout")
