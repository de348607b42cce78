"""The value of an assumption at which an answer crosses a threshold."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis import threshold_question
from diamondsim.analysis.threshold_question import AnswerRuns
from diamondsim.simulation import monte_carlo_each

COVER = "inventory_policy.u.cover"
MEAN = 360
"""Days that the ban of the textbook lasts on average."""


@pytest.fixture(scope="module")
def ban():
    """One buyer behind a ban of exponential length: it goes short when the ban outlasts its stock."""
    textbook = ds.load_scenario("tests/theory/exponential-ban.yaml")
    return textbook.override({"horizon.length": "400 days", "inventory_policy.u.opening": None})


def curve(monkeypatch, function, half=0.05):
    """Let the answer be a known function of the value, with a constant half-width."""

    def answers(_self, changes):
        for change in changes:
            (value,) = (float(text.split()[0]) for text in change.values())
            yield function(value) + half * np.array([0, -1, 1])

    monkeypatch.setattr(AnswerRuns, "answers", answers)


@pytest.fixture
def scenario():
    return ds.load_scenario("reinstated-2027")


def found(scenario, **options):
    asked = {"region": "US", "use": "polishing", "threshold": 0.3, "low": "0 days", "high": "100 days"}
    return ds.flip(scenario, "inventory_policy.polishing.cover", **{**asked, **options})


def test_a_line_is_crossed_where_it_is(scenario, monkeypatch):
    curve(monkeypatch, lambda days: 1 - days / 100)
    crossing = found(scenario)["crossing"].values
    # 1 - x = 0.3 at 70 days; the limits, 0.05 off, at 65 and 75.
    np.testing.assert_allclose(crossing, [70, 65, 75], atol=1e-9)


def test_a_rising_answer_is_crossed_too(scenario, monkeypatch):
    curve(monkeypatch, lambda days: (days / 100) ** 2)
    result = found(scenario, tolerance=0.001)
    np.testing.assert_allclose(result["crossing"], [100 * 0.3**0.5, 50.0, 100 * 0.35**0.5], atol=0.01)
    assert result.attrs["reached"] == result.attrs["monotone"] == 1


def test_a_step_is_found_to_within_the_tolerance(scenario, monkeypatch):
    curve(monkeypatch, lambda days: 1.0 if days < 37.3 else 0.0)
    result = found(scenario, tolerance=0.01)
    values = result["value"].values
    k = np.searchsorted(values, 37.3)
    assert values[k - 1] < 37.3 <= values[k]
    assert values[k] - values[k - 1] <= 1.0
    assert values[k - 1] <= result["crossing"][0] <= values[k]


@pytest.mark.parametrize("level", [0.1, 0.9])
def test_without_a_crossing_there_is_no_break_even(scenario, monkeypatch, level):
    curve(monkeypatch, lambda days: level + days * 1e-4)
    result = found(scenario)
    assert result.attrs["reached"] == 0
    assert np.isnan(result["crossing"]).all()
    assert result.sizes["point"] == 3


def test_a_limit_that_does_not_cross_is_infinite(scenario, monkeypatch):
    curve(monkeypatch, lambda days: 0.5 - days * 0.0022, half=0.1)
    crossing = found(scenario)["crossing"].values
    # 0.5 - 0.0022 x = 0.3 at 90.9; the upper limit is 0.38 at 100 days.
    assert crossing[0] == pytest.approx(90.909, abs=0.01)
    assert crossing[1] == pytest.approx(45.45, abs=0.01)
    assert math.isinf(crossing[2])
    assert crossing[2] > 0


def test_an_answer_that_goes_back_and_forth_is_told(scenario, monkeypatch):
    curve(monkeypatch, lambda days: 0.5 + 0.4 * math.cos(days / 5), half=0.01)
    assert found(scenario).attrs["monotone"] == 0


def test_the_ends_are_those_of_the_distribution_by_default(scenario, monkeypatch):
    curve(monkeypatch, lambda x: 1 - x / 2)
    result = ds.flip(scenario, "allocation.value_exponent", region="US", use="polishing", threshold=0.3)
    assert result["value"].values[[0, -1]].tolist() == [0.0, 2.0]
    assert result.attrs["stated"] == "uniform(0 2)"


def test_units_are_canonical(scenario, monkeypatch):
    curve(monkeypatch, lambda x: 0.5 - x)
    result = ds.flip(
        scenario,
        "uses.polishing.growth",
        region="US",
        use="polishing",
        threshold=0.3,
        low="-10%/yr",
        high="40%/yr",
    )
    assert result["value"].values[[0, -1]] == pytest.approx([-0.1, 0.4])
    assert result["value"].attrs["units"] == "/yr"
    assert result["crossing"].values[0] == pytest.approx(0.2)


@pytest.mark.parametrize(
    "path, ends, unit, size",
    [
        ("facilities.georgia.nameplate", {}, "Mct/yr", 1e6 / 365.25),
        ("facilities.georgia.nameplate", {"low": "100 kct/day", "high": "900 kct/day"}, "kct/day", 1e3),
        ("uses.polishing.growth", {}, "%/yr", 0.01),
        ("inventory_policy.polishing.cover", {}, "days", 1.0),
        ("inventory_policy.polishing.cover", {"low": "0 days", "high": "12 weeks"}, "weeks", 7.0),
        ("allocation.contract_weight", {"low": "10%", "high": "0.9"}, "%", 0.01),
        ("allocation.value_exponent", {}, "", 1.0),
    ],
)
def test_people_see_the_unit_in_which_a_number_is_written(scenario, monkeypatch, path, ends, unit, size):
    curve(monkeypatch, lambda _: 0.5)
    result = ds.flip(scenario, path, region="US", use="polishing", threshold=0.3, **ends)
    assert result.attrs["shown_unit"] == unit
    assert result.attrs["shown_unit_size"] == pytest.approx(size)


def test_the_stock_that_outlasts_a_ban_with_a_chosen_safety_is_that_of_the_formula(ban):
    result = ds.flip(
        ban,
        COVER,
        region="home",
        use="u",
        threshold=0.7,
        low="60 days",
        high="240 days",
        replications=300,
        tolerance=0.05,
    )
    _, low, high = result["crossing"].values
    # exp(-days / 360) = 0.7
    assert low <= -MEAN * math.log(0.7) <= high
    assert high - low < 110
    for value, answer in list(zip(result["value"].values, result["answer"].values, strict=True))[::5]:
        run = ds.monte_carlo(ban.override({COVER: f"{value} days"}), replications=300)
        np.testing.assert_array_equal(answer, run["probability_of_shortage"].sel(region="home", use="u"))


@pytest.mark.parametrize(
    "path, options, told",
    [
        ("inventory_policy.polishing.covr", {}, "did you mean 'inventory_policy.polishing.cover'?"),
        ("allocation.value_exponent", {"high": "5 days"}, "expected a plain number, found '5 days'"),
        ("allocation.value_exponent", {"low": "2", "high": "1"}, "expected low below high, found 2 and 1"),
        (
            "allocation.value_exponent",
            {"low": "uniform(0 1)"},
            "expected a fixed number",
        ),
        ("allocation.value_exponent", {"low": "much"}, "low: allocation.value_exponent: "),
        (
            "allocation.value_exponent",
            {"use": "polshing"},
            "there is no use 'polshing'; did you mean 'polishing'?",
        ),
        ("allocation.value_exponent", {"region": "UX"}, "there is no region 'UX'"),
        ("allocation.value_exponent", {"metric": "shortage"}, "there is no metric 'shortage'"),
        ("controls.cn_55.relapse.rate", {}, "has no two ends: give `low` and `high`, the ends"),
    ],
)
def test_a_question_that_does_not_fit_is_refused_before_a_run(scenario, monkeypatch, path, options, told):
    def answers(_self, _changes):
        pytest.fail("nothing must be simulated")

    monkeypatch.setattr(AnswerRuns, "answers", answers)
    asked = {"region": "US", "use": "polishing", "threshold": 0.3}
    with pytest.raises(ds.ScenarioError, match=re.escape(told)):
        ds.flip(scenario, path, **{**asked, **options})


@pytest.mark.parametrize(
    "metric, text, number",
    [
        ("probability_of_shortage", "30%", 0.3),
        ("shortage_mean", "3 kct", 3e3),
        ("fill_rate_mean", "1", 1),
    ],
)
def test_a_threshold_with_a_unit_is_the_number_in_that_of_the_metric(
    scenario, monkeypatch, metric, text, number
):
    curve(monkeypatch, lambda _: 0.5)
    asked = {"region": "US", "use": "polishing", "metric": metric, "low": "1", "high": "2"}
    result = ds.flip(scenario, "allocation.value_exponent", threshold=text, **asked)
    assert result.attrs["threshold"] == number


@pytest.mark.parametrize(
    "options",
    [
        {"tolerance": 0.0},
        {"threshold": math.nan},
        {"threshold": 20.0},
        {"threshold": "3 Mct"},
        {"threshold": "20%", "metric": "shortage_mean"},
    ],
)
def test_numbers_out_of_range_are_refused(scenario, options):
    with pytest.raises(ValueError, match=f"{next(iter(options))}: expected"):
        found(scenario, **options)


def test_a_tolerance_below_the_spacing_of_numbers_ends_the_search(scenario, monkeypatch):
    curve(monkeypatch, lambda days: 1.0 if days < 37.3 else 0.0, half=0.0)
    values = found(scenario, tolerance=1e-300)["value"].values
    k = np.searchsorted(values, 37.3)
    assert values[k] == np.nextafter(values[k - 1], math.inf)


def test_the_processes_of_a_search_are_kept_between_its_rounds(ban, monkeypatch):
    kept_by_call = []

    def noted(*arguments, kept, **options):
        kept_by_call.append(kept)
        return monte_carlo_each(*arguments, kept=kept, **options)

    monkeypatch.setattr(threshold_question, "monte_carlo_each", noted)
    ds.flip(
        ban,
        COVER,
        region="home",
        use="u",
        threshold=0.9,
        low="0 days",
        high="300 days",
        replications=2,
        tolerance=0.2,
    )
    assert len(kept_by_call) > 1
    assert len({*map(id, kept_by_call)}) == 1
