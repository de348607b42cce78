"""The page of a run: what it says, and which sections are there for a reason."""

import datetime as dt
import math
import re
from dataclasses import replace

import pytest

pytest.importorskip("altair", reason="an extra")
pytest.importorskip("vl_convert", reason="an extra")
pytest.importorskip("jinja2", reason="an extra")

import diamondsim as ds
from diamondsim.html_report import Beside, report_page
from diamondsim.html_report.answer import explained_regions, headline, ladder, legal_state_text
from diamondsim.html_report.page_parts import with_month_names
from diamondsim.html_report.page_writer import with_code
from diamondsim.html_report.run_charts import origin_chart, quarter_chart, shortfall_chart
from diamondsim.html_report.run_page import lasts_note, observed_parts, use_lines
from diamondsim.plan.check import check
from diamondsim.reporting import LegalStateRow, build_report, sentences_by_topic
from diamondsim.reporting.observed_rows import ObservedReport, ObservedRow
from diamondsim.reporting.price_report import Spread
from diamondsim.reporting.use_rows import FollowUp
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
            first = re.split(r"\d{4}-\d{2}|`|\.\.| A replication draws", sentence)[0].strip()
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
    return replace(report, rows=tuple(rows), baseline_rows={})


def test_the_answer_counts_uses_by_word_and_leaves_out_assumed_volumes(report):
    rows = rows_with([(0.95, False), (0.97, False), (0.5, False), (0.005, False), (0.99, True)])
    assert headline(with_rows(report, rows)).endswith(
        "a shortage is very likely for 2 uses and about as likely as not for 1."
    )
    assert headline(with_rows(report, rows[3:])).endswith("exceptionally unlikely for 1 use.")
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


def test_the_answer_counts_what_is_listed_below_it(report):
    unsure = use_row("u", chance=0.65, region="OA", region_name="Other allies (EU)")
    unsure = replace(unsure, chance=Estimate(0.65, 0.6, 0.7, 100))
    rows = [unsure, *rows_with([(0.95, False), (0.97, False), (0.05, False), (0.2, False)])]
    made = with_rows(report, rows)
    assert headline(made).endswith(
        "is very likely for 2 uses, unlikely for 1, very unlikely for 1 and between two words for 1."
    )
    assert [(word, len(uses)) for word, _, uses in ladder(made)] == [
        ("very likely", 2),
        ("unlikely", 1),
        ("very unlikely", 1),
        ("between two words", 1),
    ]
    assert explained_regions(made) == ["Other allies: EU"]


def test_the_answer_holds_by_the_last_day_of_the_horizon(report):
    for first, end, last in (
        (dt.date(2026, 11, 23), dt.date(2026, 12, 21), "20 December 2026"),
        (dt.date(2026, 1, 1), dt.date(2026, 1, 11), "10 January 2026"),
    ):
        short = replace(report, head=replace(report.head, first_day=first, last_day=end))
        assert headline(with_rows(short, rows_with([(0.95, False)]))) == (
            f"By {last}, a shortage is very likely for 1 use."
        )


def test_legal_states_that_never_occur_are_left_out():
    day, none = dt.date(2027, 11, 22), Estimate(0.0, 0.0, 0.1, 32)
    rows = [
        LegalStateRow("A", {"ban": False}, day, Estimate(0.75, 0.7, 0.8, 32), 0.5),
        LegalStateRow("B", {}, day, none, 0.0),
        LegalStateRow("C", {"ban": True}, day, none, 0.25),
    ]
    said = "A 75 %, C 0 %; share of the horizon: A 50 %, C 25 %"
    year = legal_state_text(rows, dt.date(2026, 11, 23))
    key = "In effect: A not ban; C ban"
    assert year == f"Legal states on 22 November 2027, one year after the start: {said}. {key}"
    assert "at the end of the horizon: A" in legal_state_text(rows, dt.date(2027, 11, 1))
    assert legal_state_text(rows[1:2], day) == ""


def test_a_page_says_what_the_scenario_is_about_and_names_no_files_or_options(page):
    described = " ".join(str(scenario().description).split())
    assert described in page.text("header")
    assert "Other allies: EU, Taiwan, Switzerland." in page.text("#answer")
    everything = page.text("main") + Page(report_page(run("baseline-2026"), Beside())).text("main")
    assert "docs/results.md" not in everything
    assert "--json" not in everything


def test_a_first_shortage_that_outlasts_the_horizon_has_a_unit_and_an_explanation(report):
    late = FollowUp(392.0, Estimate(0.58, 0.5, 0.6, 60))
    never_ends = Estimate(math.inf, math.inf, math.inf, 60)
    rows = [
        use_row("u", days_short=never_ends, short_follow_up=late),
        use_row("v", days_short=Estimate(105, 90, 120, 60)),
    ]
    lines = use_lines(rows, with_rows(report, rows))
    assert [line.lasts for line in lines["United States"]] == ["> 392 days in 58 %", "105 days"]
    assert "58 % of them last longer than 392 days" in lasts_note(lines)
    assert lasts_note({"US": lines["United States"][1:]}) == ""


