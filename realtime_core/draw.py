"""The random draw: keyed by date, committed to before the day, checkable after it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from realtime_core.errors import DrawKeyRefused

# 53 bits: the most that a double holds, so that the number printed is the number used.
_BITS = 53
_SECRET_BYTES = 32


class Commitment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the public may know of a day's key.

    Attributes:
        commitment: SHA-256 of the key; binds the service before the day.
        key: the key itself in hex, once it is revealed.
    """

    draw_date: date
    commitment: str
    key: str | None = None


def draw_number(key: bytes, declaration_key: str) -> float:
    """The lot of a declaration in [0, 1): HMAC-SHA256 of its 11 digits."""
    lot = _keyed(key).copy()
    lot.update(declaration_key.encode())
    digest = lot.digest()
    return float((int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / (1 << _BITS))


@lru_cache(maxsize=64)
def _keyed(key: bytes) -> hmac.HMAC:
    """The HMAC of a day before its message: to begin it costs more than to end it."""
    return hmac.new(key, digestmod="sha256")


def key_of_date(master: bytes, day: date) -> bytes:
    """The draw key of a registration date."""
    return hmac.digest(master, day.isoformat().encode(), "sha256")


def commitment_of(key: bytes) -> str:
    """The public commitment to a key."""
    return hashlib.sha256(key).hexdigest()


def read_secret(path: Path) -> bytes:
    """The master secret, made on first use so that a fresh lake can decide.

    Raises:
        DrawKeyRefused: it cannot be read or made, others may read it, or it is short.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _checked_secret(path)
    except OSError as error:
        raise _refused(path, error.strerror or "not writable") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(_SECRET_BYTES))
        file.flush()
        os.fsync(descriptor)
    return _checked_secret(path)


def _checked_secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise _refused(path, "other users may read it")
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise _refused(path, error.strerror or "not readable") from None
    except ValueError:
        raise _refused(path, "it is not hexadecimal") from None
    if len(secret) < _SECRET_BYTES:
        raise _refused(path, f"it is shorter than {_SECRET_BYTES} bytes")
    return secret


def _refused(path: Path, why: str) -> DrawKeyRefused:
    return DrawKeyRefused(
        "bad_draw_secret",
        f"{path}: the master secret of the draw is not usable, {why}",
        "Put 64 hexadecimal digits into it with mode 0600, or name another file in "
        "CUSTOMS_DRAW_SECRET_FILE",
    )


class DrawKeys:
    """Keys by registration date, with their commitments in a published folder."""

    def __init__(self, master: bytes, published: Path) -> None:
        """Serve the keys of a master secret; commitments go to `published`."""
        self._master = master
        self._published = published
        self._keys: dict[date, tuple[bytes, str]] = {}

    def key(self, day: date) -> tuple[bytes, str]:
        """The key of a registration date and its commitment, published by now.

        Raises:
            DrawKeyRefused: another commitment was published for this date.
        """
        found = self._keys.get(day)
        if found is None:
            key = key_of_date(self._master, day)
            found = self._keys[day] = (key, commitment_of(key))
            self._publish(Commitment(day, found[1]))
        return found

    def commit_ahead(self, today: date, days: int = 7) -> None:
        """Publish the commitments of today and the days after it."""
        for distance in range(days + 1):
            self.key(today + timedelta(days=distance))

    def reveal(self, day: date, today: date) -> Commitment:
        """Publish the key of a day that is over, so that anyone can draw again.

        Raises:
            DrawKeyRefused: the day is not over, or its commitment is another.
        """
        if day >= today:
            raise DrawKeyRefused(
                "draw_day_open",
                f"the draw key of {day} is secret until that day is over",
                "Ask again on the next day",
            )
        key, commitment = self.key(day)
        return self._publish(Commitment(day, commitment, key.hex()))

    def _publish(self, wanted: Commitment) -> Commitment:
        known = read_commitment(self._published, wanted.draw_date)
        if known is not None and known.commitment != wanted.commitment:
            raise DrawKeyRefused(
                "draw_key_changed",
                f"{self._published}: the key of {wanted.draw_date} differs from the "
                "commitment that was published",
                "Restore the master secret that was in use on that date",
            )
        if known is not None and (known.key or not wanted.key):
            return known
        _write(self._published, wanted)
        return wanted


def read_commitment(published: Path, day: date) -> Commitment | None:
    """What was published for a date, or None.

    Raises:
        DrawKeyRefused: the revealed key does not match its own commitment.
    """
    path = published / f"{day.isoformat()}.json"
    if not path.exists():
        return None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Commitment)
        honest = not found.key or _opens(found.key, found.commitment)
    except ValueError:
        honest = False
    if honest:
        return found
    raise DrawKeyRefused(
        "draw_key_forged",
        f"{path}: the revealed key does not match its commitment",
        "Report it: the published file was changed",
    )


def _opens(key: str, commitment: str) -> bool:
    return commitment_of(bytes.fromhex(key)) == commitment


def _write(published: Path, commitment: Commitment) -> None:
    published.mkdir(parents=True, exist_ok=True)
    path = published / f"{commitment.draw_date.isoformat()}.json"
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(commitment))
    part.replace(path)
