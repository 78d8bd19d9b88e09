"""Time of a decision in process, and durable decisions a second over loopback HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import msgspec
import uvloop

from benchmarks.decide_lake import KNOWN_PRICE, make_lake, padded, sample_criteria
from lakehouse.contracts import load_contracts
from lakehouse.time import business_date, now
from realtime_core.basis import load_basis
from realtime_core.bench import bench_in_process
from realtime_core.sample import sample_line, sample_request

CRITERIA = 200
LINES = 25
# Different goods in each, 1,000 of the snapshot's 10,000 price records in all.
DECLARATIONS = 40
HTTP_SECONDS = 10.0
TRIES = 3
# As many wait as two commits of the journal take at the rate aimed at.
CONNECTIONS = 128
# The national mix: parcels have one line, ordinary declarations 1 to 50.
PARCEL_SHARE = 0.92
_SERVE = "from realtime_core.commands import app; app()"
_CODES = [f"{10_000_000 + n * 37:08d}" for n in range(2000)]
_ORIGINS = ("CN", "KR", "JP", "VN", "US")


def run() -> dict[str, object]:
    """Both measures; keys say what and in which unit."""
    short = bool(os.environ.get("BENCH_SHORT"))
    day = business_date(now())
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lake"
        prices = [
            {**KNOWN_PRICE, "hs_code": code, "origin_country_code": origin}
            for code in _CODES
            for origin in _ORIGINS
        ]
        places = make_lake(
            root, day, padded(sample_criteria(), CRITERIA), prices=prices
        )
        contracts = load_contracts()
        basis = load_basis(places, contracts)
        bodies = [
            msgspec.json.encode(full_request(day, LINES, goods=n * LINES))
            for n in range(DECLARATIONS)
        ]
        tries = [
            bench_in_process(basis, contracts, bodies, 500 if short else 3_000)
            for _ in range(TRIES)
        ]
        found = min(tries, key=lambda one: one.p99_us)
        basis.snapshot.close()
        return {
            "criteria": found.criteria,
            "lines": found.lines,
            "decision_p50_us": round(found.p50_us, 1),
            "decision_p99_us": round(found.p99_us, 1),
            "decision_cold_p50_us": round(found.cold_p50_us, 1),
            "decision_cold_p99_us": round(found.cold_p99_us, 1),
            "machine_p99_ratio": round(found.machine_p99_ratio, 2),
            **_measure_http(root, day, 2.0 if short else HTTP_SECONDS),
        }


def full_request(
    day: date, lines: int, number: str = "100000000000", goods: int = 0
) -> dict[str, object]:
    """A request with most fields filled, as declarants send them.

    Args:
        goods: how many goods of the list to pass over.
    """
    request = sample_request(
        day,
        0,
        number,
        importer_tax_code="9900109101",
        importer_name="CÔNG TY TNHH MẪU",
        exporter_name="SAMPLE TRADING LTD",
        kind_code="A11",
        cargo_class_code="A",
        transport_mode_code="2",
        trader_class_code="4",
        partner_country_code="CN",
        first_bill_no="SAMPLE00001",
        package_qty=120,
        package_type_code="CT",
        gross_weight_kg="14500.5",
        transport_date=(day - timedelta(days=2)).isoformat(),
        container_qty=2,
        invoice_date=(day - timedelta(days=12)).isoformat(),
        payment_method_code="TTR",
        incoterm_code="CIF",
        invoice_currency_code="USD",
        invoice_total_amount="250000.50",
        customs_value_vnd=6_250_000_000,
        tax_total_vnd=625_000_000,
    )
    request["lines"] = [
        _full_line(place, goods + place) for place in range(1, lines + 1)
    ]
    return request


def _full_line(place: int, goods: int) -> dict[str, object]:
    return sample_line(
        place,
        hs_code=_CODES[goods % len(_CODES)],
        origin_country_code=_ORIGINS[goods % len(_ORIGINS)],
        goods_name=f"Hàng hóa mẫu số {goods}, mới 100 %, dùng trong công nghiệp",
        tariff_table_code="B01",
        first_quantity=str(100 + goods % 500),
        invoice_amount="10000.00",
        unit_price_amount="83.33",
        unit_price_currency_code="USD",
        duty_rate_text="10%",
        import_duty_vnd=25_000_000,
    )


def _parcel(day: date) -> dict[str, object]:
    line = sample_line(1, hs_code=None, first_quantity=None)
    line = {name: value for name, value in line.items() if value is not None}
    request = sample_request(day, 0, is_low_value=True, importer_name="NGƯỜI NHẬN MẪU")
    return request | {"lines": [line]}


@contextmanager
def serving(lake: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The service as a process of its own on a free loopback port, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, "serve", "--json"],
        env={**os.environ, "CUSTOMS_LAKE": str(lake)},
        stdout=subprocess.PIPE,
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        yield process, json.loads(line)["url"]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


def _measure_http(lake: Path, day: date, seconds: float) -> dict[str, object]:
    with serving(lake) as (process, url):
        host, port = url.removeprefix("http://").split(":")
        load = Load(host, int(port), day)
        before = _processor_seconds(process.pid)
        uvloop.run(load.run(seconds))
        used = _processor_seconds(process.pid) - before
        metrics = uvloop.run(_fetch(host, int(port), "/metrics")).decode()
    took = sorted(load.took)
    fsyncs = _figure(metrics, "count")
    return {
        "http_seconds": round(load.seconds, 2),
        "http_decisions_per_s": round(len(took) / load.seconds),
        "http_p50_ms": round(took[len(took) // 2] * 1000, 2),
        "http_p99_ms": round(took[len(took) * 99 // 100] * 1000, 2),
        "http_errors": load.errors,
        "server_processor_us_per_decision": round(used / len(took) * 1e6),
        "fsync_mean_ms": round(_figure(metrics, "sum") / fsyncs * 1000, 3),
        "decisions_per_fsync": round(len(took) / fsyncs, 1),
    }


def _processor_seconds(pid: int) -> float:
    """Seconds of processor that a process has used, its own and the kernel's for it."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _figure(metrics: str, what: str) -> float:
    name = rf'customs_decide_stage_seconds_{what}{{stage="fsync"}} (\S+)'
    found = re.search(name, metrics)
    return float(found.group(1)) if found else 0.0