def test_a_conditioned_run_warns_once_in_sentences_with_capitals(report):
    spread = Spread(Estimate(1, 1, 1, 32), 0.5, 2.0)
    row = ObservedRow("imports", "ct", "customs", 2.0, 0.1, spread, spread)
    observed = ObservedReport((row,) * 13, 32, 3.0, "few")
    parts = observed_parts(replace(report, observed=observed), with_month_names)
    assert parts[0].text.startswith("Conditioned on 13 observations")
    assert [part.text for part in parts[1:]] == ["! few", "", "and 1 before them"]
    assert [part.table.caption for part in parts if part.table] == ["Observations"]


def test_names_of_a_user_stay_as_they_are_where_sentences_name_months():
    changes = {"uses.polishing.name": "Order 2027-04", "regions.US.name": "Port a..b (x..y)"}
    named = scenario().override(changes)
    made = ds.monte_carlo(named, replications=32, seed=1, workers=1)
    text = Page(report_page(made, Beside())).text("main").translate(PLAIN_SPACE)
    assert "rder 2027-04 in " in text
    assert "Port a..b" in text
    for wrong in ("rder April 2027", "a to b", "x to y"):
        assert wrong not in text
    assert re.search(r"half of all replications by [A-Z][a-z]+ 20", text)


def test_code_is_marked_and_nothing_else():
    assert with_code("no `value` <b>") == "no <code>value</code> &lt;b&gt;"
    assert with_code("one ` alone & more") == "one ` alone &amp; more"


def test_the_scenario_of_the_page_gives_the_same_run(page):
    shown = page.texts("code")[-1]
    assert read_scenario(str(run().attrs["scenario"])).hash == run().attrs["scenario_hash"]
    assert " ".join(str(run().attrs["scenario"]).split()) == shown
    assert "No command is given: the runs beside this one were made in Python." in page.text("#made")


def test_uses_and_regions_whose_names_differ_within_parentheses_keep_apart(report):
    places = [
        ("x", "Home (a)", "u", "Saw (a)"),
        ("y", "Home (b)", "u", "Saw (a)"),
        ("x", "Home (a)", "v", "Saw (b)"),
    ]
    rows = [
        use_row(u, region=r, region_name=r_name, use_name=u_name, chance=0.5)
        for r, r_name, u, u_name in places
    ]
    made = with_rows(report, rows)
    assert [use for _, _, uses in ladder(made) for use in uses] == [
        "Saw (a): Home\N{NO-BREAK SPACE}(a)\N{NO-BREAK SPACE}50\N{NO-BREAK SPACE}%, "
        "Home\N{NO-BREAK SPACE}(b)\N{NO-BREAK SPACE}50\N{NO-BREAK SPACE}%",
        "Saw (b): Home\N{NO-BREAK SPACE}(a)\N{NO-BREAK SPACE}50\N{NO-BREAK SPACE}%",
    ]
    assert {r: [line.name for line in lines] for r, lines in use_lines(rows, made).items()} == {
        "Home (a)": ["Saw (a)", "Saw (b)"],
        "Home (b)": ["Saw (a)"],
    }


def test_a_use_or_buyer_that_the_baseline_does_not_have_is_marked_in_its_row(report):
    rows = [use_row(use, region="US", region_name="United States") for use in ("u", "v", "v/firm")]
    made = replace(with_rows(report, rows), baseline_rows={("US", "u"): use_row("u", chance=0.25)})
    (lines,) = use_lines(rows, made).values()
    assert [line.baseline.partition(" [")[0] for line in lines] == [
        "baseline 25.0\N{NO-BREAK SPACE}%",
        "baseline: no such use",
        "baseline: no such buyer",
    ]
    (alone,) = use_lines(rows, replace(made, baseline_rows={})).values()
    assert [line.baseline for line in alone] == ["", "", ""]


def test_charts_have_a_row_for_each_use_where_short_names_coincide():
    names = {"region_name": ("region", [f"Home ({k})" for k in range(run().sizes["region"])])}
    names["use_name"] = ("use", [f"Saw ({k})" for k in range(run().sizes["use"])])
    made = run().assign_coords(names)
    found = build_report(scenario(), made, check=check(scenario()))
    shown = found.rows[:6]
    chart, fan, lines = (
        quarter_chart(found, shown),
        shortfall_chart(made, found, shown),
        origin_chart(made, found),
    )
    assert chart is not None
    assert fan is not None
    assert lines is not None
    assert found.quarters is not None
    cells = [(row["use"], row["quarter"]) for row in chart.spec["data"]["values"]]
    assert len(cells) == len({*cells}) == 6 * len(found.quarters.quarter)
    points = [(row["use"], row["day"]) for row in fan.spec["data"]["values"]]
    assert len(points) == len({*points})
    ends = lines.spec["data"]["values"]
    assert len({row["region"] for row in ends}) > 1
    assert len(ends) == len({(row["region"], row["day"]) for row in ends})
