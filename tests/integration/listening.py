"""Which addresses a process and its children listen on, as the kernel tells it."""

from __future__ import annotations

import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

_LISTENS = "0A"
# A mapped address is how a program of both families listens on one of the old kind.
_MAPPED = bytes(10) + b"\xff\xff"


def addresses_of(leader: int) -> list[str]:
    """Addresses on which the processes of a group listen, such as `127.0.0.1:80`."""
    sockets = {
        name
        for folder in Path("/proc").glob("[0-9]*")
        if _group(int(folder.name)) == leader
        for name in _sockets(folder)
    }
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == _LISTENS and parts[9] in sockets:
                found.append(_address(parts[1]))
    return sorted(found)


def _group(pid: int) -> int:
    with suppress(ProcessLookupError):
        return os.getpgid(pid)
    return 0


def _sockets(folder: Path) -> list[str]:
    found = []
    with suppress(OSError):
        for link in (folder / "fd").iterdir():
            with suppress(OSError):
                target = os.readlink(link)
                if target.startswith("socket:["):
                    found.append(target[8:-1])
    return found


def _address(text: str) -> str:
    where, port = text.split(":")
    words = [where[at : at + 8] for at in range(0, len(where), 8)]
    # The kernel writes each word in the order of this machine.
    raw = b"".join(struct.pack("=I", int(word, 16)) for word in words)
    raw = raw.removeprefix(_MAPPED)
    family = socket.AF_INET if len(raw) == 4 else socket.AF_INET6
    return f"{socket.inet_ntop(family, raw)}:{int(port, 16)}"
