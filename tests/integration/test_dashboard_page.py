"""The page as a reader meets it: built, served, and opened in Debian's Chromium."""

import os
import shutil
import threading

import pytest
import uvicorn

from serving.dashboards.app import make_app
from serving.dashboards.bundle import make_bundle
from serving.dashboards.cut import Cuts
from serving.dashboards.server import warm_up
from tests.unit.serving.dashboards.conftest import filled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
__all__ = ["filled"]


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        reason = "no Chromium; on Debian: apt-get install chromium fonts-noto-core"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def bundle():
    return make_bundle()


@pytest.fixture
def serve(bundle):
    """Serves lakes until the test ends."""
    running = []

    def start(lake, **options):
        cuts = Cuts(lake)
        warm_up(cuts)
        app = make_app(cuts, bundle, **options)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()


@pytest.fixture
def tab(browser):
    """A tab that notes what it asked for and what went wrong."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda said: page.wrong.append(said.text))
    yield page
    page.close()


def open_page(tab, url):
    tab.goto(url)
    tab.wait_for_selector("body[data-state=ready]")


def test_the_page_shows_the_day_in_vietnamese(filled, serve, tab):
    open_page(tab, serve(filled))
    assert tab.evaluate("document.documentElement.lang") == "vi"
    text = tab.inner_text("main")
    assert "Ngày đăng ký 03/11/2026" in text
    # 10^19 + 3 x 10^9 VND: to the last đồng, with points between thousands.
    assert "10.000.000.003.000.000.000 VND" in text
    assert "trần 33,0 %" in text
    assert "MẪU (SAMPLE)" in text
    assert "Trễ" in text
    assert tab.locator("svg").count() == 6


def test_the_page_asks_nobody_else_and_breaks_no_policy(filled, serve, tab):
    url = serve(filled)
    open_page(tab, url)
    tab.mouse.move(300, 700)
    assert all(one.startswith((url, "data:")) for one in tab.asked)
    assert tab.wrong == []


def test_english_is_one_step_away_and_keeps_the_day(filled, serve, tab):
    open_page(tab, serve(filled) + "?day=2026-11-02")
    tab.get_by_role("button", name="English").click()
    tab.wait_for_selector("html[lang=en] body[data-state=ready] h1")
    tab.get_by_role("heading", name="Date of registration 02/11/2026").wait_for()
    assert "day=2026-11-02" in tab.url


def test_another_day_is_chosen_by_keyboard(filled, serve, tab):
    open_page(tab, serve(filled))
    tab.get_by_label("Ngày đăng ký", exact=True).focus()
    tab.keyboard.press("ArrowDown")
    tab.get_by_role("heading", name="Ngày đăng ký 02/11/2026").wait_for()
    assert "day=2026-11-02" in tab.url


def test_every_chart_has_a_name_and_a_table_of_its_figures(filled, serve, tab):
    open_page(tab, serve(filled))
    charts = tab.locator(".chart-box")
    for place in range(charts.count()):
        assert charts.nth(place).get_attribute("role") == "img"
        assert charts.nth(place).get_attribute("aria-label")
    for name in ("day", "channels", "trend"):
        tab.locator(f"#{name} summary").press("Enter")
        assert tab.locator(f"#{name} details table").is_visible()


def test_a_phone_needs_no_sideways_scrolling(filled, serve, tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    open_page(tab, serve(filled))
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    outside = tab.evaluate(
        "[...document.querySelectorAll('.scroll')].filter((box) =>"
        " box.scrollWidth > box.clientWidth).length"
    )
    assert outside == 0
    cell = tab.locator("#intake td").first
    told = cell.evaluate("(cell) => getComputedStyle(cell, '::before').content")
    assert "Đến" in told


def test_tables_are_counted_by_layer_and_shown_one_by_one_when_asked(
    filled, serve, tab
):
    open_page(tab, serve(filled))
    layers = tab.locator("#freshness").get_by_role("table", name="theo lớp")
    assert "gold" in layers.inner_text()
    each = tab.locator("#freshness details table")
    assert not each.is_visible()
    tab.locator("#freshness summary").press("Enter")
    assert each.is_visible()
    assert "gold.fct_declaration" in each.inner_text()


def test_paper_shows_charts_whole(filled, serve, tab):
    open_page(tab, serve(filled))
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 703, "height": 1000})
    outside = tab.evaluate(
        "[...document.querySelectorAll('svg')].filter((drawn) =>"
        " drawn.getBoundingClientRect().width > drawn.closest('figure')"
        ".getBoundingClientRect().width + 1).length"
    )
    assert outside == 0


def test_an_empty_lake_is_said_to_be_empty(lake, serve, tab):
    open_page(tab, serve(lake))
    said = tab.locator("[data-problem=nothing_published]").inner_text()
    assert "customs run" in said


def test_a_locked_page_opens_with_the_token_only(filled, serve, tab):
    open_page(tab, serve(filled, token="right"))
    field = tab.get_by_label("Mã truy cập")
    field.fill("wrong")
    tab.get_by_role("button", name="Đăng nhập").click()
    tab.get_by_text("Mã truy cập không đúng").wait_for()
    field.fill("right")
    tab.get_by_role("button", name="Đăng nhập").click()
    opened = tab.get_by_role("heading", name="Ngày đăng ký 03/11/2026")
    opened.wait_for()
    assert opened.is_visible()
