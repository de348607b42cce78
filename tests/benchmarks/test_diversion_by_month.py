"""What is diverted month by month, against docs/evidence.md within the error of a short run."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.diversion_by_month import BATCHES, CHANGES, MONTHS, SAME_WEEK, SCENARIO, flows
from diamondsim.scenario import load_scenario

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
PART = PAGE.read_text(encoding="utf-8").split("\n## 4 Diversion\n")[1].split("\n## 5")[0]
REPLICATIONS = 96


def of_page(row):
    """Return the numbers in each cell of a row of the page after the first, (months, numbers)."""
    (line,) = re.findall(rf"^\| {re.escape(row)} \|.*$", PART, re.MULTILINE)
    return np.array([[float(x) for x in re.findall(r"\.\d+", cell)] for cell in line.split("|")[2:-1]])


@pytest.fixture(scope="module")
def found():
    short = load_scenario(SCENARIO).override({"horizon.length": "14 months"})
    return {name: flows(short.override(CHANGES[name]), REPLICATIONS) for name in (BATCHES, SAME_WEEK)}


def test_the_page_has_the_flows_of_a_run(found):
    assert of_page("month").shape[0] == len(MONTHS)
    assert found[BATCHES].exported == pytest.approx(of_page("all destinations")[:, 0], abs=0.08)
    licensed, diverted = of_page("United States").T
    assert found[BATCHES].licensed == pytest.approx(licensed, abs=0.04)
    assert found[BATCHES].diverted == pytest.approx(diverted, abs=0.015)


def test_third_countries_without_stock_pass_on_less_between_batches(found):
    assert (found[SAME_WEEK].diverted < 0.7 * found[BATCHES].diverted).all()


@pytest.mark.parametrize("name", CHANGES)
def test_every_case_changes_a_scenario_that_can_be_run(name):
    changed = load_scenario(SCENARIO).override(CHANGES[name])
    assert (changed.hash == load_scenario(SCENARIO).hash) is (name == BATCHES)
