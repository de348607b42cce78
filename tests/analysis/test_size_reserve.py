"""The smallest reserve that meets a target, against a ban of exponential length, and what is refused."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis import size_search

MEAN, SALES, TICK, N = 360.0, 100.0, 20.0, 100
"""Days that the ban lasts on average; sales a day; days; replications."""


@pytest.fixture(scope="module")
def ban():
    """Behind a ban of exponential length, from the start, a buyer without any stock."""
    textbook = ds.load_scenario("tests/theory/exponential-ban.yaml")
    return textbook.override(
        {
            "horizon.length": "500 days",
            "horizon.tick": f"{TICK:g} days",
            "metrics.window": f"{TICK:g} days",
            "inventory_policy.u": {"opening": "0 days", "cover": "0 days"},
        }
    )


def sized(scenario, *reserves, **options):
    asked = {"region": "home", "use": "u", "replications": N, "seed": 1, "workers": 1}
    return ds.size_reserve(scenario, reserves, **{**asked, **options})


@pytest.fixture(scope="module")
def found(ban):
    return sized(ban, chance=0.6, grade="g", serves="u", most="50 kct")


def test_the_reserve_that_outlasts_the_ban_with_a_chosen_chance_is_that_of_the_formula(found):
    """P(ban outlasts s) = exp(-s / mean); a tick of rounding on either side."""
    assert found["reserve"].values.tolist() == ["home_g"]
    value, low, high = found["opening"].sel(reserve="home_g").values
    exact = -MEAN * math.log(0.6) * SALES
    assert low - TICK * SALES <= exact <= high + TICK * SALES
    assert low <= value <= high
    assert high - low < exact


def test_what_is_found_was_simulated_and_a_smaller_one_misses_the_target(found):
    sizes = found["simulated_opening"].sel(reserve="home_g").values
    answers = found["answer"].sel(bound="estimate").values
    assert (np.diff(sizes) > 0).all()
    value = found["opening"].sel(reserve="home_g", bound="estimate").item()
    k = int(np.flatnonzero(sizes == value)[0])
    assert (answers[k:] <= 0.6).all()
    assert answers[k - 1] > 0.6
    assert sizes[k] - sizes[k - 1] <= 0.05 * sizes[k]


def test_an_answer_is_that_of_a_run_and_the_check_that_of_another_seed(ban, found):
    value = found["opening"].sel(reserve="home_g", bound="estimate").item()
    reserve = {"region": "home", "grade": "g", "serves": ["u"], "lead": "0 days", "release": "1 kct/day"}
    scenario = ban.override({"reserves.home_g": {**reserve, "opening": f"{value!r} ct"}})
    place = {"region": "home", "use": "u"}
    for seed, told in (
        (1, found["answer"].isel(size=found["simulated_cost"].values.tolist().index(value))),
        (2, found["achieved"].sel(check="estimate")),
    ):
        run = ds.monte_carlo(scenario, replications=N, seed=seed)
        np.testing.assert_array_equal(told, run["probability_of_shortage"].sel(place))
    assert found["achieved"].attrs["seed"] == 2


def test_the_frontier_leaves_out_what_costs_more_and_does_no_better(found):
    cost, risk = found["simulated_cost"].values, found["answer"].sel(bound="estimate").values
    on = found["efficient"].values
    assert on[0]
    assert (np.diff(risk[on]) < 0).all()
    for k in np.flatnonzero(~on):
        assert ((cost < cost[k]) & (risk <= risk[k])).any()


def test_a_tail_of_the_shortage_and_a_time_to_survive_are_targets_too(ban):
    """The worst 5 % last 4 mean lengths on average, here cut at the horizon: 500 days less the stock."""
    tail = sized(ban, cvar="40%", grade="g", serves="u", most="50 kct", tolerance=0.1, replications=200)
    value = tail["opening"].sel(bound="estimate").item()
    assert value == pytest.approx(0.6 * 500 * SALES, rel=0.11)
    assert tail["answer"].attrs["units"] == "1"
    time = sized(
        ban, survive="200 days", grade="g", serves="u", most="50 kct", replications=20, tolerance=0.1
    )
    # A tick is short once the stock does not last to its end.
    assert time["opening"].sel(bound="estimate").item() == pytest.approx(200 * SALES, rel=0.11)


def test_a_target_out_of_reach_says_what_the_best_is(ban):
    result = sized(ban, chance=0.1, grade="g", serves="u", release="1 ct/day", most="50 kct")
    assert result.attrs["reached"] == 0
    assert np.isnan(result["opening"]).all()
    assert np.isnan(result["achieved"]).all()
    assert result.attrs["best"] == 1.0
    assert result.attrs["best_size"] == 0


@pytest.fixture
def two(ban):
    """Two reserves for the one use."""
    both = {
        name: {"region": "home", "grade": "g", "opening": "1 kct", "serves": ["u"]}
        | {"release": "1 kct/day", "lead": "20 days"}
        for name in ("cheap", "dear")
    }
    return ban.override({"reserves": both})


def test_of_two_reserves_that_do_the_same_the_cheap_one_is_bought(two):
    result = sized(
        *(two, "dear", "cheap"),
        chance=0.6,
        unit_costs={"cheap": "1 USD/ct", "dear": 3},
        replications=60,
        most={"cheap": "50 kct", "dear": 50_000},
        tolerance=0.2,
    )
    opening = result["opening"].sel(bound="estimate").to_series()
    assert opening["dear"] == 0
    assert result["opening"].sel(reserve="cheap", bound="low") - 2000 <= 18_390
    assert result["opening"].sel(reserve="cheap", bound="high") + 2000 >= 18_390
    assert result["cost"].sel(bound="estimate").item() == pytest.approx(opening["cheap"])
    assert result["cost"].attrs["units"] == "USD"


@pytest.mark.parametrize(
    "reserves, options, text",
    [
        ((), {}, "the scenario has no reserve: add one under `reserves`"),
        (("us",), {"grade": "h", "serves": "u"}, "there is no grade 'h'; allowed: g"),
        ((), {"grade": "g", "serves": "v"}, "unknown use 'v'"),
        ((), {"grade": "g"}, "needs both `grade` and `serves`, the uses that it serves; found `grade`"),
        ((), {"grade": "g", "serves": "u", "most": "3 days"}, "most: expected a quantity"),
        ((), {"grade": "g", "serves": "u", "most": 0}, "most: expected a size above 0 for home_g, found 0"),
        ((), {"grade": "g", "serves": "u", "unit_costs": {"homeg": 1}}, "did you mean 'home_g'?"),
        (("a", "b"), {"grade": "g", "serves": "u"}, "expected one name for the new reserve, found a and b"),
        ((), {"use": "w"}, "there is no use 'w'"),
        ((), {"region": "hom"}, "there is no region 'hom'; did you mean 'home'?"),
        ((), {"chance": 0.01, "grade": "g", "serves": "u"}, "expected 381 or more"),
    ],
)
def test_a_question_that_does_not_fit_is_refused_before_a_run(ban, nothing_runs, reserves, options, text):
    with pytest.raises(ds.ScenarioError, match=re.escape(text)):
        sized(ban, *reserves, **{"chance": 0.2, **options})


@pytest.mark.parametrize(
    "reserves, options, text",
    [
        (("cheep",), {}, "there is no reserve 'cheep'; did you mean 'cheap'?"),
        ((), {}, "unit_costs: expected the cost of a unit of each reserve that is sized"),
        ((), {"unit_costs": {"cheap": 1}}, "found none of dear"),
        ((), {"unit_costs": {"cheap": 1, "dear": 0}}, "unit_costs: expected costs above 0"),
        ((), {"unit_costs": {"cheap": 1, "dear": 1}, "most": 5}, "expected a size for each reserve"),
        (("cheap",), {"grade": "g", "serves": "u"}, "the scenario has a reserve 'cheap'"),
    ],
)
def test_a_question_about_reserves_that_does_not_fit_is_refused(two, nothing_runs, reserves, options, text):
    with pytest.raises(ds.ScenarioError, match=re.escape(text)):
        sized(two, *reserves, chance=0.2, **options)


def test_all_problems_of_a_question_are_told_at_once(two, nothing_runs):
    with pytest.raises(ds.ScenarioError) as error:
        sized(two, "cheap", chance=20, most="1 day", unit_costs={"dear": 1})
    assert len(error.value.problems) == 3


@pytest.mark.parametrize("options", [{"tolerance": 0.0}, {"replications": 2.5}])
def test_numbers_out_of_range_are_refused(ban, options):
    with pytest.raises(ValueError, match=f"{next(iter(options))}: expected"):
        sized(ban, chance=0.2, grade="g", serves="u", **options)


@pytest.fixture
def nothing_runs(monkeypatch):
    def run(*_, **__):
        pytest.fail("nothing must be simulated")

    monkeypatch.setattr(size_search, "simulated", run)
