"""The demo's decision service: a process of its own, asked over HTTP like any other."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from lakehouse.errors import EnvironmentFault
from lakehouse.tables import Lake

_ASKED = 400
"""Declarations of the day that are sent; a sample is enough to see the channels."""
_DECLARATION = "core.vnaccs__declaration"
_LINE = "core.vnaccs__declaration_line"
# What the lake itself gives to a row, and what follows from the number or the lines.
_LEFT_OUT = {
    "declaration_no", "declaration_key", "declaration_version", "line_count",
    "inspection_class_code", "known_from", "known_until", "is_current",
    "registered_month",
}  # fmt: skip


class DecisionService:
    """`customs decide serve` on a free port, for as long as the context lasts."""

    def __init__(self, lake: Path) -> None:
        self._lake = lake
        self.url = ""
        self.refused = 0

    def __enter__(self) -> DecisionService:
        """Start the service and wait until it answers where it listens."""
        # Ended from outside, the demo must not leave its service behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lakehouse", "--lake", str(self._lake),
             "decide", "serve", "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise EnvironmentFault(
                "service_not_started",
                "the decision service ended at its start",
                "Run `customs decide serve` to see why",
            )
        self.url = str(json.loads(line)["url"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the service."""
        self._process.terminate()
        self._process.wait(timeout=20)

    def wait(self) -> None:
        """Serve until the person presses Ctrl-C."""
        try:
            self._process.wait()
        except KeyboardInterrupt:
            return

    def decide_day(self, lake: Lake, day: date) -> list[dict[str, Any]]:
        """Send ordinary declarations registered on a day; their decisions come back.

        Some carry the quirks of the simulated nation, such as a tax code that is none:
        the service refuses those with the reason, and they are counted in `refused`.

        Raises:
            EnvironmentFault: the service refuses one that it should take.
        """
        host = urlsplit(self.url).netloc
        connection = http.client.HTTPConnection(host, timeout=20)
        answers = []
        for body in _requests(lake, day):
            connection.request(
                "POST", "/v1/decisions", body, {"content-type": "application/json"}
            )
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status == http.client.UNPROCESSABLE_ENTITY:
                self.refused += 1
                continue
            if response.status not in (http.client.OK, http.client.CREATED):
                raise EnvironmentFault(
                    "decision_refused",
                    f"the service answered {response.status}: "
                    f"{answer.get('detail', answer.get('title', ''))}",
                    "Run with --debug and report it",
                )
            answers.append(answer)
        connection.close()
        return answers


def _requests(lake: Lake, day: date) -> list[bytes]:
    of_day = (
        f"registered_date = '{day}' and is_current and known_until is null "
        "and declaration_version = 0"
    )
    declarations = lake.read(
        _DECLARATION,
        f"select * from t where {of_day} and not is_low_value "
        f"order by declaration_key limit {_ASKED}",
    ).to_pylist()
    lines: dict[str, list[dict[str, Any]]] = {}
    for line in lake.read(
        _LINE, f"select * from t where {of_day} order by declaration_key, line_no"
    ).to_pylist():
        lines.setdefault(line["declaration_key"], []).append(_said(line))
    return [
        json.dumps(
            {
                "declaration_no": row["declaration_no"],
                # Where the answer with the time of registration was lost.
                "received_at": (row["registered_at"] or row["known_from"]).isoformat(),
                "declaration": _said(row),
                "lines": [
                    {
                        name: value
                        for name, value in line.items()
                        if name != "registered_date"
                    }
                    for line in lines[row["declaration_key"]]
                ],
            }
        ).encode()
        for row in declarations
    ]


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a declarant would say it: no empty value, money as text."""
    return {
        name: _json(value)
        for name, value in row.items()
        if value is not None and name not in _LEFT_OUT and not name.startswith("_")
    }


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, str | bool | int):
        return value
    return value.isoformat()  # type: ignore[attr-defined]