async def _fetch(host: str, port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nhost: d\r\nconnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    return answer


class Load:
    """Connections that each send the next declaration once the last is answered.

    Attributes:
        took: seconds of each answered request.
        errors: answers that were no new decision.
    """

    def __init__(self, host: str, port: int, day: date) -> None:
        self.took: list[float] = []
        self.errors = 0
        self.seconds = 0.0
        self._host, self._port = host, port
        self._chance = random.Random(20261103)
        self._number = 0
        self._parcel = _split(_parcel(day))
        self._ordinary = [_split(full_request(day, lines)) for lines in range(1, 50)]

    async def run(self, seconds: float) -> None:
        """Send for so long, then wait for the last answers."""
        started = perf_counter()
        until = started + seconds
        await asyncio.gather(*(self._connection(until) for _ in range(CONNECTIONS)))
        self.seconds = perf_counter() - started

    async def _connection(self, until: float) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        while (sent := perf_counter()) < until:
            writer.write(self._next())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            self.took.append(perf_counter() - sent)
            self.errors += not head.startswith(b"HTTP/1.1 201")
        writer.close()

    def _next(self) -> bytes:
        self._number += 1
        chosen = self._parcel
        if self._chance.random() > PARCEL_SHARE:
            chosen = self._chance.choice(self._ordinary)
        return b"1%010d0".join(chosen) % self._number


def _split(request: dict[str, object]) -> tuple[bytes, bytes]:
    """A whole HTTP request in two parts, between which the number goes."""
    body = msgspec.json.encode(request)
    head = (
        "POST /v1/decisions HTTP/1.1\r\nhost: d\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    before, _, after = (head.encode() + body.replace(b"%", b"%%")).partition(
        b"100000000000"
    )
    return before, after
