"""One server as a process of ours: started once, watched, and ended by us alone."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import time as clock
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from lakehouse.errors import EnvironmentFault

_POLL_SECONDS = 0.25
_GRACE_SECONDS = 30.0


class Running(msgspec.Struct, frozen=True):
    """A server that lives.

    Attributes:
        pid: its process, which leads a process group of its own.
        url: where it answers.
        has_answered: False while it is being started.
        is_new: True if the call that returned this has started it.
    """

    pid: int
    url: str
    has_answered: bool = False
    is_new: bool = False


class Plan(msgspec.Struct, frozen=True):
    """How a server is started.

    Attributes:
        command: program and arguments; it must stay in the foreground.
        url: where it will answer.
        environment: variables beside those of this process.
        is_ready: asks the server whether it answers.
        patience_seconds: how long it may take until it does.
    """

    command: Sequence[str]
    url: str
    environment: Mapping[str, str]
    is_ready: Callable[[], bool]
    patience_seconds: float = 120.0


class ServerProcess:
    """The one server of a kind that belongs to a folder.

    The server inherits a locked file and so holds the lock for as long as it lives,
    however it ends: a process number that the machine gives out again is never taken
    for it.

    Attributes:
        name: what people call it.
        home: folder of its settings, log and record; it may be deleted when it is down.
    """

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self.home = home
        self.log = home / "server.log"
        self._record = home / "server.json"
        self._lock = home / "server.lock"

    def running(self) -> Running | None:
        """The server if it lives, else None."""
        if not self._lock.exists():
            return None
        handle = os.open(self._lock, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._recorded()
        finally:
            os.close(handle)
        return None

    def start(self, prepare: Callable[[], Plan]) -> Running:
        """Start the server and wait until it answers; one that lives is left alone.

        Args:
            prepare: writes what the server reads; called only if it is to be started.

        Raises:
            EnvironmentFault: it did not start, or another process is starting it.
        """
        found = self.running()
        if found is not None and not found.has_answered:
            raise self._busy()
        if found is not None:
            return found
        self.home.mkdir(parents=True, exist_ok=True)
        # Some servers keep a first password there, readable to all.
        self.home.chmod(0o700)
        with self._locked() as handle:
            plan = prepare()
            process = self._spawn(plan, handle)
        self._keep(Running(process.pid, plan.url))
        try:
            self._wait(process, plan)
        except BaseException:
            # Whoever interrupts a start does not want half a server.
            self._end(process.pid)
            process.wait()
            raise
        self._keep(Running(process.pid, plan.url, has_answered=True))
        return Running(process.pid, plan.url, has_answered=True, is_new=True)

    def stop(self) -> bool:
        """End the server that `start` has started; False if none lives.

        Raises:
            EnvironmentFault: it is being started this very moment.
        """
        found = self.running()
        if found is None:
            return False
        self._end(found.pid)
        return True

    def _recorded(self) -> Running:
        try:
            return msgspec.json.decode(self._record.read_bytes(), type=Running)
        except (FileNotFoundError, msgspec.DecodeError):
            raise self._busy() from None

    def _keep(self, running: Running) -> None:
        part = self._record.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(running))
        part.replace(self._record)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The record of an earlier server must not be taken for that of this one.
            self._record.unlink(missing_ok=True)
            yield handle
        except BlockingIOError:
            raise self._busy() from None
        finally:
            os.close(handle)

    def _spawn(self, plan: Plan, handle: int) -> subprocess.Popen[bytes]:
        with os.fdopen(os.open(self.log, _FRESH, 0o600), "wb") as log:
            return subprocess.Popen(
                list(plan.command),
                cwd=self.home,
                env=os.environ | dict(plan.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(handle,),
                start_new_session=True,
            )

    def _wait(self, process: subprocess.Popen[bytes], plan: Plan) -> None:
        until = clock.monotonic() + plan.patience_seconds
        while not plan.is_ready():
            if process.poll() is not None:
                raise self._not_started(f"ended with exit code {process.returncode}")
            if clock.monotonic() > until:
                waited = f"{plan.patience_seconds:.0f} s"
                raise self._not_started(f"does not answer after {waited}")
            clock.sleep(_POLL_SECONDS)

    def _end(self, pid: int) -> None:
        for word in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(pid, word)
            until = clock.monotonic() + _GRACE_SECONDS
            while clock.monotonic() < until:
                if self.running() is None:
                    self._sweep(pid)
                    return
                clock.sleep(_POLL_SECONDS)

    def _sweep(self, pid: int) -> None:
        """End what the server has started itself and left behind."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        self._record.unlink(missing_ok=True)

    def _busy(self) -> EnvironmentFault:
        return EnvironmentFault(
            "server_busy",
            f"{self.name} is just being started by another process",
            "Wait until it has started, then try again",
        )

    def _not_started(self, how: str) -> EnvironmentFault:
        return EnvironmentFault(
            "server_not_started",
            f"{self.name} {how}{_last_words(self.log)}",
            f"Read {self.log}",
        )


_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def loopback_port(asked: int, setting: str) -> int:
    """A port of the loopback address: the one asked for, or a free one for 0.

    Raises:
        EnvironmentFault: somebody listens there already.
    """
    with socket.socket() as probe:
        # As servers do: a port that was closed a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", asked))
        except (OSError, OverflowError):
            raise EnvironmentFault(
                "port_taken",
                f"port {asked} of 127.0.0.1 cannot be used; another program has it",
                f"Set {setting} to another port, or unset it for a free one",
            ) from None
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody takes connections on a port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _last_words(log: Path) -> str:
    with suppress(FileNotFoundError):
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return f": {said[-1][:200]}" if said else ""
    return ""
