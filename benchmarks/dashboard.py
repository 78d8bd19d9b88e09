"""Milliseconds of each question of the dashboard, and of its first view, on 30 days.

Cold is the first question of a fresh cut, warm the same again. The first view is from
the browser's request until all parts stand, in a Chromium that starts with no cache.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from lakehouse.gold import build_gold
from lakehouse.runs import start_run
from lakehouse.status import source_states
from lakehouse.tables import Lake
from serving.dashboards import overview
from serving.dashboards.bundle import make_bundle
from serving.dashboards.cut import Cut, Cuts
from serving.dashboards.server import Server
from simulator.history import write_core_history

LAST_DAY = date(2026, 11, 10)
DAYS, SHORT_DAYS = 30, 3
SCALE, SHORT_SCALE = 0.05, 0.002
TRIES = 5


def run() -> dict[str, object]:
    """Cold and warm milliseconds by question, and the first view in a browser."""
    short = bool(os.environ.get("BENCH_SHORT"))
    days, scale = (SHORT_DAYS, SHORT_SCALE) if short else (DAYS, SCALE)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")
        first = LAST_DAY - timedelta(days=days - 1)
        write_core_history(lake, first, days, scale)
        with start_run(lake, "benchmark") as build:
            build_gold(build)
        cold = [_ask_all(lake) for _ in range(TRIES)]
        asked = {name: median(one[name] for one in cold) for name in cold[0]}
        slowest = max(asked[name] for name in asked if name.endswith("_cold"))
        found: dict[str, object] = {"days": days, "scale": scale}
        found |= {f"{name}_ms": round(value, 1) for name, value in asked.items()}
        found["slowest_question_ms"] = round(slowest, 1)
        if chromium := shutil.which("chromium"):
            found |= _views(lake, chromium)
    return found


def _ask_all(lake: Lake) -> dict[str, float]:
    """Milliseconds of each question, asked of a cut that nobody has asked before."""
    cut = Cuts(lake).cut()
    questions: dict[str, Callable[[Cut], Any]] = {
        "cut": overview.show_cut,
        "day": lambda one: overview.show_day(one, LAST_DAY),
        "channels": lambda one: overview.show_channels(one, LAST_DAY),
        "trend": lambda one: overview.show_trend(one, LAST_DAY, overview.TREND_DAYS),
        "intake": overview.show_intake,
        "freshness": lambda one: overview.show_freshness(
            one, source_states(lake), one.table_states()
        ),
    }
    spent = {}
    for name, question in questions.items():
        for state in ("cold", "warm"):
            begun = time.perf_counter()
            question(cut)
            spent[f"{name}_{state}"] = (time.perf_counter() - begun) * 1000
    return spent


def _views(lake: Lake, chromium: str) -> dict[str, object]:
    from playwright.sync_api import sync_playwright

    server = Server(lake, make_bundle(), "127.0.0.1", 0)
    threading.Thread(target=server.run, args=(lambda: None,), daemon=True).start()
    seconds = []
    with sync_playwright() as playwright:
        for _ in range(TRIES):
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"]
            )
            page = browser.new_page()
            page.goto(server.url)
            page.wait_for_selector("body[data-state=ready]")
            ready = "performance.getEntriesByName('ready')[0].startTime / 1000"
            seconds.append(float(page.evaluate(ready)))
            browser.close()
    return {"first_view_s": round(median(seconds), 2)}
