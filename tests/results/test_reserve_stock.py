"""The stock of a reserve over time."""

import numpy as np
import pytest

import diamondsim as ds

RESERVE = {
    "region": "US",
    "grade": "micron",
    "opening": "40 Mct",
    "release": "6 Mct/month",
    "serves": ["polishing"],
}


@pytest.mark.parametrize("goal", ["0 ct", "1 ct", "40 Mct"])
def test_the_stock_of_a_reserve_is_not_cut_off_at_a_multiple_of_its_target(goal):
    scenario = ds.load_scenario("calm").override(
        {"horizon.length": "28 days", "reserves": {"old": {**RESERVE, "goal": goal}}}
    )
    paths = ds.monte_carlo(scenario, replications=2, seed=1)
    traced = ds.simulate(scenario, seed=1).dataset
    stock = traced["stock"].sel(node=traced["node_kind"] == "reserve").values[:, 0]
    assert stock[0] == 40e6
    np.testing.assert_allclose(paths["reserve_stock_mean"].values[:, 0], stock, rtol=1e-6)
