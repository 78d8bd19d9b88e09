"""Secrets blanked in bytes that could not be read."""

from __future__ import annotations

import re

import numpy as np

from ingestion.vnaccs.lines import BLANK, Bytes, Ints
from lakehouse.messages import Header

_CODES = re.compile(rb"(?=[A-Z][A-Z0-9]{2}[A-Z0-9 ]{2}[A-Z0-9 ]{7}(?:[0-9]{14}| {14}))")
"""The part of a header that can be told from other bytes; it begins at byte 3."""
_BEFORE_MAIL = 48
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
    out = np.frombuffer(kept, np.uint8).copy()
    for match in _CODES.finditer(kept):
        _blank(out, match.start() - 3 + secret)
    mail = np.flatnonzero(out == ord("@"))
    for back in range(1, _BEFORE_MAIL + 1) if len(mail) else ():
        _blank(out, mail - back)
    return out.tobytes()


def _blank(out: Bytes, places: Ints) -> None:
    places = places[(places >= 0) & (places < len(out))]
    # Line ends stay, so that the rest can be made out.
    out[places[out[places] >= BLANK]] = BLANK
