"""Where a service listens, and the token that it asks for: one way for all of ours."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

from lakehouse.errors import EnvironmentFault, UsageError

_BACKLOG = 1024


def read_token(path: Path | None, host: str, setting: str) -> str | None:
    """The token of a service; none is needed where only this machine reaches it.

    Args:
        setting: name of the variable that names the token file.

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
            f"Put a token into a file and name it in {setting}",
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


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; who connects while a service warms up waits.

    Args:
        port: 0 takes a free one.

    Raises:
        EnvironmentFault: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise EnvironmentFault(
            "address_taken",
            f"{host}:{port} cannot be used ({error.strerror})",
            "Choose another --host or --port; port 0 takes a free one",
        ) from None
    return bound


def url_of(bound: socket.socket) -> str:
    """The address of a socket as people write it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _unusable(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "bad_token_file",
        f"the token file {path} is not usable, {why}",
        "Put the token into it and let only this user read it",
    )
