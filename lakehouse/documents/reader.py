"""Read files of messages by the form of their source: evidence, families, refusals."""

from __future__ import annotations

import gzip
import hashlib
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import msgspec
import pyarrow as pa

from lakehouse.batches import Parsed, SourceReader
from lakehouse.delimited import NO_PARTS, rejected_rows
from lakehouse.documents.faults import MessageFault, refusal
from lakehouse.documents.fill import Entries, fill
from lakehouse.documents.form import Family, Form, arrow_type, load_form
from lakehouse.documents.jsontext import json_entries, open_json
from lakehouse.documents.pieces import Piece, XmlCutter, cut_lines, cut_whole
from lakehouse.documents.table import read_table
from lakehouse.documents.xml import XmlEntries, open_xml

BLOCK_BYTES = 8 * 1024**2
"""So many bytes of messages become rows together."""
_GZIP = b"\x1f\x8b"
_PLACE = ("_source_offset", "_record_hash")
_WRITTEN = ("warning_codes", "message_payload")


class Format(NamedTuple):
    """How files of a source are cut and a message is opened and walked."""

    cut: Callable[[BinaryIO], Iterator[Piece]]
    open: Callable[[bytes], Any]
    entries: Entries


def document_reader(source: str) -> SourceReader:
    """The reader of a source that `contracts/messages/<source>/` describes."""
    form = load_form(source)
    # By name: a form is loaded again in each process that reads.
    return SourceReader(source, form.file.reader_version, partial(read_source, source))


def read_source(source: str, path: Path) -> Iterator[Parsed]:
    """Read one file of a source by its form."""
    return read_documents(load_form(source), path)


def read_documents(form: Form, path: Path) -> Iterator[Parsed]:
    """Read one file, plain or gzip; offsets are places in the unpacked text."""
    if form.file.format == "delimited":
        yield from read_table(form, path)
        return
    with path.open("rb") as plain:
        packed = plain.read(2) == _GZIP
        plain.seek(0)
        if not packed:
            yield from _read(form, plain)
            return
        with gzip.GzipFile(fileobj=plain) as unpacked:
            yield from _read(form, cast("BinaryIO", unpacked))


def _read(form: Form, handle: BinaryIO) -> Iterator[Parsed]:
    known = _format(form)
    block = _Block(form)
    try:
        for piece in known.cut(handle):
            block.take(piece, known)
            if block.size >= BLOCK_BYTES:
                yield block.parsed()
                block = _Block(form)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        block.refuse(MessageFault("cut_message", "gzip"), Piece(0, b"", 0))
    yield block.parsed()


def _format(form: Form) -> Format:
    file, limit = form.file, form.file.max_message_bytes
    if file.format == "xml":
        return Format(
            XmlCutter(file.root, limit),
            partial(open_xml, root=file.root, namespace=file.namespace),
            XmlEntries(file.namespace),
        )
    cut = cut_lines if file.format == "json_lines" else cut_whole
    return Format(partial(cut, limit=limit), open_json, json_entries)


class _Block:
    """Rows of some messages that stand one after another."""

    def __init__(self, form: Form) -> None:
        self.size = 0
        self._form = form
        self._evidence: list[dict[str, Any]] = []
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._rejected: list[dict[str, object]] = []

    def take(self, piece: Piece, known: Format) -> None:
        """Read one message; what is wrong with it concerns no other."""
        self.size += len(piece.payload)
        try:
            if piece.fault:
                raise MessageFault(piece.fault)
            self._read(piece, known)
        except MessageFault as fault:
            self.refuse(fault, piece)

    def refuse(self, fault: MessageFault, piece: Piece) -> None:
        """Keep a stretch that cannot be taken."""
        row = refusal(fault, piece.offset, piece.length, piece.payload)
        self._rejected.append(row)

    def parsed(self) -> Parsed:
        """All rows taken so far."""
        form = self._form
        header = ("_source_offset", "_record_hash", *form.file.header, *_WRITTEN)
        evidence = arrow_type(form.evidence, header)
        tables = {f"{form.source}__message": _batch(self._evidence, evidence)}
        for family in form.families.values():
            # Several types of message may be one family.
            if rows := self._rows.pop(family.name, None):
                tables[family.name] = _batch(rows, _row_type(family))
        messages = len(self._evidence) + len(self._rejected)
        return Parsed(tables, rejected_rows(self._rejected), NO_PARTS, messages)

    def _read(self, piece: Piece, known: Format) -> None:
        form = self._form
        text, warnings = _composed(piece.payload)
        opened = known.open(text)
        header: dict[str, Any] = dict.fromkeys(form.file.header)
        fill(form.tree, opened, known.entries, header, set())
        _require(form.required, header)
        family = self._family(opened, known.entries)
        place = {
            "_source_offset": piece.offset,
            "_record_hash": hashlib.sha256(piece.payload).hexdigest(),
        }
        if family:
            record, left_over = _content(family, opened, known.entries)
            warnings += [f"unmapped:{path}" for path in sorted(left_over)]
            row = {**place, **record, "reader_version": form.file.reader_version}
            self._rows.setdefault(family.name, []).append(row)
        written = (" ".join(warnings) or None, piece.payload)
        self._evidence.append(
            {**place, **header, **dict(zip(_WRITTEN, written, strict=True))}
        )

    def _family(self, opened: object, entries: Entries) -> Family | None:
        form = self._form
        if form.file.type is None:
            return next(iter(form.families.values()))
        kind = _find(opened, form.file.type.split("/"), entries).strip()
        if kind in form.unparsed:
            return None
        if kind not in form.families:
            raise MessageFault("unknown_message_type", kind)
        return form.families[kind]


def _content(
    family: Family, opened: object, entries: Entries
) -> tuple[dict[str, Any], set[str]]:
    """The row of a family without its place, and the paths that nobody mapped."""
    record: dict[str, Any] = dict.fromkeys((*family.headers, *family.columns))
    for name in family.columns:
        if family.table.columns[name].items:
            record[name] = []
    left_over: set[str] = set()
    fill(family.tree, opened, entries, record, left_over)
    _require(family.required, record)
    # Of the content alone: a message that is sent again has a header of its own.
    content = msgspec.json.encode([record[name] for name in family.columns])
    record["content_hash"] = hashlib.sha256(content).hexdigest()
    return record, left_over


def _composed(payload: bytes) -> tuple[bytes, list[str]]:
    """Text in composed Unicode form (NFC), and a warning where it was another."""
    if payload.isascii():
        return payload, []
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise MessageFault("bad_encoding") from None
    if unicodedata.is_normalized("NFC", text):
        return payload, []
    return unicodedata.normalize("NFC", text).encode(), ["not_nfc"]


def _require(required: dict[str, str], record: dict[str, Any]) -> None:
    for column, path in required.items():
        if not (record[column] or "").strip():
            raise MessageFault("missing_item", path)


def _find(opened: object, path: list[str], entries: Entries) -> str:
    found: object = opened
    for step in path:
        inside = dict(entries(found)) if not isinstance(found, str) else {}
        found = inside.get(step, "")
    return found if isinstance(found, str) else ""


def _row_type(family: Family) -> Any:  # noqa: ANN401 - pyarrow is untyped
    names = (*_PLACE, "content_hash", *family.headers, *family.columns)
    return arrow_type(family.table, (*names, "reader_version"))


def _batch(rows: list[dict[str, Any]], kind: Any) -> pa.RecordBatch:  # noqa: ANN401
    return pa.RecordBatch.from_struct_array(pa.array(rows, kind))
