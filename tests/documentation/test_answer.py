"""The answer of the README and the quickstart is that of the program, within the error of a short run."""

import datetime as dt
import math
import re
from typing import Any

import pytest

import diamondsim as ds
from diamondsim.reporting import build_report, json_report
from tests.documentation.pages import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
QUICKSTART = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (.+), (.+?) \| (\d+) % \| (\w+ \d{4}) \| (\d+) % \| (\d+) weeks \|$", re.MULTILINE)
ANSWER = ROW.findall(QUICKSTART)
FOUR_ERRORS = 0.125
"""Four standard errors of a share of one half among 256 replications."""

SAME_RUN = {
    "lapse-2027, 512 replications": {
        "mechanisms.md": r"^\| `lapse-2027` \| ([\d.]+) %",
        "monotonicity.md": r"^\| the truce lapses on 10 January 2027 \| ([\d.]+) %",
        "size.md": r"^0 ct +([\d.]+) %",
        "tutorial.md": r"Polishing\n +lapse-2027 +([\d.]+) %",
    },
    "lapse-2027, 1,024 replications": {
        "compare.md": r"States\n +Polishing\n +lapse-2027 +([\d.]+) %",
        "decide.md": r"^ +lapse-2027 +(?:1,024  )?([\d.]+)(?: %|$)",
    },
    "lapse-2027, 2,000 replications": {
        "quickstart.md": r"2,000 replications above say ([\d.]+) %",
        "tutorial.md": r"^ +baseline +([\d.]+) %",
    },
    "lapse-2027, 4,096 replications": {
        "five-questions.md": r"^\| Polishing, United States \| ([\d.]+) %",
        "discover.md": r"^in ([\d.]+) % \[[\d., ]+\] of 4,096 replications",
    },
    "reinstated-2027, 512 replications": {
        "mechanisms.md": r"^\| `reinstated-2027` \| ([\d.]+) %",
        "monotonicity.md": r"^\| base \| ([\d.]+) %",
        "evidence.md": r"States\s+in [\d.]+ (?:and|instead of) ([\d.]+) %",
        "design.md": r"short \(([\d.]+) % without\)",
    },
}
"""Pages with the chance that American polishing is short in one run: where each has it."""


def report(name: str) -> Any:
    """Return the document of `diamondsim run --json` for a short run, without the runs beside it.

    Those tell what the plant, diversion and reserves change, of which nothing here is read.
    """
    scenario = ds.load_scenario(name)
    run = ds.monte_carlo(scenario, replications=256, seed=3, workers=1)
    return json_report(build_report(scenario, run, check=ds.check(scenario)))


def test_the_answer_is_that_of_a_run():
    uses = {(row["use_name"], row["region_name"]): row for row in report("lapse-2027")["uses"]}
    often = sum(row["chance"]["value"] > 0.05 for row in uses.values())
    assert len(ANSWER) == often > 6
    for use, region, chance, begins, unmet, weeks in ANSWER:
        row = next(
            row
            for (use_name, name), row in uses.items()
            if use_name.startswith(use) and name.lower().startswith(region.lower())
        )
        assert row["chance"]["value"] == pytest.approx(int(chance) / 100, abs=FOUR_ERRORS)
        told = dt.datetime.strptime(begins, "%B %Y")
        onset = dt.datetime.fromisoformat(row["onset"]["median"])
        assert abs((onset - told).days - 15) < 60
        depth = row["depth_if_short"]
        assert depth["low"] - 0.03 < int(unmet) / 100 < depth["high"] + 0.03
        lasts = row["days_short"]
        assert lasts["low"] / 1.2 <= 7 * int(weeks) <= 1.2 * (lasts["high"] or math.inf)


def test_what_notice_is_worth_is_that_of_a_run():
    told = re.search(r"the (\d+) % become\s+(\d+) %", QUICKSTART)
    assert told
    assert told[1] == ANSWER[0][2]
    (row,) = [
        row
        for row in report("lapse-2027-notice")["uses"]
        if (row["region"], row["use"]) == ("US", "polishing")
    ]
    assert row["chance"]["value"] == pytest.approx(int(told[2]) / 100, abs=FOUR_ERRORS)


