"""Break-even values of a number at several values of another one."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

import diamondsim as ds
from diamondsim.analysis.crossing_search import CrossingSearch, most_runs
from diamondsim.analysis.distribution_quantiles import quantiles
from diamondsim.analysis.threshold_question import AnswerRuns
from diamondsim.distributions import Constant, Lognormal, Mixture, Product, Sum, Triangular, Uniform

COVER = "inventory_policy.u.cover"
RESERVE = "reserves.r.opening"
MEAN = 360
"""Days that the ban of the textbook lasts on average."""
DEMAND = 100
"""Carats a day that the use of the textbook needs."""
USE: dict[str, Any] = {"region": "home", "use": "u"}
ASKED: dict[str, Any] = {**USE, "threshold": 0.3}
SHARE, GROWTH = "inventory_policy.u.backorder_share", "uses.u.growth"
ENDS = {COVER: ("0 days", "100 days")}


@pytest.fixture(scope="module")
def ban():
    """One buyer and a reserve behind a ban of exponential length: short when the ban outlasts both stocks."""
    reserve = {"region": "home", "grade": "g", "opening": "1 kct", "release": "1 kct/day", "serves": ["u"]}
    return ds.load_scenario("tests/theory/exponential-ban.yaml").override(
        {
            "horizon.length": "200 days",
            "horizon.tick": "5 days",
            "inventory_policy.u.opening": None,
            COVER: "uniform(10 70) days",
            "reserves.r": {**reserve, "lead": "1 day"},
        }
    )


@pytest.fixture(scope="module")
def scenario():
    return ds.load_scenario("tests/theory/exponential-ban.yaml").override({SHARE: "uniform(0 1)"})


@pytest.fixture
def curve(monkeypatch):
    """Return what lets the answer be a known function of both values, with a constant half-width."""

    def install(function, half=0.05):
        def answers(self, changes):
            self.done += len(changes)
            both = ([float(text.split()[0]) for text in change.values()] for change in changes)
            return [function(*values) + half * np.array([0, -1, 1]) for values in both]

        monkeypatch.setattr(AnswerRuns, "answers", answers)

    return install


# Known answers


def test_stock_and_reserve_that_outlast_a_ban_add_up_as_the_formula_says(ban):
    """Of a ban with the mean length m, the chance p is met by cover + reserve / demand = m ln(1 / p)."""
    chance = 0.7
    found = ds.flip_pairs(
        *(ban, [(COVER, RESERVE)]),
        **USE,
        threshold=chance,
        levels=2,
        ranges={RESERVE: ("0 ct", "20 kct")},
        replications=300,
        tolerance=0.1,
    )
    days = found["first_value"].values[0]
    np.testing.assert_allclose(days, [25, 55])
    np.testing.assert_allclose(found["first_quantile"].values[0], [1 / 4, 3 / 4])
    needed = DEMAND * (MEAN * math.log(1 / chance) - days)
    estimate, low, high = found["crossing"].isel(pair=0).transpose("bound", "level").values
    assert np.all((low <= needed) & (needed <= high))
    assert np.all(high - low < 12_000)
    # All levels have the same bans, so that a day of stock is worth a day of the reserve.
    np.testing.assert_allclose(np.diff(estimate), -DEMAND * np.diff(days), atol=1_000)
    assert found["side"].values.tolist() == [[0, 0]]


def test_each_level_is_the_search_for_one_number_with_the_other_fixed(ban):
    options = {**USE, "threshold": 0.7, "replications": 20, "tolerance": 0.3, "seed": 3}
    pairs = [(RESERVE, COVER)]
    ranges = {RESERVE: ("1 kct", "9 kct"), COVER: ("10 days", "160 days")}
    found = ds.flip_pairs(ban, pairs, **options, levels=2, ranges=ranges)
    for p, (first, second) in enumerate(pairs):
        for k in range(2):
            fixed = ban.override({first: ranges[first][k]})
            low, high = ranges[second]
            alone = ds.flip(fixed, second, **options, low=low, high=high)
            np.testing.assert_array_equal(found["crossing"][p, k], alone["crossing"])
            np.testing.assert_array_equal(found["end_answer"][p, k], alone["answer"][[0, -1]])
            assert bool(found["monotone"][p, k]) == bool(alone.attrs["monotone"])


def test_a_plane_is_crossed_on_a_line(scenario, curve):
    curve(lambda share, days: 1 - days / 100 - share / 10)
    found = ds.flip_pairs(scenario, [(SHARE, COVER)], **ASKED, levels=4, ranges=ENDS)
    share = found["first_value"].values[0]
    np.testing.assert_allclose(share, [0.125, 0.375, 0.625, 0.875])  # uniform(0 1)
    middle = 100 * (0.7 - share / 10)
    expected = np.stack([middle, middle - 5, middle + 5], axis=-1)
    np.testing.assert_allclose(found["crossing"][0], expected, atol=1e-9)
    assert found["first_unit"].item() == "1"
    assert (found["second_unit"].item(), found["second_end"].values.tolist()) == ("days", [[0.0, 100.0]])


def test_a_level_without_a_crossing_says_on_which_side_the_answer_lies(scenario, curve):
    curve(lambda growth, days: 0.3 - days / 800 + growth)
    ranges = {GROWTH: ("-20 %/yr", "20 %/yr"), **ENDS}
    found = ds.flip_pairs(scenario, [(GROWTH, COVER)], **ASKED, levels=5, ranges=ranges)
    np.testing.assert_allclose(found["first_value"].values[0], [-0.2, -0.1, 0, 0.1, 0.2], atol=1e-12)
    assert np.isnan(found["first_quantile"]).all()
    assert found["side"].values[0, [0, 1, 3, 4]].tolist() == [-1, -1, 0, 1]
    assert np.isnan(found["crossing"][0, [0, 1, 4]]).all()
    np.testing.assert_allclose(
        found["end_answer"].sel(end="high")[0, :, 0], [-0.025, 0.075, 0.175, 0.275, 0.375]
    )


def test_one_level_of_a_range_is_its_middle(scenario, curve):
    curve(lambda growth, days: 0.3 - days / 1000 + growth)
    ranges = {GROWTH: ("0 %/yr", "10 %/yr"), **ENDS}
    found = ds.flip_pairs(scenario, [(GROWTH, COVER)], **ASKED, levels=1, ranges=ranges)
    np.testing.assert_allclose(found["first_value"], [[0.05]])


def test_levels_that_are_equal_share_their_runs(ban):
    found = ds.flip_pairs(
        *(ban.override({COVER: "mix(90% 40 days | 10% 50 days)"}), [(COVER, RESERVE)]),
        **USE,
        threshold=0.7,
        levels=2,
        ranges={RESERVE: ("0 ct", "20 kct")},
        replications=8,
        tolerance=0.5,
    )
    assert found["first_value"].values.tolist() == [[40.0, 40.0]]
    assert found.attrs["runs"] == 3
    np.testing.assert_array_equal(found["crossing"][0, 0], found["crossing"][0, 1])


# What it costs


@pytest.mark.parametrize("tolerance", [0.6, 0.3, 0.05, 0.02])
def test_a_search_takes_no_more_runs_than_announced(tolerance):
    search = CrossingSearch(0.0, 1.0, threshold=0.5, tolerance=tolerance)
    while values := search.wanted():
        search.answers |= {x: np.array([x + 0.13, x - 0.21, x + 0.34]) for x in values}
    assert len(search.values) <= most_runs(tolerance)
    assert most_runs(tolerance) <= len(search.values) + 4


def test_the_cost_is_known_before_the_first_run_and_exact_in_the_end(ban):
    reports = []
    found = ds.flip_pairs(
        *(ban, [(COVER, RESERVE)]),
        **USE,
        threshold=0.7,
        levels=2,
        ranges={RESERVE: ("0 ct", "20 kct")},
        replications=8,
        tolerance=0.3,
        progress=lambda *report: reports.append(report),
    )
    most = 2 * most_runs(0.3) * 8
    assert reports[0] == (0, most)
    assert {total for _, total in reports[:-1]} == {most}
    assert reports[-1] == (found.attrs["runs"] * 8, found.attrs["runs"] * 8)
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)


# Distributions


def test_quantiles_of_a_product_of_uniforms_are_those_of_its_distribution_function():
    levels = np.array([0.1, 0.5, 0.9])
    found = quantiles(Product((Uniform(0.0, 2.0), Uniform(0.0, 1.0))), levels)
    # The product of two uniforms on (0, 1) is at most y with the probability y - y ln y.
    y = found / 2
    np.testing.assert_allclose(y - y * np.log(y), levels, atol=0.002)


def test_quantiles_of_a_sum_of_three_and_of_a_mixture_are_those_of_their_distribution_functions():
    three = Sum((Uniform(0.0, 1.0), Uniform(0.0, 1.0), Uniform(0.0, 1.0)))
    np.testing.assert_allclose(
        quantiles(three, np.array([1 / 6, 0.5, 5 / 6])), [1.0, 1.5, 2.0], atol=0.01
    )  # Irwin-Hall
    mixed = Mixture((0.25, 0.75), (Constant(5.0), Triangular(0.0, 1.0, 2.0)))
    np.testing.assert_allclose(quantiles(mixed, np.array([0.375, 0.9])), [1.0, 5.0], atol=0.01)
    lognormal = Lognormal(2.0, 0.5)
    levels = np.array([0.2, 0.8])
    np.testing.assert_allclose(quantiles(lognormal, levels), stats.lognorm(0.5, scale=2.0).ppf(levels))


# What it returns


@pytest.mark.parametrize("name", ["out.nc", "out.zarr"])
def test_the_answer_survives_a_file(scenario, curve, tmp_path, name):
    curve(lambda share, days: 0.3 - days / 1000 + share / 20)
    found = ds.flip_pairs(scenario, [(SHARE, COVER)], **ASKED, levels=2, ranges=ENDS)
    target = ds.save(found, tmp_path / name)
    engine = {"nc": "h5netcdf", "zarr": "zarr"}[name.partition(".")[2]]
    with xr.open_dataset(target, engine=engine) as read:
        for each in found.variables:
            np.testing.assert_array_equal(read[each].values, found[each].values)
        assert read.attrs["runs"] == found.attrs["runs"]
    assert all("long_name" in variable.attrs for variable in found.variables.values())


# What is refused


@pytest.mark.parametrize(
    "pairs, ranges, told",
    [
        ([(SHARE, COVER + "x")], {}, f"did you mean '{COVER}'?"),
        ([(SHARE, SHARE)], {}, f"pairs: expected two different numbers in a pair, found {SHARE} twice"),
        (
            [(SHARE, COVER), (SHARE, COVER)],
            {},
            f"expected each pair once, found {SHARE} and {COVER} again",
        ),
        (
            [(SHARE, COVER)],
            {COVER: ("9 days", "1 day")},
            "expected low below high, found 9 days and 1 day",
        ),
        ([(SHARE, COVER)], {COVER: ("-3 days", "1 day")}, f"ranges: {COVER}: '-3 days' is below 0"),
        ([(SHARE, COVER)], {COVER: ("1", "5 days")}, "found '1'"),
        (
            [(SHARE, COVER)],
            {"inventory_policy.u.backorder": ("1", "2")},
            "ranges: expected numbers of the pairs, found 'inventory_policy.u.backorder'; did you mean "
            f"'{SHARE}'?",
        ),
        (
            [(SHARE, "controls.ban.sojourn.banned")],
            {},
            "exponential(360 days) has no two ends: give its lowest",
        ),
        ([("horizon.tick", COVER)], {}, "the scenario states no number at 'horizon.tick'"),
    ],
)
def test_a_pair_that_does_not_fit_is_refused_before_a_run(scenario, monkeypatch, pairs, ranges, told):
    def answers(_self, _changes):
        pytest.fail("nothing must be simulated")

    monkeypatch.setattr(AnswerRuns, "answers", answers)
    with pytest.raises(ds.ScenarioError, match=re.escape(told)):
        ds.flip_pairs(scenario, pairs, **ASKED, ranges=ranges)


def test_all_problems_of_pairs_are_told_at_once(scenario):
    pairs = [("inventory_policy.u.backord", COVER), (SHARE, SHARE)]
    with pytest.raises(ds.ScenarioError) as refused:
        ds.flip_pairs(scenario, pairs, **ASKED, ranges={COVER: ("9 days", "1 day"), "a.b": ("1", "2")})
    assert len(refused.value.problems) == 4


def test_a_first_number_with_a_single_value_needs_a_range(scenario):
    single = scenario.override({SHARE: "1"})
    with pytest.raises(ds.ScenarioError, match=r"1 is a single value: give its lowest and highest value"):
        ds.flip_pairs(single, [(SHARE, COVER)], **ASKED)


@pytest.mark.parametrize(
    "pairs, options, error, told",
    [
        ("ab", {}, TypeError, "pairs: expected a sequence of pairs of paths"),
        (["ab"], {}, TypeError, "found 'ab' in it"),
        ([], {}, ValueError, "pairs: expected one or more, found none"),
        ([(SHARE, COVER)], {"levels": 0}, ValueError, "levels: expected an integer from 1 to 20, found 0"),
        ([(SHARE, COVER)], {"tolerance": 1.0}, ValueError, "tolerance: expected a number between 0 and 1"),
        ([(SHARE, COVER)], {"replications": 0}, ValueError, "replications: expected an integer"),
        ([(SHARE, COVER)], {"ranges": {COVER: "1..2"}}, TypeError, "expected the lowest and the highest"),
    ],
)
def test_arguments_of_another_kind_are_refused(scenario, pairs, options, error, told):
    with pytest.raises(error, match=re.escape(told)):
        ds.flip_pairs(scenario, pairs, **{**ASKED, "ranges": ENDS, **options})
