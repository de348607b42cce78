"""Small results and their pages, made once; and what the tests read off a page."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import xarray as xr

import diamondsim as ds
from diamondsim.html_report import Beside, report_page
from diamondsim.scenario import read_scenario

SHORT = {"horizon.length": "18 months"}
MARKUP = "<b id=mark>&amp; \"q\" 'a' </script><!-- {{ 7 * 7 }} `code` --></noscript>"
"""A text that must be shown as it is, wherever it stands."""

TEXTBOOK = (Path(__file__).parents[1] / "theory" / "exponential-ban.yaml").read_text(encoding="utf-8")
"""A scenario without facilities, legal states and tracked origin."""


@functools.cache
def scenario(name: str = "lapse-2027") -> ds.Scenario:
    return ds.load_scenario(name).override(SHORT)


@functools.cache
def marked_scenario() -> ds.Scenario:
    """Return a scenario with markup in each text that a user can write."""
    return scenario().override(
        {
            "title": f"Title {MARKUP}",
            "legal_state": f"State {MARKUP}",
            "uses.polishing.name": f"Polishing {MARKUP}",
            "regions.US.name": f"States {MARKUP}",
            "inventory_policy.polishing.assumed": f"Reason {MARKUP}",
            "inventory_policy.polishing.source": f"Source {MARKUP}",
        }
    )


@functools.cache
def run(name: str = "lapse-2027", replications: int = 32, seed: int = 1) -> xr.Dataset:
    return ds.monte_carlo(scenario(name), replications=replications, seed=seed, workers=1)


@functools.cache
def plant_run() -> xr.Dataset:
    """Return the run as if the plant, which is built later, made 5.2 Mct a year from the beginning."""
    return run().assign(facility_output_band=run()["facility_output_band"] + 1e5)


def textbook_scenario(stock: str = "180 days") -> ds.Scenario:
    changes = {"horizon.length": "700 days", "horizon.tick": "10 days", "inventory_policy.u.opening": stock}
    return read_scenario(TEXTBOOK).override(changes)


@functools.cache
def textbook_run(replications: int = 32) -> xr.Dataset:
    return ds.monte_carlo(textbook_scenario(), replications=replications, seed=1, workers=1)


@functools.cache
def textbook_comparison() -> xr.DataTree:
    both = {"usual": textbook_scenario(), "less": textbook_scenario("90 days")}
    return ds.compare(both, replications=32, seed=1, workers=1)


@functools.cache
def comparison() -> xr.DataTree:
    names = ("lapse-2027", "lapse-2027-notice", "rollover")
    return ds.compare({name: scenario(name) for name in names}, replications=32, seed=1, workers=1)


@functools.cache
def backtest() -> xr.Dataset:
    return ds.backtest(replications=64)


@functools.cache
def page_of_run() -> str:
    return report_page(plant_run(), Beside(baseline=run("baseline-2026")), former=run(seed=2))


@functools.cache
def marked_page() -> str:
    made = ds.monte_carlo(marked_scenario(), replications=24, seed=1, workers=1)
    return report_page(made, Beside())


class Page(HTMLParser):
    """A page as a reader sees it.

    Attributes
    ----------
    elements : list of (str, dict)
        Tags with their attributes, in order.
    headings : list of str
    specs : dict of str to dict
        Charts by the id of their place.
    pictures : list of str
        What is shown where no script runs.
    """

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.specs: dict[str, dict] = {}
        self.pictures: list[str] = []
        self.wrong: list[str] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._texts: dict[str, list[str]] = {}
        self.feed(page)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag, _, _ in self._open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if (tag not in self.VOID and not self._in("svg")) or tag == "svg":
            self._open.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        if self._in("svg") and tag != "svg":
            return
        if not self._open or self._open[-1][0] != tag:
            self.wrong.append(f"</{tag}> closes <{self._open[-1][0] if self._open else ''}>")
            return
        _, attrs, texts = self._open.pop()
        text = "".join(texts)
        if tag == "script" and "data-chart" in attrs:
            self.specs[str(attrs["data-chart"])] = json.loads(text)
        elif tag == "noscript":
            self.pictures.append(text)
        if tag not in ("script", "style"):
            self._texts.setdefault(tag, []).append(text)
            if attrs.get("id"):
                self._texts.setdefault(f"#{attrs['id']}", []).append(text)
            if self._open:
                self._open[-1][2].append(text)

    def handle_data(self, data):
        if self._open:
            self._open[-1][2].append(data)

    def text(self, tag_or_id: str = "body") -> str:
        """Return the text of an element by its tag or, after a #, its id; spaces as one."""
        return " ".join(" ".join(self._texts.get(tag_or_id, [])).split())

    def texts(self, tag: str) -> list[str]:
        return [" ".join(text.split()) for text in self._texts.get(tag, [])]

    def ids(self) -> Iterator[str]:
        return (name for _, attrs in self.elements if (name := attrs.get("id")))

    def _in(self, tag: str) -> bool:
        return any(each == tag for each, _, _ in self._open)
