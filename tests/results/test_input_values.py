"""The inputs that each replication drew, in the Dataset of a run."""

from __future__ import annotations

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.plan import compile_plan
from diamondsim.results import columns, kept_inputs
from diamondsim.sampling import BLOCK, draw, inputs_drawn_once

CHANGES = {
    "horizon.length": "2 yr",
    "uses.polishing.growth": "tri(1 2 4) %/yr",
    "facilities.georgia.cancelled": "uniform(20 60) %",
}


@pytest.fixture(scope="module")
def scenario():
    return ds.load_scenario("reinstated-2027").override(CHANGES)


@pytest.fixture(scope="module")
def run(scenario):
    return ds.monte_carlo(scenario, replications=300, seed=4)


def test_every_input_that_is_drawn_once_is_kept(scenario, run):
    drawn = inputs_drawn_once(compile_plan(scenario))
    assert run["input"].values.tolist() == [each.name for each in drawn]
    assert run["input_value"].dims == ("replication", "input")
    assert np.isfinite(run["input_value"]).all()
    assert (run["input_value"].std("replication") > 0).all()


def test_the_values_are_those_of_the_draws(scenario, run):
    plan = compile_plan(scenario)
    draws = draw(plan, seed=4, count=300)
    node = next(k for k, n in enumerate(plan.nodes) if (n.region, n.use) == ("US", "polishing"))
    cover = run["input_value"].sel(input="inventory_policy.polishing.cover")
    np.testing.assert_array_equal(cover / plan.tick_days, draws.cover_ticks[node])
    assert cover["input_unit"] == "days"


def test_a_plant_is_cancelled_where_its_outcome_is_below_its_chance(run):
    chance = run["input_value"].sel(input="facilities.georgia.cancelled")
    outcome = run["input_value"].sel(input="facilities.georgia.cancelled/outcome")
    assert (chance["input_draw"].item(), outcome["input_draw"].item()) == ("value", "uniform")
    assert 0.2 <= chance.min() < chance.max() <= 0.6
    is_cancelled = outcome.values < chance.values
    assert 0.3 < is_cancelled.mean() < 0.5
    # Within the two years no plant is at full output; of those never cancelled some have begun.
    assert np.isnan(run["first_output"].sel(facility="georgia").values[is_cancelled]).all()


def test_text_unit_and_basis_are_those_of_the_file(run):
    growth = run.sel(input="uses.polishing.growth")
    assert growth["input_path"] == "uses.polishing.growth"
    assert growth["input_distribution"] == "tri(1 2 4) %/yr"
    assert growth["input_unit"] == "/yr"
    assert 0.01 <= growth["input_value"].min() < growth["input_value"].max() <= 0.04
    assert run.sel(input="allocation.value_exponent")["input_unit"] == "1"
    assert set(run["input_basis"].values) <= {"sourced", "assumed", "none"}
    number = {each.path: each for each in ds.load_scenario("reinstated-2027").numbers}
    for path, basis in zip(run["input_path"].values, run["input_basis"].values, strict=True):
        if path not in CHANGES:
            assert basis == number[path].basis, path


def test_a_number_that_several_rules_read_is_kept_as_the_uniform_at_which_they_are_read(run):
    rate = run.sel(input="cn_55/spell0/long_run_rate")
    assert rate["input_draw"] == "uniform"
    assert rate["input_path"].item().endswith(".long_run_rate")
    values = rate["input_value"]
    assert 0 < values.min() < 0.05
    assert 0.95 < values.max() < 1


def test_a_choice_without_a_chance_of_its_own_is_a_plain_uniform():
    scenario = ds.load_scenario("rollover")
    kept = kept_inputs(scenario, compile_plan(scenario), seed=4, replications=200)
    expiry = kept.sel(input="controls.cn_55.expiries.2027-01-10")
    found = [expiry[f"input_{name}"].item() for name in ("draw", "distribution", "unit", "basis")]
    assert found == ["uniform", "uniform(0 1)", "1", "none"]
    assert 0.4 < expiry["input_value"].mean() < 0.6


def test_a_date_is_no_distribution(run):
    found = run.sel(input="controls.cn_55.timeline.2028-03-03")
    assert (found["input_draw"], found["input_distribution"]) == ("uniform", "uniform(0 1)")


def test_the_first_replications_of_a_larger_run_drew_the_same(scenario):
    plan = compile_plan(scenario)
    many = kept_inputs(scenario, plan, seed=4, replications=BLOCK + 7)
    few = kept_inputs(scenario, plan, seed=4, replications=5)
    assert many.isel(replication=slice(5)).identical(few)


def test_quasi_random_inputs_are_those_of_the_run(scenario):
    sobol = scenario.override({"sampling.method": "sobol", "horizon.length": "8 weeks"})
    run = ds.monte_carlo(sobol, replications=64, seed=4)
    uniform = run["input_value"].sel(input="cn_55/spell0/initial_rate")
    # Each of the 16 scrambles has a point in each quarter.
    counts = uniform.groupby(uniform["replication"] % 16).map(
        lambda points: np.floor(4 * points).astype(int).sum("replication")
    )
    assert (counts == 0 + 1 + 2 + 3).all()


def test_values_that_exceed_the_memory_are_in_a_file(scenario, monkeypatch, tmp_path):
    plan = compile_plan(scenario)
    in_memory = kept_inputs(scenario, plan, seed=4, replications=50)
    monkeypatch.setattr(columns, "MEMORY_BYTES", 1000)
    in_file = kept_inputs(scenario, plan, seed=4, replications=50, scratch=tmp_path)
    array = in_file["input_value"].values
    while isinstance(array.base, np.ndarray):
        array = array.base
    assert isinstance(array, np.memmap)
    assert in_file.identical(in_memory)


def test_a_scenario_without_uncertain_inputs_keeps_none(tmp_path):
    certain = ds.load_scenario("tests/theory/exponential-ban.yaml").override(
        {"horizon.length": "8 weeks", "controls": None}
    )
    run = ds.monte_carlo(certain, replications=3, seed=1)
    assert run["input_value"].shape == (3, 0)
