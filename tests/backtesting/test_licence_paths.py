"""Exports by month of control, against the curve of the model by hand."""

import math

import numpy as np
import pytest

from diamondsim.backtesting.licence_paths import STEPS_PER_MONTH, draw_paths, licence_numbers
from diamondsim.constants import DAYS_PER_MONTH
from diamondsim.distributions import Constant
from diamondsim.scenario import load_scenario

FIXED = {
    "front_loading": Constant(2.5),
    "initial_rate": Constant(0.1),
    "dead_time": Constant(DAYS_PER_MONTH),
    "recovery_time": Constant(2 * DAYS_PER_MONTH),
    "long_run_rate": Constant(0.9),
    "relapse_rate": Constant(0.0),
    "relapse_length": Constant(DAYS_PER_MONTH),
}


def paths(replications=4096, months=6, **changes):
    return draw_paths({**FIXED, **changes}, replications=replications, months=months, seed=3, name="test")


def test_without_batches_exports_follow_the_curve():
    found = paths(replications=2)
    assert found.shipped[:2, 0].tolist() == pytest.approx([2.5, 0.1])
    # Month 3 is 1 to 2 months after the dead time: the mean of 0.9 - 0.8 exp(-a / 2) over a from 1 to 2.
    exact = 0.9 - 0.8 * 2 * (math.exp(-0.5) - math.exp(-1.0))
    assert found.shipped[3, 0] == pytest.approx(exact, abs=1e-3)
    assert STEPS_PER_MONTH >= 4


def test_a_relapse_that_does_not_end_keeps_exports_at_the_initial_rate():
    found = paths(relapse_rate=Constant(1e6), relapse_length=Constant(1e6))
    assert found.mean[1:] == pytest.approx(0.1)


def test_batches_leave_the_mean_and_make_some_months_empty():
    found = paths(replications=200_000, months=1, batch=Constant(0.5), initial_rate=Constant(0.8))
    assert found.shipped[1].mean() == pytest.approx(0.8, abs=0.01)
    assert found.shipped[1].var() == pytest.approx(2 * 0.8 * 0.5, rel=0.02)
    assert (found.shipped[1] == 0).mean() == pytest.approx(math.exp(-0.8 / 0.5), abs=0.005)


def test_tiny_batches_are_no_batches():
    found = paths(batch=Constant(1e-6))
    assert np.abs(found.shipped - found.mean).max() < 0.02


def test_more_replications_and_other_seeds_leave_the_first_draws_as_they_are():
    wide = licence_numbers(load_scenario("reinstated-2027"), "cn_55", batches=True)
    few, many = (draw_paths(wide, replications=n, months=3, seed=1, name="test").shipped for n in (5, 1500))
    assert (many[:, :5] == few).all()
    other = draw_paths(wide, replications=5, months=3, seed=2, name="test").shipped
    assert not (other == few).all()


def test_the_numbers_are_those_of_the_scenario_and_wider_with_batches():
    scenario = load_scenario("reinstated-2027")
    rule = scenario.controls["cn_55"].licensing["any.any"]
    curve = licence_numbers(scenario, "cn_55", batches=False)
    batches = licence_numbers(scenario, "cn_55", batches=True)
    assert curve["long_run_rate"] == rule.long_run_rate
    assert "batch" not in curve
    assert batches["initial_rate"] == rule.initial_rate
    assert batches["long_run_rate"].support()[1] > 2
