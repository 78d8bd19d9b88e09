"""The machine: Python and its packages, room on the disk, memory, letters to print."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from lakehouse.doctor.health import Health, by_size, load_needs
from lakehouse.tables import Lake

_PROJECT = "customs-lakehouse"
_GIB = 1024**3


def check_machine(lake: Lake) -> list[Health]:
    """Look at what every command needs."""
    needs = load_needs()
    place = _nearest(lake.root.absolute())
    return [
        python_health(platform.python_version()),
        packages_health(),
        by_size(
            "disk",
            "Ổ đĩa còn trống",
            shutil.disk_usage(place).free / _GIB,
            needs.disk_free_gib,
            "Dọn ổ đĩa, hoặc đặt CUSTOMS_LAKE sang ổ rộng hơn",
        ),
        by_size(
            "memory",
            "Bộ nhớ máy",
            _memory_bytes() / _GIB,
            needs.memory_gib,
            "Dùng máy nhiều bộ nhớ hơn, hoặc giảm CUSTOMS_MEMORY_BYTES",
        ),
        font_health(needs.font_language),
    ]


def python_health(version: str) -> Health:
    """Whether this Python is one that the project is made for."""
    wanted = importlib.metadata.metadata(_PROJECT)["Requires-Python"]
    title = "Phiên bản Python"
    if SpecifierSet(wanted).contains(version):
        return Health("python", title, "well", version)
    remedy = f"Cài Python {wanted}, xóa .venv rồi chạy `make setup`"
    return Health("python", title, "broken", version, remedy)


def packages_health() -> Health:
    """Whether the packages are those that the project names."""
    wrong = []
    for line in importlib.metadata.requires(_PROJECT) or []:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{wanted.name} (thiếu)")
            continue
        if not wanted.specifier.contains(installed, prereleases=True):
            wrong.append(f"{wanted.name} {installed}")
    title = "Gói thư viện"
    if not wrong:
        return Health("packages", title, "well", "đúng như dự án khai báo")
    return Health("packages", title, "broken", ", ".join(wrong), "Chạy `make setup`")


def font_health(language: str) -> Health:
    """Whether a font of this machine has the letters that the printed page needs."""
    title = "Phông chữ tiếng Việt"
    remedy = "Cài phông có chữ Việt, như gói fonts-dejavu hoặc fonts-noto-core"
    lister = shutil.which("fc-list")
    if lister is None:
        return Health("fonts", title, "wanted", "không có fontconfig để tìm", remedy)
    done = subprocess.run(
        [lister, f":lang={language}", "family"],
        capture_output=True,
        text=True,
        check=False,
    )
    families = sorted({line.split(",")[0] for line in done.stdout.splitlines() if line})
    if not families:
        return Health("fonts", title, "wanted", "không có", remedy)
    return Health("fonts", title, "well", ", ".join(families[:3]))


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _nearest(path: Path) -> Path:
    """The path itself, or the folder above it that is there."""
    return path if path.exists() else _nearest(path.parent)
