"""Layouts from their files: one file for a mapped template, one for many others.

A mapped file lists `ID TYPE: column`; `list a-b:` is a numbered run of flat items
(`BL1 … BL5`) that fills the entries of a list column, `list x50:` a group that repeats.
A file of unmapped templates says the same in one text: `ID TYPE …`, `( … )01-11` for a
run and `[ … ]x50` for a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from lakehouse.errors import UsageError
from lakehouse.messages.model import (
    Answer,
    Answers,
    Block,
    Family,
    Header,
    HeaderField,
    Item,
    Layout,
)
from lakehouse.yamlfile import convert, load_yaml, parse_yaml, shown_path

_ITEM = re.compile(r"(\S+) ([AFIW])(\d+)(!?)")
_GROUP = re.compile(r"(\w+) x(\d+)")
_RUN = re.compile(r"(\w+) (\d+)-(\d+)")
_SLOT = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")
_FIELD = re.compile(r"(\w+) (\d+) (\d+)")
_COMPACT = re.compile(
    r"\[ (?P<group>.+?) \]x(?P<repeat>\d+)"
    r"|\( (?P<run>.+?) \)(?P<first>\d+)-(?P<last>\d+)"
    r"|(?P<id>\S+) (?P<kind>[AFIW]\d+!?)(?:=(?P<column>\w+))?"
)


class _LayoutFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title_vi: str
    procedure: str
    valid_from: str
    family: Family = "other"
    output: str = ""
    event_code: str | None = None
    content_rank: int = 0
    actor_code: str | None = None
    items: dict[str, Any] | None = None
    items_of: str | None = None


class _Unmapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    procedure: str
    items: str


class _UnmappedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title_vi: str
    valid_from: str
    procedures: dict[str, str]
    layouts: dict[str, _Unmapped]


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    output: str
    layout: str
    event_code: str | None = None
    content_rank: int | None = None
    actor_code: str | None = None
    is_assumed: bool = False


class _AnswersFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    twins: dict[str, str]
    answers: list[_Answer]


class _HeaderFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    length: int
    fields: dict[str, str | None]


def read_header(path: Path) -> Header:
    """The header line, `name offset length: column` a field."""
    raw = load_yaml(path, _HeaderFile)
    fields = {}
    for key, column in raw.fields.items():
        name, offset, length = _match(_FIELD, key, path)
        fields[name] = HeaderField(name, int(offset), int(length), column)
    return Header(raw.length, fields)


def read_answers(path: Path) -> Answers:
    """Which form the answers have of which none was published; none without a file."""
    if not path.is_file():
        return Answers({}, ())
    raw = load_yaml(path, _AnswersFile)
    rules = (Answer(**msgspec.structs.asdict(one)) for one in raw.answers)
    return Answers(raw.twins, tuple(rules))


def read_layout(path: Path, others: Mapping[str, Layout]) -> Layout:
    """One mapped layout; `items_of` takes the items of another.

    Raises:
        UsageError: the file is not of the form that the module says.
    """
    raw = load_yaml(path, _LayoutFile)
    if (raw.items is None) == (raw.items_of is None):
        raise _wrong(path, "give `items` or `items_of`, one of them")
    if raw.items_of is not None:
        blocks = others[raw.items_of].blocks
    else:
        blocks = tuple(_blocks(raw.items or {}, path))
    return Layout(
        template=path.stem,
        procedure=raw.procedure,
        output=raw.output,
        title_vi=raw.title_vi,
        valid_from=raw.valid_from,
        family=raw.family,
        event_code=raw.event_code,
        content_rank=raw.content_rank,
        actor_code=raw.actor_code,
        blocks=blocks,
    )


def _blocks(raw: dict[str, Any], path: Path) -> Iterator[Block]:
    flat: dict[str, Any] = {}
    for key, value in raw.items():
        group = _GROUP.fullmatch(key)
        if not group:
            flat[key] = value
            continue
        if flat:
            yield Block(1, tuple(_items(flat, path)))
            flat = {}
        yield Block(int(group[2]), tuple(_items(value, path)), group[1])
    if flat:
        yield Block(1, tuple(_items(flat, path)))


def _items(raw: dict[str, Any], path: Path) -> Iterator[Item]:
    for key, value in raw.items():
        if isinstance(value, dict):
            yield from _run(key, value, path)
            continue
        slot = _SLOT.fullmatch(value or "")
        where = (slot[3], slot[1], int(slot[2]) - 1) if slot else (value,)
        yield _item(key, path)._replace(**dict(zip(_PLACE, where, strict=False)))


_PLACE = ("column", "list_name", "list_index")


def _run(key: str, items: dict[str, Any], path: Path) -> Iterator[Item]:
    name, first, last = _match(_RUN, key, path)
    for number in range(int(first), int(last) + 1):
        for inner, column in items.items():
            item = _item(inner.replace("#", f"{number:0{len(first)}d}", 1), path)
            yield item._replace(column=column, list_name=name, list_index=number - 1)


def _item(text: str, path: Path) -> Item:
    name, kind, length, mandatory = _match(_ITEM, text, path)
    return Item(name, kind, int(length), mandatory == "!")  # type: ignore[arg-type]


def read_unmapped(path: Path) -> Iterator[Layout]:
    """The layouts of a file of unmapped templates.

    Raises:
        UsageError: the file is not of the form that the module says.
    """
    raw = convert(parse_yaml(path), _UnmappedFile, shown_path(path))
    for template, one in raw.layouts.items():
        if one.procedure not in raw.procedures:
            raise _wrong(path, f"{template}: {one.procedure} is not in `procedures`")
        yield Layout(
            template=template,
            procedure=one.procedure,
            output=template[:7] if template.startswith("VA") else "",
            title_vi=raw.procedures[one.procedure],
            valid_from=raw.valid_from,
            family="other",
            event_code=None,
            content_rank=0,
            actor_code=None,
            blocks=tuple(_compact_blocks(one.items, path)),
        )


def _compact_blocks(text: str, path: Path) -> Iterator[Block]:
    flat: list[Item] = []
    for found in _parts(text, path):
        if not found["group"]:
            flat.extend(_compact_items(found, path))
            continue
        if flat:
            yield Block(1, tuple(flat))
            flat = []
        inner = _parts(found["group"], path)
        items = [item for part in inner for item in _compact_items(part, path)]
        yield Block(int(found["repeat"]), tuple(items))
    if flat:
        yield Block(1, tuple(flat))


def _compact_items(found: re.Match[str], path: Path) -> Iterator[Item]:
    if found["id"]:
        item = _item(f"{found['id']} {found['kind']}", path)
        yield item._replace(column=found["column"])
        return
    inner = list(_parts(found["run"], path))
    width = len(found["first"])
    for number in range(int(found["first"]), int(found["last"]) + 1):
        for part in inner:
            name = part["id"].replace("#", f"{number:0{width}d}", 1)
            yield _item(f"{name} {part['kind']}", path)


def _parts(text: str, path: Path) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text):
        found = _COMPACT.match(text, at)
        if not found:
            raise _wrong(path, f"no item at `{text[at : at + 20]}`")
        yield found
        at = found.end() + 1


def _match(pattern: re.Pattern[str], text: str, path: Path) -> tuple[str, ...]:
    found = pattern.fullmatch(text)
    if not found:
        raise _wrong(path, f"`{text}` is not of the form {pattern.pattern}")
    return found.groups()


def _wrong(path: Path, what: str) -> UsageError:
    return UsageError("bad_layout", f"{shown_path(path)}: {what}", "Correct the layout")
