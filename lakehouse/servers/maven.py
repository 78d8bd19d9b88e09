"""Fetching what a Java server is made of, by Maven, once per machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from lakehouse.errors import EnvironmentFault
from lakehouse.settings import settings


def fetched(name: str, fetch: Callable[[Path], None]) -> Path:
    """A folder of the cache, made by `fetch` if it is not there yet.

    Args:
        name: what is fetched, with its version.
        fetch: fills an empty folder; only a whole one gets its name.

    Raises:
        EnvironmentFault: the cache cannot be written, or Maven did not succeed.
    """
    cache = settings().cache.expanduser().absolute()
    folder = cache / name
    if folder.is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".fetching-", dir=cache))
    except OSError as error:
        raise EnvironmentFault(
            "cache_unwritable",
            f"{cache} cannot be written ({error.strerror})",
            "Set CUSTOMS_CACHE to a folder with 3 GB of room",
        ) from None
    try:
        fetch(part)
        if not folder.is_dir():
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def maven(arguments: Sequence[str]) -> None:
    """Run Maven, quietly.

    Raises:
        EnvironmentFault: it is not installed, or it could not fetch.
    """
    done = subprocess.run(
        [find_maven(), "-B", "-q", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [one for one in done.stdout.splitlines() if "ERROR" in one]
        raise EnvironmentFault(
            "fetch_failed",
            f"Maven could not fetch it: {(said or ['it says nothing'])[0][:300]}",
            "See that Maven's settings name a repository that can be reached",
        )


def find_maven() -> str:
    """Path of Maven on this machine.

    Raises:
        EnvironmentFault: it is not installed.
    """
    program = shutil.which("mvn")
    if program is None:
        raise EnvironmentFault(
            "no_maven",
            "Maven (mvn) is needed to fetch the server and is not installed",
            "Install it: apt-get install maven",
        )
    return program
