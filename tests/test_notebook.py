"""What notebooks show of a Scenario and of a trace: well-formed, escaped, and without colours of its own."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import diamondsim as ds
from tests.simulation.small import short_ban

HOSTILE = "<script>alert('x')</script> & \"quotes\""


class Reader(HTMLParser):
    """Collects the tags and the text, and checks that each tag is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def scenario():
    return short_ban().override({"title": HOSTILE, "buyers.firm": {"aggregate": "home.u", "share": "10%"}})


def test_a_scenario_shows_what_it_holds_and_what_was_changed(scenario):
    page = Reader(scenario._repr_html_())
    assert page.texts[0] == f"Scenario: {HOSTILE}"
    assert "1: u" in page.texts
    assert f"title={HOSTILE}" in page.texts
    assert scenario.hash[:12] in page.texts
    assert page.tags <= {"div", "strong", "table", "tbody", "tr", "th", "td", "br"}


def test_a_trace_shows_its_events(scenario):
    trace = ds.simulate(scenario, seed=1)
    page = Reader(trace._repr_html_())
    assert page.texts[0] == f"Trace: {HOSTILE}"
    assert f"{len(trace.events)} events" in page.texts
    assert [event.why for event in trace.events if event.why not in page.texts] == []
    assert "script" not in page.tags


def test_a_notebook_shows_them_in_its_own_colours(scenario):
    for text in (scenario._repr_html_(), ds.simulate(scenario, seed=1)._repr_html_()):
        assert not any(word in text for word in ("color", "background", "class="))


def test_a_shipped_scenario_takes_little_room():
    assert len(ds.load_scenario("lapse-2027")._repr_html_()) < 6_000
