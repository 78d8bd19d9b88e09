"""Secrets blanked in bytes that could not be read."""

from __future__ import annotations

import re

import numpy as np

from ingestion.vnaccs.frame import BLANK, Ints
from lakehouse.messages import Header

_CODES = re.compile(rb"(?=[A-Z][A-Z0-9]{2}[A-Z0-9 ]{2}[A-Z0-9 ]{7}(?:[0-9]{14}| {14}))")
"""The part of a header that can be told from other bytes; it begins at byte 3."""
_BEFORE_MAIL = re.compile(rb"[ -?A-~]{8,48}(?=@)")
"""User, password and path stand before a mail address, whatever else is damaged."""


def secret_places(header: Header, names: list[str]) -> Ints:
    """Offsets within a header of the bytes of some of its fields."""
    fields = [header.fields[name] for name in names]
    return np.concatenate(
        [np.arange(field.offset, field.offset + field.length) for field in fields]
    )


def blanked(kept: bytes, secret: Ints) -> bytes:
    """Rejected bytes with blanks wherever a secret may stand.

    A damaged header hides where its fields begin, so this blanks too much rather than
    too little.
    """
    places = [match.start() - 3 + secret for match in _CODES.finditer(kept)]
    places += [np.arange(*match.span()) for match in _BEFORE_MAIL.finditer(kept)]
    if not places:
        return kept
    at = np.concatenate(places)
    out = np.frombuffer(kept, np.uint8).copy()
    out[at[(at >= 0) & (at < len(out))]] = BLANK
    return out.tobytes()
