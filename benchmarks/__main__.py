"""One table of every measured number beside its target: `make bench`.

Each benchmark runs in a process of its own, so that none pays for the memory, the
engine or the warm caches of another.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.machine import describe_machine
from benchmarks.targets import Target, load_targets
from lakehouse import console

HERE = Path(__file__).parent
_ANSWER = "benchmark answer: "

Measures = dict[str, float | int | str]


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None,
    short: Annotated[bool, typer.Option(help="Seconds, not minutes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Run benchmarks and print what they measured."""
    found = names or _names()
    report = {"machine": describe_machine(), "short": short, "results": {}}
    failed = []
    for name in found:
        measures = _run_apart(name, short)
        if measures is None:
            failed.append(name)
            continue
        report["results"][name] = measures  # type: ignore[index]
        if not as_json:
            _show(name, measures)
    if as_json:
        console.show_json(report)
    else:
        console.people.print(report["machine"])
        if short:
            console.people.print("Short runs show that they work; they are no claim.")
    if failed:
        console.notices.print(f"failed: {', '.join(failed)}")
        raise typer.Exit(1)


def _names() -> list[str]:
    """Modules that have a `run`; imported only in a process of their own."""
    return sorted(
        path.stem
        for path in HERE.glob("*.py")
        if not path.stem.startswith("_") and "\ndef run(" in path.read_text("utf-8")
    )


def _run_apart(name: str, short: bool) -> Measures | None:
    """Run one benchmark in a fresh process; None where it failed."""
    environment = os.environ | ({"BENCH_SHORT": "1"} if short else {})
    environment.setdefault("RUST_LOG", "error")
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--one", name],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith(_ANSWER)]
    if done.returncode or not answers:
        return None
    measures: Measures = json.loads(answers[-1].removeprefix(_ANSWER))
    return measures | {"seconds_in_all": round(time.perf_counter() - begun, 1)}


def _run_here(name: str) -> None:
    """Run one benchmark in this process; the parent reads the line that it prints."""
    measures = dict(importlib.import_module(f"benchmarks.{name}").run())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(_ANSWER + json.dumps(measures | {"peak_mib": peak}), flush=True)
    # A server inside the process may keep it; the answer is out, so end it here.
    os._exit(0)


def _show(name: str, measures: Measures) -> None:
    targets = load_targets().get(name, {})
    rows = [_row(measure, value, targets) for measure, value in measures.items()]
    columns = ["measure", "value", "target", ""]
    console.show_table(name.replace("_", " "), columns, rows)


def _row(
    measure: str, value: float | int | str, targets: dict[str, Target]
) -> tuple[str, str, str, str]:
    target = targets.get(measure)
    if target is None or isinstance(value, str):
        return measure, _figure(value), "", ""
    return measure, _figure(value), str(target), target.verdict(value)


def _figure(value: float | int | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _run_here(sys.argv[2])
    else:
        typer.run(bench)
