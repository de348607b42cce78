"""Whatever a scenario file holds is shown as it is, and never becomes part of the page."""

import json
import re

import pytest

pytest.importorskip("altair", reason="an extra")
pytest.importorskip("vl_convert", reason="an extra")
pytest.importorskip("jinja2", reason="an extra")

from tests.html_report.small_pages import MARKUP, Page, marked_page


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(marked_page())


def test_no_text_of_a_scenario_makes_an_element(page):
    assert page.wrong == []
    assert [attrs for _, attrs in page.elements if attrs.get("id") == "mark"] == []
    assert not any(tag == "b" and attrs for tag, attrs in page.elements if "mark" in str(attrs))
    assert "49" not in page.text("h1")


@pytest.mark.parametrize("where, begins", [("h1", "Title"), ("#answer", "State"), ("#answer", "Polishing")])
def test_each_text_is_shown_as_it_is(page, where, begins):
    shown = page.text(where).replace("\N{NO-BREAK SPACE}", " ")
    plain = MARKUP.replace("`", "") if begins not in ("Title", "State") else MARKUP
    assert f"{begins} {plain}" in shown or f"{begins} {MARKUP}" in shown


def test_sources_and_reasons_are_shown_as_they_are(page):
    assert f"Reason {MARKUP}" in page.text("#basis")
    assert f"Source {MARKUP}" in page.text("#basis")


def bare(part):
    """Return a part of a chart without the data in it."""
    if isinstance(part, dict):
        return {key: bare(value) for key, value in part.items() if key not in ("data", "datasets")}
    return [bare(each) for each in part] if isinstance(part, list) else part


def test_texts_in_the_charts_are_data_and_end_no_script(page):
    assert {*page.specs} >= {"chart-quarters", "chart-shortfall", "chart-origin"}
    for spec in page.specs.values():
        drawn = re.sub(
            r'"(domain|sort|options|value)": (\[[^]]*\]|"(?:[^"\\]|\\.)*")', "", json.dumps(bare(spec))
        )
        assert "id=mark" not in drawn
    assert any("id=mark" in json.dumps(spec) for spec in page.specs.values())


def test_texts_in_the_pictures_are_escaped():
    pictures = re.findall(r"<noscript><svg.*?</noscript>", marked_page(), flags=re.S)
    assert len(pictures) >= 4
    assert any("id=mark" in picture for picture in pictures)
    assert all("<b id=mark" not in picture and "<!--" not in picture for picture in pictures)
