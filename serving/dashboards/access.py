"""Who may look: a token from a file, or this machine alone.

The first step of access: one token for all who may see the aggregates. Without a token
the service listens on the loopback address only. Tokens are kept as hashes.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from pathlib import Path

from lakehouse.errors import EnvironmentFault, UsageError

COOKIE = "customs_dashboard"


class Door:
    """Lets in who carries the token, or a session that was opened with it."""

    def __init__(self, token: str | None) -> None:
        self._token = _hash(token) if token else None
        self._sessions: set[bytes] = set()

    @property
    def is_locked(self) -> bool:
        """True where a token is asked for."""
        return self._token is not None

    def open_session(self, token: str) -> str | None:
        """A session for a browser, None for a wrong token."""
        if not self._is_token(token):
            return None
        session = secrets.token_urlsafe(32)
        self._sessions.add(_hash(session))
        return session

    def lets_in(self, authorization: str | None, session: str | None) -> bool:
        """Whether a request may be answered."""
        if self._token is None:
            return True
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() == "bearer" and self._is_token(token):
            return True
        return bool(session) and _hash(str(session)) in self._sessions

    def _is_token(self, token: str) -> bool:
        return self._token is None or hmac.compare_digest(_hash(token), self._token)


def read_token(path: Path | None, host: str) -> str | None:
    """The token of the service; none is needed where only this machine reaches.

    Raises:
        UsageError: the address is open to others and there is no token.
        EnvironmentFault: the token file is not readable, or is empty.
    """
    if path is None:
        if is_loopback(host):
            return None
        raise UsageError(
            "token_needed",
            f"{host} can be reached from other machines and no token is set",
            "Put a token into a file and name it in CUSTOMS_DASHBOARD_TOKEN_FILE",
        )
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise _unusable(path, error.strerror or "not readable") from None
    if not token:
        raise _unusable(path, "it is empty")
    return token


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _unusable(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "bad_token_file",
        f"the token file {path} is not usable, {why}",
        "Put the token into it and let only this user read it",
    )
