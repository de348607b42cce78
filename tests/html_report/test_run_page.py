"""The page of a run: what it says, and which sections are there for a reason."""

import re

import pytest

pytest.importorskip("altair", reason="an extra")
pytest.importorskip("vl_convert", reason="an extra")
pytest.importorskip("jinja2", reason="an extra")

from diamondsim.html_report import Beside, report_page
from diamondsim.html_report.page_writer import with_code
from diamondsim.html_report.run_page import headline, ladder
from diamondsim.plan.check import check
from diamondsim.reporting import build_report, sentences_by_topic
from diamondsim.results import Estimate
from diamondsim.scenario import read_scenario
from tests.html_report.small_pages import Page, page_of_run, plant_run, run, scenario, textbook_run
from tests.reporting.builders import use_row

PLAIN_SPACE = str.maketrans("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(page_of_run())


@pytest.fixture(scope="module")
def report():
    return build_report(scenario(), run(), check=check(scenario()), baseline=run("baseline-2026"))


def test_the_page_is_well_formed_and_each_id_is_given_once(page):
    assert page.wrong == []
    ids = [*page.ids()]
    assert sorted(set(ids)) == sorted(ids)
    links = {attrs["href"].removeprefix("#") for tag, attrs in page.elements if tag == "a"}
    assert links
    assert links <= set(ids)


def test_the_page_says_what_the_table_of_run_says(page, report):
    text = page.text("main").translate(PLAIN_SPACE)
    assert report.head.title in page.text("h1")
    assert str(report.head.as_of) in page.text("header")
    assert report.head.legal_state in text
    topics = sentences_by_topic(report)
    for topic in ("uses", "limits", "baseline", "facilities"):
        for sentence in topics[topic]:
            first = re.split(r"\d{4}-\d{2}|`|\.\.", sentence)[0].strip()
            assert len(first) > 5
            assert first in text
    assert "474 numbers in the scenario" in page.text("#basis")


def test_every_number_of_the_scenario_is_listed_with_its_source_or_reason(page):
    basis = page.text("#basis")
    numbers = [*scenario().numbers]
    assert len(numbers) > 400
    for number in numbers:
        assert " ".join(f"{number.path.partition('.')[2]} = {number.text}".split()) in basis
    notes = {note for number in numbers for note in (number.assumed, number.source) if note}
    for note in notes:
        assert " ".join(note.split()) in basis


def test_charts_have_a_picture_and_words_beside_them(page):
    places = [attrs for tag, attrs in page.elements if attrs.get("id", "").startswith("chart-")]
    assert {attrs["id"] for attrs in places} == {
        *("chart-quarters", "chart-shortfall", "chart-law", "chart-output-0", "chart-origin")
    }
    assert {*page.specs} == {attrs["id"] for attrs in places}
    assert sum(tag == "svg" for tag, _ in page.elements) == len(places)
    described = [attrs["aria-label"] for tag, attrs in page.elements if attrs.get("role") == "img"]
    assert len(described) == len(places)
    assert any("5 Mct/yr in the median, 5 to 5 in 90 %" in label for label in described)
    assert "Controls in effect in A: none; B: cn_55" in page.text("#quarters")
    assert all(re.search(r"\d\s%", label) or "Mct/yr" in label for label in described)


def test_the_page_fetches_nothing_and_is_small():
    page = page_of_run()
    assert len(page.encode()) < 2_000_000
    loading = r"""(?:src|href|action|data|poster|srcset)\s*=\s*["']?(?!#)[^\s"'>#]"""
    assert not re.search(rf"<[a-z][^>]*\s{loading}", re.sub(r"<script>.*?</script>", "", page, flags=re.S))
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", re.sub(r"<script>.*?</script>", "", page, flags=re.S))
    assert "default-src 'none'" in page


def test_the_same_result_gives_the_same_bytes():
    again = report_page(plant_run(), Beside(baseline=run("baseline-2026")), former=run(seed=2))
    assert again == page_of_run()


def test_a_page_of_little_has_the_sections_that_fit():
    page = Page(report_page(textbook_run(), Beside()))
    assert page.wrong == []
    assert "The scenario has no plant." in page.text("#quarters")
    assert "not compared with a former one" in page.text("#since")
    assert "--since" in page.text("#since")
    assert "#chart-origin" not in page.specs
    assert not page.text("#reserves")
    assert not page.text("#prices")


def test_few_replications_are_counted_and_have_no_words():
    page = Page(report_page(textbook_run(5), Beside()))
    assert page.wrong == []
    assert re.search(r"\d of 5", page.text("#answer"))
    assert "too few for probabilities" in page.text("#answer")
    assert "IPCC" not in page.text("#answer")
    assert "In words" not in page.text("#answer")


def test_a_run_without_any_shortage_has_a_page():
    page = Page(report_page(run("baseline-2026"), Beside()))
    assert page.wrong == []
    assert "unlikely for each of" in page.text("#answer")
    assert "No use is short often enough" in page.text("#quarters")
    assert {*page.specs} == {"chart-law", "chart-origin"}  # nor has the plant any output yet


def rows_with(chances):
    return [use_row(f"u{k}", chance=value, assumed=assumed) for k, (value, assumed) in enumerate(chances)]


def with_rows(report, rows):
    from dataclasses import replace

    return replace(report, rows=tuple(rows), baseline_rows={})


def test_the_answer_counts_uses_by_word_and_leaves_out_assumed_volumes(report):
    rows = rows_with([(0.95, False), (0.97, False), (0.5, False), (0.005, False), (0.99, True)])
    assert headline(with_rows(report, rows)).endswith(
        "a shortage is very likely for 2 uses, about as likely as not for 1 and exceptionally unlikely for 1."
    )
    assert headline(with_rows(report, rows[3:])).endswith("exceptionally unlikely for the one use.")
    assert headline(with_rows(report, rows[3:4] * 3)).endswith("exceptionally unlikely for each of 3 uses.")
    assert [(word, len(uses)) for word, _, uses in ladder(with_rows(report, rows))] == [
        ("very likely", 2),
        ("about as likely as not", 1),
    ]


def test_a_use_between_two_words_is_listed_as_such(report):
    row = use_row("u", chance=0.65)
    unsure = with_rows(report, [type(row)(**{**vars(row), "chance": Estimate(0.65, 0.6, 0.7, 100)})])
    assert ladder(unsure)[0][0] == "between two words"
    assert headline(unsure).startswith("No word of the likelihood scale holds")


def test_code_is_marked_and_nothing_else():
    assert with_code("no `value` <b>") == "no <code>value</code> &lt;b&gt;"
    assert with_code("one ` alone & more") == "one ` alone &amp; more"


def test_the_scenario_of_the_page_gives_the_same_run(page):
    shown = page.texts("code")[-1]
    assert read_scenario(str(run().attrs["scenario"])).hash == run().attrs["scenario_hash"]
    assert " ".join(str(run().attrs["scenario"]).split()) == shown
    assert "diamondsim report scenario.yaml -n 32 --seed 1 -o report.html" in page.text("#made")
