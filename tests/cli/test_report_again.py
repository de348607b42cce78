"""The commands on a page make the same page, or it says what they do not repeat."""

import html
import shlex

import pytest

pytest.importorskip("altair", reason="an extra")
pytest.importorskip("vl_convert", reason="an extra")
pytest.importorskip("jinja2", reason="an extra")

import diamondsim as ds
from diamondsim.cli.comparisons import choose_baseline
from diamondsim.cli.options import load, read_changes
from diamondsim.cli.report_results import baseline_words
from diamondsim.html_report import BaselineWords
from diamondsim.html_report.made_again import with_commands
from diamondsim.html_report.page_parts import MadeWith
from tests.cli.short_runs import BAN
from tests.html_report.small_pages import Page, textbook_run


def marked(page, label):
    """Return the text of a block of a page by its label."""
    _, found, rest = page.partition(f'aria-label="{label}"><code>')
    assert found, label
    return html.unescape(rest.partition("</code>")[0])


def without_command(page):
    """Return a page without the command that made it, which names files."""
    before, label, rest = page.partition('aria-label="The command"><code>')
    return before + label + rest.partition("</code>")[2]


@pytest.fixture
def made_again(call, tmp_path, monkeypatch):
    """Return a function that makes a page as another page says: both, without the commands that made them."""
    monkeypatch.chdir(tmp_path)
    # Pictures take most of the time.
    monkeypatch.setattr("diamondsim.html_report.vega_charts.static_svg", lambda _spec, key: key)
    monkeypatch.setattr("diamondsim.html_report.page_writer.browser_libraries", str)

    def make(*words):
        assert call("report", *words, "-q", "-o", "first.html")[0] == 0
        first = (tmp_path / "first.html").read_text(encoding="utf-8")
        (tmp_path / "scenario.yaml").write_text(marked(first, "The scenario in full"), encoding="utf-8")
        for line in marked(first, "Commands that make the page again").splitlines():
            code, _, err = call(*shlex.split(line)[1:])
            assert code == 0, err
        second = (tmp_path / "report.html").read_text(encoding="utf-8")
        return without_command(first), without_command(second)

    return make


@pytest.fixture
def own(tmp_path):
    """Return a short scenario as a file."""
    file = tmp_path / "own.yaml"
    file.write_text(f"extends: {BAN}\nhorizon: {{length: 60 days}}\n", encoding="utf-8")
    return str(file)


def test_the_page_of_a_scenario_is_made_again(made_again, own):
    first, second = made_again(own, "-n", "24")
    assert first == second


def test_the_page_of_a_result_is_made_again_without_a_baseline(made_again, own, tmp_path):
    ds.save(ds.monte_carlo(ds.load_scenario(own), replications=24, seed=3, workers=1), tmp_path / "kept.nc")
    first, second = made_again("kept.nc")
    assert first == second


@pytest.mark.parametrize(
    "name, changes, words, is_same",
    [
        (None, (), (), True),
        ("none", (), ("--baseline", "none"), True),
        ("calm", (), ("--baseline", "calm"), True),
        ("baseline-2026", (), (), True),
        ("calm", ("inventory_policy.polishing.cover=90 days",), ("--baseline", "calm"), False),
        (None, ("inventory_policy.polishing.cover=90 days",), (), False),
    ],
)
def test_a_baseline_is_named_unless_the_command_chooses_it_by_itself(name, changes, words, is_same):
    scenario = load("lapse-2027", changes)
    baseline, _ = choose_baseline(scenario, name, read_changes(changes))
    assert baseline_words(scenario, baseline, name, changes) == BaselineWords(words, is_same=is_same)


def commands(baseline=None, dataset=None, *, has_others=False, has_former=False):
    """Return the commands for a page, and the sentences on what they do not repeat."""
    found = with_commands(
        MadeWith(()),
        textbook_run().assign_attrs(changes="") if dataset is None else dataset,
        baseline=baseline,
        has_others=has_others,
        has_former=has_former,
    )
    return " ".join(found.again), " ".join(found.not_repeated)


def test_what_the_commands_cannot_repeat_is_said():
    words, said = commands(BaselineWords(("--baseline", "none"), is_same=True))
    assert " --baseline none -o report.html" in words
    assert said == ""
    words, said = commands(BaselineWords((), is_same=False))
    assert "The baseline is not repeated" in said
    words, said = commands(has_former=True)
    assert words.endswith("-o report.html --since former.nc")
    assert "former.nc is the former result" in said
    assert "holds the changes by options" in commands(dataset=textbook_run())[1]


def test_no_command_is_given_where_none_makes_the_page():
    weights = textbook_run().assign(weight=("replication", [1 / 32] * 32))
    assert commands(dataset=weights.assign_attrs(command="diamondsim run x --observed y.csv")) == (
        "",
        "No command is given: the result is weighted by observations that are not in this page. "
        "The result was made by: diamondsim run x --observed y.csv",
    )
    assert commands(has_others=True) == (
        "",
        "No command is given: the runs beside this one were made in Python.",
    )
    assert commands(dataset=textbook_run().assign_attrs(diamondsim_version="0.0.1")) == ("", "")


def test_the_baseline_of_a_page_is_given_to_the_command_as_far_as_it_can_be(call, tmp_path, monkeypatch, own):
    monkeypatch.chdir(tmp_path)
    change = ("--set", "inventory_policy.u.opening=1 day")
    for words, expected in (((), False), (("--baseline", own, *change), True)):
        assert call("report", own, *words, "-n", "8", "-q", "-o", "r.html")[0] == 0
        text = Page((tmp_path / "r.html").read_text(encoding="utf-8")).text("#made")
        assert ("The baseline is not repeated" in text) == expected
