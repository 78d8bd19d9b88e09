"""How long a decision takes in one process, look-ups included."""

from __future__ import annotations

from time import perf_counter_ns

import msgspec

from lakehouse.contracts import Contracts
from lakehouse.time import business_date, now
from realtime_core.basis import Basis
from realtime_core.requests import RequestReader
from realtime_core.sample import sample_body
from realtime_core.server import settle_memory
from realtime_core.service import decide_on, features_of


class InProcess(msgspec.Struct, frozen=True):
    """Microseconds of whole decisions: features looked up, decided, not encoded."""

    criteria: int
    lines: int
    decisions: int
    p50_us: float
    p99_us: float


def bench_in_process(
    basis: Basis,
    contracts: Contracts,
    lines: int,
    rounds: int,
    body: bytes | None = None,
) -> InProcess:
    """Time decisions on one declaration of so many lines."""
    reader = RequestReader(contracts)
    if body is None:
        body = sample_body(business_date(now()), lines)
    declaration = reader.read(body).declaration
    settle_memory()
    took: list[int] = []
    for _ in range(rounds):
        started = perf_counter_ns()
        features = features_of(declaration, basis.snapshot)
        decide_on(declaration, features, basis, None)
        took.append(perf_counter_ns() - started)
    took.sort()
    return InProcess(
        criteria=len(basis.rule_set.criteria),
        lines=len(declaration.lines),
        decisions=rounds,
        p50_us=took[rounds // 2] / 1000,
        p99_us=took[rounds * 99 // 100] / 1000,
    )
