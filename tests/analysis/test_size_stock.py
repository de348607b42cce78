"""The stock of a buyer against textbooks, beside a second source, and what is refused."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis import size_search, sized_stock
from diamondsim.analysis.asked_stock import asked_stock

MEAN, TICK, N = 360.0, 20.0, 100
"""Days that the ban lasts on average; days; replications."""
TESTED = 150.0
"""Days after which the second source is qualified."""


@pytest.fixture(scope="module")
def textbook():
    """A ban of exponential length from the start."""
    scenario = ds.load_scenario("tests/theory/exponential-ban.yaml")
    ticks = {"horizon.tick": f"{TICK:g} days", "metrics.window": f"{TICK:g} days"}
    return scenario.override({"horizon.length": "500 days", **ticks})


@pytest.fixture(scope="module")
def firm(textbook):
    """A firm of half of the buyers; one that makes the grade elsewhere can become its second source."""
    source = {"region": "ally", "capacity": {"g": "1 kct/day"}}
    qualify = {"other": {"from": "2026-01-01", "time": f"{TESTED:g} days", "share": "100%", "lead": "0 days"}}
    return textbook.override(
        {
            "regions.ally": {},
            "producers.other": source,
            "buyers.firm": {"aggregate": "home.u", "share": "50%", "qualify": qualify},
        }
    )


@pytest.fixture(scope="module")
def found(firm):
    return ds.size_stock(firm, "firm", chance="30%", replications=N, seed=1, workers=1, tolerance=0.2)


def test_a_stock_alone_outlasts_the_ban_as_the_formula_says(found):
    """P(ban outlasts s) = exp(-s / mean); a tick of rounding on either side."""
    value, low, high = found["stock"].sel(option="stock").values
    assert low - TICK <= -MEAN * math.log(0.3) <= high + TICK
    assert low <= value <= high


def test_beside_a_second_source_it_has_to_last_until_that_is_qualified(found):
    """Two bans in three last longer, so that less does not do; with more nothing is short."""
    both = found["stock"].sel(option="stock and second source")
    assert TESTED - 2 * TICK <= both.sel(bound="estimate") <= TESTED + 2 * TICK
    assert both.sel(bound="estimate") < found["stock"].sel(option="stock", bound="estimate")
    beyond = found["simulated_stock"].sel(option="stock and second source") > TESTED + 2 * TICK
    answers = found["answer"].sel(option="stock and second source", bound="estimate")
    assert (answers.where(beyond, 0.0) == 0).all()


def test_the_stated_stock_without_and_with_the_second_source_is_beside_them(firm, found):
    """The scenario states 180 days, which outlast the test."""
    place = {"region": "home", "use": "u/firm"}
    without = ds.monte_carlo(firm.override({"buyers.firm.qualify": None}), replications=N, seed=1)
    np.testing.assert_array_equal(
        found["as_stated"].sel(option="stock"), without["probability_of_shortage"].sel(place)
    )
    assert found["as_stated"].sel(option="stock and second source", bound="estimate").item() == 0
    assert found.attrs["stated"] == "180 days"
    assert found.attrs["second_source"] == "other"
    assert (found.attrs["demand_a_day"], found.attrs["unit"]) == (50.0, "ct")


def test_a_second_source_may_come_from_the_call_and_replaces_that_of_the_scenario(firm):
    source = {"from": "2026-02-01", "share": "50%"}
    asked = asked_stock(firm, "firm", vary="cover", second_source={"other": source})
    assert [len(each.buyers["firm"].qualify) for each in asked.scenarios] == [0, 1]
    assert asked.scenarios[1] == firm.override({"buyers.firm.qualify": None}).override(
        {"buyers.firm.qualify": {"other": source}}
    )
    assert asked.second_source == "other"


def test_the_check_is_a_run_with_another_seed(firm, found):
    value = found["stock"].sel(option="stock", bound="estimate").item()
    policy = {"cover": f"{value!r} days", "opening": f"{value!r} days"}
    scenario = firm.override({"buyers.firm.qualify": None, "buyers.firm.inventory_policy": policy})
    run = ds.monte_carlo(scenario, replications=N, seed=2)
    np.testing.assert_array_equal(
        found["achieved"].sel(option="stock", check="estimate"),
        run["probability_of_shortage"].sel(region="home", use="u/firm"),
    )


def test_the_base_stock_of_a_newsvendor_is_that_of_the_book():
    """Critical ratio 18 / (18 + 2): a day is short with a chance of 10 % at 132.815516, a day's demand more
    than the stock at its start (Snyder and Shen)."""
    newsvendor = ds.load_scenario("tests/theory/newsvendor.yaml").override(
        {"horizon.length": "1 day", "metrics.threshold": "0%", "metrics.window": "1 day"}
    )
    found = ds.size_stock(
        newsvendor, "home.u", chance=0.1, most="0.5 days", replications=1_000, seed=4, workers=1
    )
    value, low, high = 120 * (1 + found["stock"].sel(option="stock").values)
    assert low <= 132.815516 <= high
    assert low <= value <= high
    # The density of demand at the quantile is 0.01755, so that 1.96 errors of the chance are 1.06 units.
    assert high - low < 2 * 1.06 + 2
    assert found["option"].values.tolist() == ["stock"]


def test_an_opening_stock_alone_can_be_sized(textbook):
    found = ds.size_stock(
        *(textbook, "home.u"),
        chance=0.6,
        vary="opening",
        replications=60,
        seed=1,
        workers=1,
        tolerance=0.2,
    )
    _, low, high = found["stock"].sel(option="stock").values
    assert low - TICK <= -MEAN * math.log(0.6) <= high + TICK
    assert found.attrs["vary"] == "opening"


@pytest.mark.parametrize(
    "buyer, options, text",
    [
        ("frm", {}, "there is no buyer 'frm'; did you mean 'firm'?"),
        ("home.v", {}, "there is no buyer 'home.v'; did you mean 'home.u'?"),
        ("firm", {"vary": "stock"}, "vary: expected cover or opening, found 'stock'"),
        ("firm", {"most": "3 kct"}, "most: expected a duration"),
        ("firm", {"most": 0}, "most: expected a duration above 0 days, found 0"),
        ("firm", {"chance": 0.01}, "expected 381 or more"),
        ("home.u", {"second_source": {"other": {}}}, "home.u is a whole use, and only a buyer has"),
        (
            "firm",
            {"second_source": {"othr": {"from": "2026-01-01", "share": "50%"}}},
            "did you mean 'other'?",
        ),
    ],
)
def test_a_question_that_does_not_fit_is_refused_before_a_run(firm, monkeypatch, buyer, options, text):
    def run(*_, **__):
        pytest.fail("nothing must be simulated")

    for module in (size_search, sized_stock):
        monkeypatch.setattr(module, "simulated", run)
    with pytest.raises(ds.ScenarioError, match=re.escape(text)):
        ds.size_stock(firm, buyer, **{"chance": 0.2, "replications": 100, **options})


def test_without_buyers_the_message_says_how_to_name_one(textbook):
    with pytest.raises(ds.ScenarioError, match="the scenario has none: add one under"):
        ds.size_stock(textbook, "firm", chance=0.2)
