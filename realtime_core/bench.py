"""How long a decision takes in one process, look-ups included."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter_ns

import msgspec

from lakehouse.contracts import Contracts
from realtime_core.basis import Basis
from realtime_core.requests import RequestReader
from realtime_core.server import settle_memory
from realtime_core.service import decide_on, features_of

# About as much work as a decision, and always the same.
_COUNTED = range(4_000)


class InProcess(msgspec.Struct, frozen=True):
    """Microseconds of whole decisions: features looked up, decided, not encoded.

    Attributes:
        cold_p99_us: with every feature record read from the snapshot anew.
        machine_p99_ratio: p99 over median of a fixed loop that ran between the
            decisions; what is above 1 is the machine's.
    """

    criteria: int
    lines: int
    decisions: int
    p50_us: float
    p99_us: float
    cold_p50_us: float
    cold_p99_us: float
    machine_p99_ratio: float


def bench_in_process(
    basis: Basis, contracts: Contracts, bodies: Sequence[bytes], rounds: int
) -> InProcess:
    """Time decisions on declarations, one after the other."""
    reader = RequestReader(contracts)
    declarations = [reader.read(body).declaration for body in bodies]
    settle_memory()
    warm, cold, machine = [], [], []
    for number in range(-len(declarations), rounds):
        declaration = declarations[number % len(declarations)]
        started = perf_counter_ns()
        features = features_of(declaration, basis.snapshot)
        decide_on(declaration, features, basis, None)
        warm.append(perf_counter_ns() - started)
        started = perf_counter_ns()
        sum(_COUNTED)
        machine.append(perf_counter_ns() - started)
    for number in range(rounds):
        declaration = declarations[number % len(declarations)]
        basis.snapshot.find.cache_clear()
        started = perf_counter_ns()
        features = features_of(declaration, basis.snapshot)
        decide_on(declaration, features, basis, None)
        cold.append(perf_counter_ns() - started)
    # In the first round each declaration is new to the caches.
    p50, p99 = _quantiles(warm[len(declarations) :])
    cold_p50, cold_p99 = _quantiles(cold)
    fast, slow = _quantiles(machine)
    return InProcess(
        criteria=len(basis.rule_set.criteria),
        lines=max(len(declaration.lines) for declaration in declarations),
        decisions=rounds,
        p50_us=p50,
        p99_us=p99,
        cold_p50_us=cold_p50,
        cold_p99_us=cold_p99,
        machine_p99_ratio=slow / fast,
    )


def _quantiles(took: list[int]) -> tuple[float, float]:
    """Median and p99 in microseconds."""
    took = sorted(took)
    return took[len(took) // 2] / 1000, took[len(took) * 99 // 100] / 1000
