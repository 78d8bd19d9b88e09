"""The Trino server of the artefact registry, without the parts that we do not use."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from lakehouse.servers.maven import fetched, maven

VERSION = "476"
"""Newest release that the public artefact registry has."""
JAVA = 22
"""Oldest Java that this release runs on."""
_PLUGINS = ("delta-lake",)
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


def distribution() -> Path:
    """Folder of the server; fetched once (821 MB), 340 MB stay.

    Raises:
        EnvironmentFault: Maven is missing or could not fetch, or there is no room.
    """
    return fetched(f"trino-{VERSION}", _fetch)


def _fetch(folder: Path) -> None:
    maven(
        [
            _COPY,
            f"-Dartifact=io.trino:trino-server:{VERSION}:tar.gz",
            f"-DoutputDirectory={folder}",
            "-Dmdep.useBaseVersion=true",
        ]
    )
    archive = folder / f"trino-server-{VERSION}.tar.gz"
    with tarfile.open(archive) as content:
        _unpack(content, folder)
    archive.unlink()


def _unpack(content: tarfile.TarFile, folder: Path) -> None:
    """Take the server and the plugins we use, at the top of the folder.

    A file that several plugins share is stored once, where it comes first, and is a
    hard link elsewhere; so what a link names is taken though its plugin is not.
    """
    members = content.getmembers()
    wanted = [one for one in members if _is_used(one.name)]
    named = {one.linkname for one in wanted if one.islnk()}
    first = [one for one in members if one.name in named and not _is_used(one.name)]
    for member in [*first, *wanted]:
        content.extract(member, folder / "all", filter="data")
    root = folder / "all" / f"trino-server-{VERSION}"
    for part in ("bin", "lib"):
        (root / part).rename(folder / part)
    (folder / "plugin").mkdir()
    for plugin in _PLUGINS:
        (root / "plugin" / plugin).rename(folder / "plugin" / plugin)
    shutil.rmtree(folder / "all")


def _is_used(name: str) -> bool:
    parts = name.split("/")[1:]
    if parts[:1] == ["plugin"]:
        return len(parts) > 1 and parts[1] in _PLUGINS and parts[2:3] != ["hdfs"]
    return parts[:1] in (["bin"], ["lib"])
