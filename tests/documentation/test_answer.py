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
ROW = re.compile(r"^\| (.+), (.+?) \| (\d+) % \| (\w+ \d{4}) \| (\d+) weeks \|$", re.MULTILINE)
ANSWER = ROW.findall(QUICKSTART)
FOUR_ERRORS = 0.125
"""Four standard errors of a share of one half among 256 replications."""


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
    for use, region, chance, begins, weeks in ANSWER:
        row = next(
            row
            for (use_name, name), row in uses.items()
            if use_name.startswith(use) and name.lower().startswith(region.lower())
        )
        assert row["chance"]["value"] == pytest.approx(int(chance) / 100, abs=FOUR_ERRORS)
        told = dt.datetime.strptime(begins, "%B %Y")
        onset = dt.datetime.fromisoformat(row["onset"]["median"])
        assert abs((onset - told).days - 15) < 60
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


def test_the_readme_says_what_the_quickstart_says():
    shares = [int(share) for share in re.findall(r"(?<!to )\b(\d+) %", README)]
    told = re.search(r"the (\d+) % become\s+(\d+) %.*?(\d+) % of the (\d+) numbers", QUICKSTART, re.DOTALL)
    interval = re.search(r"95 % interval (\d+) to (\d+) %", README)
    assert told
    assert interval
    assert [int(told[1]), 95, int(told[2]), int(told[3])] == shares
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
