"""Who may look: one who carries the token, or this machine alone.

The first step of access: one token for all who may see the aggregates. Without a token
the service listens on the loopback address only. Tokens are kept as hashes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

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


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