def test_what_prices_change_is_that_of_a_run():
    page = (ROOT / "docs" / "five-questions.md").read_text(encoding="utf-8")
    row = re.search(r"lapses, polishing, United States \| ([\d.]+) % .*?\| ([\d.]+) %", page)
    told = re.search(r"the (\d+) % are (\d+) %, and buyers give up (\d+) %", QUICKSTART)
    assert row
    assert told
    assert [round(float(share)) for share in row.groups()] == [int(told[1]), int(told[2])]
    run = ds.monte_carlo(ds.load_scenario("lapse-2027-priced"), replications=256, seed=3, workers=1)
    polishing = run.sel(region="US", use="polishing", bound="estimate")
    chance = float(polishing["probability_of_shortage"])
    assert chance == pytest.approx(int(told[2]) / 100, abs=FOUR_ERRORS)
    given_up = float(run["unmet_need_mean"].sel(region="US", use="polishing", bound="estimate"))
    assert 100 * given_up == pytest.approx(4.2, abs=1)


def test_the_readme_says_what_the_quickstart_says():
    shares = [int(share) for share in re.findall(r"(?<!to )\b(\d+) %", README)]
    priced = re.search(r"the (\d+) % are (\d+) %, and buyers give up (\d+) %", QUICKSTART)
    assert priced
    told = re.search(r"the (\d+) % become\s+(\d+) %.*?(\d+) % of the (\d+) numbers", QUICKSTART, re.DOTALL)
    interval = re.search(r"95 % interval (\d+) to (\d+) %", README)
    assert told
    assert interval
    assert priced[1] == told[1]
    expected = (told[1], 95, ANSWER[0][4], told[2], *priced.groups()[1:], told[3])
    assert [int(x) for x in expected] == shares
    assert int(interval[1]) <= int(told[1]) <= int(interval[2])
    assert f"{told[3]} % of the {told[4]} numbers" in README


def test_what_changed_sets_the_measured_headlines_beside_the_former_ones():
    """The column `now` is that of the table of docs/mechanisms.md, which is measured."""
    mechanisms = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
    changed = (ROOT / "docs" / "what-changed.md").read_text(encoding="utf-8")
    table = mechanisms.split("<!-- evidence-2026: begin -->")[1].split("<!-- evidence-2026: end -->")[0]
    measured = re.search(
        r"^\| `reinstated-2027` \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \|", table, re.MULTILINE
    )
    assert measured
    headlines = ("Polishing, United States", "Machining and chip tools, United States", "Polishing, Japan")
    for headline, share in zip(headlines, measured.groups(), strict=True):
        now = re.search(rf"^\| {headline} \| \d+ % \| (\d+) % \|", changed, re.MULTILINE)
        assert now
        assert int(now[1]) == pytest.approx(float(share), abs=0.5)


@pytest.mark.parametrize("run", SAME_RUN)
def test_pages_that_quote_one_run_quote_one_figure(run):
    """The tables of mechanisms and monotonicity are measured; the others hold to what commands print."""
    found = {
        page: {
            float(share)
            for share in re.findall(pattern, (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE)
        }
        for page, pattern in SAME_RUN[run].items()
    }
    assert all(found.values()), f"expected a figure on each page, found {found}"
    assert len({round(share) for shares in found.values() for share in shares}) == 1, found


def test_the_history_of_the_headlines_ends_with_what_is_measured():
    """The last two columns are rows of the measured table that stands above it."""
    page = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
    table, history = page.split("<!-- evidence-2026: begin -->")[1].split("<!-- evidence-2026: end -->")
    former, now = (
        re.findall(r"\| ([\d.]+) %", re.findall(rf"^\| {row} (\|.*)$", table, re.MULTILINE)[0])
        for row in ("all four", "`reinstated-2027`")
    )
    told = re.findall(r"([\d.]+) % \| ([\d.]+) % \|$", history.split("\n\n")[3], re.MULTILINE)
    chance, _, in_japan, unmet, _ = zip(former, now, strict=True)
    assert told == [chance, unmet, in_japan]
