"""Reports in a headless Chromium: wide and narrow, light and dark, on paper, and where no script runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="drives the browser")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the rules of accessibility")
for module in ("altair", "jinja2", "vl_convert"):
    pytest.importorskip(module, reason="an extra")

from diamondsim.html_report import Beside, report_page  # noqa: E402 - after what may be missing
from tests.html_report.small_pages import backtest, comparison, marked_page, page_of_run  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
PAGE_WIDTH = "document.documentElement.scrollWidth"
LONGEST_DATES = """() => document.querySelectorAll('.meta span').forEach(
    e => { e.textContent = '30 September 2026 to 29 September 2034' })"""
NARROW, WIDE = 360, 1280
NARROWEST = 320
"""What a screen of 1280 pixels shows at four times the size (WCAG 2.2, 1.4.10)."""
FIRST_SCREEN = 640
"""Pixels that a telephone shows at once."""
BEYOND = """() => [...document.querySelectorAll('main *, header *')]
    .filter(e => !e.closest('.wide, pre, .hidden, noscript'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 200))"""
"""What is cut off at the right, save what can be scrolled by itself."""
COLOURS = """() => ['body', 'h1'].map(name => getComputedStyle(document.querySelector(name)))
    .map(style => [style.backgroundColor, style.color])"""
DRAWN = "document.querySelectorAll('.chart').length == document.querySelectorAll('.chart[data-drawn]').length"
MAKERS: dict[str, Callable[[], str]] = {
    "run": page_of_run,
    "marked": marked_page,
    "comparison": lambda: report_page(comparison(), Beside()),
    "backtest": lambda: report_page(backtest(), Beside()),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, make in MAKERS.items():
        (folder / f"{name}.html").write_text(make(), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in MAKERS}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield chromium
        chromium.close()


class Opened:
    """A page in the browser, with what it said and asked for."""

    def __init__(self, browser: Any, file: Path, *, width: int = WIDE, **options: Any) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        if options.get("java_script_enabled", True):
            self.page.wait_for_function(DRAWN)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())

    def violations(self) -> list[str]:
        found = axe.Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def opened(browser, files):
    def open_page(name: str, **options: Any) -> Opened:
        return Opened(browser, files[name], **options)

    return open_page


@pytest.mark.parametrize(
    "name, width, scheme",
    [
        *(("run", WIDE, "light"), ("run", NARROW, "dark")),
        *(("comparison", WIDE, "dark"), ("comparison", NARROW, "light")),
        *(("backtest", NARROW, "dark"), ("marked", NARROW, "light")),
    ],
)
def test_a_page_is_drawn_fits_asks_for_nothing_and_has_no_barriers(opened, files, name, width, scheme):
    with opened(name, width=width, color_scheme=scheme) as shown:
        assert shown.count(".chart > svg") == shown.count(".chart") > 0
        assert shown.count(".chart > svg path[d]") > 5
        assert shown.page.evaluate(PAGE_WIDTH) <= width
        assert shown.page.evaluate(BEYOND) == []
        lead = shown.page.locator(".lead").bounding_box()
        assert lead["y"] + lead["height"] < FIRST_SCREEN
        assert shown.violations() == []
        assert shown.said == []
        assert shown.asked == [files[name].as_uri()]
        shown.page.set_viewport_size({"width": NARROWEST, "height": FIRST_SCREEN})
        shown.page.evaluate(LONGEST_DATES)
        assert shown.page.evaluate(PAGE_WIDTH) == NARROWEST


def test_colours_follow_the_reader_and_paper_is_white(opened):
    with opened("run", color_scheme="dark") as shown:
        background, ink = (shown.page.evaluate(COLOURS)[k][k] for k in (0, 1))
        axis = shown.page.locator("#chart-law .role-axis-label text").first
        of_axis = "e => getComputedStyle(e).fill"
        dark = axis.evaluate(of_axis)
        assert brightness(background) < 0.2
        assert brightness(ink) > 0.8
        assert brightness(dark) > 0.8
        shown.page.emulate_media(media="print")
        background, ink = (shown.page.evaluate(COLOURS)[k][k] for k in (0, 1))
        assert brightness(background) == 1
        assert brightness(ink) < 0.2
        assert brightness(axis.evaluate(of_axis)) < 0.2
        assert not shown.page.locator("nav").is_visible()


def brightness(colour: str) -> float:
    red, green, blue = (int(part) for part in colour.partition("(")[2].rstrip(")").split(",")[:3])
    return (red + green + blue) / 765


def test_another_use_can_be_chosen_and_the_pointer_shows_figures(opened):
    with opened("run") as shown:
        before = shown.page.locator("#chart-shortfall svg").inner_html()
        chooser = shown.page.locator("#choose-shortfall select")
        options = chooser.locator("option").all_inner_texts()
        assert len(options) > 3
        chooser.select_option(options[-1])
        shown.page.wait_for_function(
            "before => document.querySelector('#chart-shortfall svg').innerHTML != before", arg=before
        )
        shown.page.locator("#chart-quarters .mark-rect path").nth(40).hover()
        shown.page.wait_for_selector("#vg-tooltip-element.visible")
        assert "Chance of a shortage" in shown.page.locator("#vg-tooltip-element").inner_text()


def test_where_no_script_runs_a_picture_takes_the_place_of_a_chart(opened):
    with opened("run", java_script_enabled=False) as shown:
        pictures = shown.page.locator("figure svg")
        assert pictures.count() == shown.count("figure") > 3
        assert all(pictures.nth(k).is_visible() for k in range(pictures.count()))
        assert not shown.page.locator(".chart").first.is_visible()


def test_no_text_of_a_scenario_is_run_or_becomes_an_element(opened):
    with opened("marked") as shown:
        assert shown.count("#mark") == 0
        assert "<b id=mark>" in shown.page.locator("h1").inner_text()
        shown.page.locator("#chart-quarters .mark-rect path").nth(1).hover()
        shown.page.wait_for_selector("#vg-tooltip-element.visible")
        assert shown.count("#mark") == 0
