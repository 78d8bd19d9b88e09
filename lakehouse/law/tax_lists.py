"""The lists of taxes as one published file under the hash of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from lakehouse.errors import EnvironmentFault
from lakehouse.law.tax_dated import Row
from lakehouse.law.tax_reference import TAX_LISTS, Reference
from lakehouse.whole import write_whole

CURRENT = "current"
# Where a row comes from is not part of what it says.
_LEFT_OUT = ("known_from", "known_until", "list_code", "list_edition", "legal_basis")
_DAYS = ("valid_from", "valid_to", "calendar_date")
_encode = msgspec.json.Encoder(decimal_format="string", order="sorted").encode


class TaxLists:
    """The lists that taxes are worked out with, and the hash of what they say.

    Attributes:
        is_sample: True while some row is no official one.
    """

    def __init__(self, lists: Mapping[str, Iterable[Row]], content_hash: str) -> None:
        """Take rows by the names of `TAX_LISTS`."""
        known = {name: [*rows] for name, rows in lists.items()}
        self.hash = content_hash
        self.is_sample = any(
            row.get("is_sample") for rows in known.values() for row in rows
        )
        self.reference = Reference.from_rows(known)


def publish_tax_lists(lists: Mapping[str, Iterable[Row]], folder: Path) -> str:
    """Save the lists under their hash and make them current, in one step for readers.

    The same rows give the same file, in whatever order they come.
    """
    rows = {name: sorted(map(_said, lists[name])) for name in TAX_LISTS}
    content = _encode({name: [msgspec.Raw(row) for row in rows[name]] for name in rows})
    name = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / f"{name}.json").exists():
        write_whole(folder / f"{name}.json", content)
    write_whole(folder / CURRENT, name.encode("ascii"))
    return name


def load_tax_lists(folder: Path, content_hash: str | None = None) -> TaxLists | None:
    """The current lists, or those of a hash; None where none were ever published.

    Raises:
        EnvironmentFault: the file is not there, or was changed.
    """
    if content_hash is None and not (folder / CURRENT).exists():
        return None
    try:
        name = content_hash or (folder / CURRENT).read_text(encoding="ascii").strip()
        content = (folder / f"{name}.json").read_bytes()
    except OSError:
        raise _refused("the file is not there") from None
    if hashlib.sha256(content).hexdigest() != name:
        raise _refused(f"{name[:12]} was changed since it was published")
    lists = msgspec.json.decode(content)
    return TaxLists({key: map(_dated, rows) for key, rows in lists.items()}, name)


def _said(row: Row) -> bytes:
    return _encode(
        {
            name: value
            for name, value in row.items()
            if name not in _LEFT_OUT and not name.startswith("_")
        }
    )


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    days = (name for name in _DAYS if row.get(name) is not None)
    return row | {name: date.fromisoformat(row[name]) for name in days}


def _refused(why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "bad_tax_lists",
        f"the published lists of taxes are refused: {why}",
        "Publish them again: customs features publish",
    )
